"""What is deployed of others: pinned, hashed, licensed, audited where that is possible, and listed."""

import json
import tomllib
from pathlib import Path

import pytest

from infra.packages import bill, licences
from infra.packages.__main__ import line_of
from infra.packages.advisories import Audit, of
from infra.packages.requirements import DEPLOYED, ROOT, missing, read

LISTS = sorted(
    [ROOT / ".ci/uv.txt", *ROOT.glob("requirements*.txt"), *ROOT.glob("infra/check/requirements/*.txt")]
)


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.name)
def test_every_package_is_pinned_with_hashes(file: Path) -> None:
    """No list leaves a version or an archive open."""
    packages = read(file)

    assert packages
    assert [each.name for each in packages if not each.version] == []
    assert [each.name for each in packages if not each.hashes] == []
    assert all(digest.startswith("sha256:") for each in packages for digest in each.hashes)


@pytest.mark.parametrize("line", ["requests", "requests>=2", "requests==2.32.5"])
def test_a_list_that_leaves_something_open_is_found(tmp_path: Path, line: str) -> None:
    """A name alone, a range, and a version without hashes."""
    (tmp_path / "list.txt").write_text(f"{line}\n")
    package = read(tmp_path / "list.txt")[0]

    assert not (package.version and package.hashes)


def test_what_is_installed_is_what_is_deployed() -> None:
    """The tests run with the very versions."""
    assert missing(read()) == []


def test_what_is_deployed_is_what_is_named() -> None:
    """Each dependency of pyproject.toml is in the compiled list."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    listed = {each.name for each in read()}

    assert {name.partition("[")[0] for name in named} <= listed


def test_the_licences_page_is_of_what_is_deployed() -> None:
    """docs/licences.md is as `make audit` would write it."""
    assert (ROOT / "docs" / "licences.md").read_text() == licences.page(read())


def test_every_licence_is_accepted() -> None:
    """No package's licence asks for more than a service can give."""
    assert list(licences.refused(read())) == []


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT AND AGPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("SSPL-1.0", False),
        ("GPL-2.0-only", False),
        ("not said", False),
    ],
)
def test_licences_are_judged(expression: str, accepted: bool) -> None:
    """One alternative is enough; of licences that go together, each counts."""
    assert licences.is_accepted(expression) == accepted


def test_a_vulnerability_is_told() -> None:
    """With the package, the advisory, and what mends it; packages without an answer are named."""
    answer = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]},
            {"name": "b", "version": "1", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    known = of(json.dumps(answer), "")

    assert known == Audit(("a 1: PYSEC-1, mended in 2",), ("c",))
    assert line_of(known) == "1 known vulnerabilities; nothing is known of c"


@pytest.mark.parametrize(
    ("output", "errors", "why"),
    [
        ("", "Traceback\nConnectionError: no route", "ConnectionError: no route"),
        ("", "", "pip-audit said nothing"),
        (
            '{"dependencies": [{"name": "a", "skip_reason": "x"}]}',
            "",
            "the package index here has no advisories",
        ),
    ],
)
def test_who_cannot_be_asked_is_told(output: str, errors: str, why: str) -> None:
    """An audit that did not take place is never taken for a good one."""
    assert line_of(of(output, errors)) == f"SKIPPED: known vulnerabilities were not looked for: {why}"


def test_the_bill_of_materials_is_valid(tmp_path: Path) -> None:
    """By CycloneDX's schema; it lists exactly what is deployed, by package URLs, and is always the same."""
    written = tmp_path / "sbom.json"
    bill.write(DEPLOYED, ROOT / "pyproject.toml", written)
    content = json.loads(written.read_text())

    assert bill.mistake(written) == ""
    assert {part["purl"] for part in content["components"]} == {
        f"pkg:pypi/{each.name}@{each.version}" for each in read()
    }
    assert content["metadata"]["component"]["name"] == "simpler-google-contacts"
    assert "timestamp" not in content["metadata"]
