"""docs/upgrading.md names what is new since the build before."""

import re
from itertools import pairwise

from tests.docs.pages import ROOT, codes, rows, text

FORMER = {
    *("console", "console_link", "email_vcard", "preview_sync", "start_sync"),
    *("sync_all", "sync_customer", "sync_status", "sync_wisp", "watchdog"),
}
"""Functions of 0.1.0."""

EXPIRED = {"before", "connects", "links", "notes", "parts", "runs", "used"}
"""Documents that expired in 0.1.0."""


def _made(of: str) -> set[str]:
    return next(
        codes(row["what Terraform does"]) for row in rows("docs/upgrading.md", "of") if row["of"] == of
    )


def test_new_functions_are_named() -> None:
    """Each that 0.1.0 did not have, and the setting without which one of them is not there."""
    now = set(re.findall(r"^def (\w+)\(request", text("main.py"), re.MULTILINE))

    assert _made("functions") == now - FORMER | {"operators"}


def test_what_expires_besides_is_named() -> None:
    """Terraform's list, without what was in it before."""
    [listed] = re.findall(r"expiring += (.+)", text("infra/gcp/database.tf"))

    assert _made("database") == set(re.findall(r'"(\w+)"', listed)) - EXPIRED


def test_what_is_added_since_the_last_version_is_named() -> None:
    """Each setting, alert and member of a call that the changelog adds has its line here."""
    unreleased = text("CHANGELOG.md").split("\n## ")[1]
    added = "".join(part for part in unreleased.split("\n### ") if part.startswith("Added"))
    upgrade = text("docs/upgrading.md").split("\n## ")[1]

    assert codes(added) - codes(upgrade) == set()


def test_what_earlier_code_would_delete_is_named() -> None:
    """Going back ends at `plan` until it is, so each address must be one that Terraform has."""
    [names] = re.findall(r"_MAY_DELETE=(.+)'", text("docs/upgrading.md"))
    infra = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "infra/gcp").glob("*.tf"))
    known = {
        *re.findall(r"^    ([\w-]+) = {", infra, re.MULTILINE),
        *re.findall(r'"([\w-]+)"', infra),
    }

    assert set(re.findall(r"[\w-]+", names)) <= known | {"module"}


def test_each_version_of_the_changelog_has_its_part_here() -> None:
    """Whoever makes a version renames both headings together; until then both say that it is unreleased."""
    versions = re.findall(r"^## (\[Unreleased\]|\d\S*)", text("CHANGELOG.md"), re.MULTILINE)
    parts = re.findall(r"^## (From .+)", text("docs/upgrading.md"), re.MULTILINE)
    named = ["what is unreleased" if version == "[Unreleased]" else version for version in versions]

    assert parts == [f"From {older} to {newer}" for newer, older in pairwise(named)]


def test_the_version_is_one() -> None:
    """It is the newest that the changelog has, the package's, and that of the description of the calls."""
    newest = re.findall(r"^## (\d\S*)", text("CHANGELOG.md"), re.MULTILINE)[0]
    [package] = re.findall(r'^version = "(.+)"$', text("pyproject.toml"), re.MULTILINE)
    [described] = re.findall(r"^  version: (.+)$", text("docs/openapi.yaml"), re.MULTILINE)

    assert package == newest
    assert described == newest
