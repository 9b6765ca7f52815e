"""A person changes the settings: their editor is a program, and Terraform plans with the release's commit."""

import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.releases.pipeline import StoppedError, installed
from infra.releases.release import Release, State
from infra.releases.settings import Person, change
from tests.releases.conftest import PROJECT, Installation

URL = installed(PROJECT, "installation.tfvars")


@dataclass
class Builds:
    """What was started: the commit, the release and what may be deleted."""

    started: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def build(self, commit: str, number: int, may_delete: Sequence[str] = ()) -> str:
        self.started.append((commit, number, list(may_delete)))
        return "build-1"


EDITOR = (
    "import sys, pathlib; f = pathlib.Path(sys.argv[3]); f.write_text(f.read_text().replace(*sys.argv[1:3]))"
)


def a_person(old: str, new: str, answer: str) -> Person:
    """Return somebody who replaces a text by another and then gives an answer."""
    editor = [sys.executable, "-c", EDITOR, old, new]
    return Person(editor, io.StringIO(f"{answer}\n"), io.StringIO())


def committed(installation: Installation) -> str:
    """Make the checkout a repository, and return its commit."""
    git = ("git", "-C", str(installation.root), "-c", "user.name=Olga", "-c", "user.email=olga@example.com")
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=A release"], check=True)
    return subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def commit(installation: Installation) -> str:
    """The commit of a release that is written down as good, after which the checkout has gone on."""
    commit = committed(installation)
    register = installation.pipeline().register
    release = Release(0, commit, "ab" * 32, 1, "2026-11-29T00:00:00+00:00", "commit")
    register.mark(register.claim(release), "good")
    (installation.root / "infra/gcp/console.tf").write_text("what somebody is in the middle of")
    return commit


def changed(installation: Installation, person: Person, builds: Builds, tmp_path: Path) -> int:
    """Change the settings, and return the release that is deployed again."""
    release = change(
        PROJECT, installation.files, builds, person, folder=tmp_path / "mine", repository=installation.root
    )
    return release.number


def test_a_change_is_stored_and_deployed_with_the_same_code(
    installation: Installation, tmp_path: Path
) -> None:
    """What it deletes is shown, and yes is not enough; it is named to the build that deploys it."""
    installation.settings(installation.cloud.read(URL).decode() + "fixed_egress = true\n")
    commit = committed(installation)
    pipeline = installation.pipeline(b"the code")
    pipeline.prepare(commit, None)
    pipeline.plan([])
    pipeline.register.mark(pipeline.apply(), "good")
    before, builds = installation.cloud.read(URL), Builds()

    with pytest.raises(StoppedError, match="Nothing was stored"):
        changed(installation, a_person("egress = true", "egress = false", "yes"), builds, tmp_path)
    assert installation.cloud.read(URL) == before
    assert builds.started == []

    person = a_person("egress = true", "egress = false", "delete")
    assert changed(installation, person, builds, tmp_path) == 1

    [(of, number, deleted)] = builds.started
    assert b"fixed_egress = false" in installation.cloud.read(URL)
    assert of == commit
    assert number == 1
    assert "module.egress[0].google_compute_address.this" in deleted
    assert isinstance(person.output, io.StringIO)
    assert [each for each in deleted if f"THIS DELETES {each}\n" not in person.output.getvalue()] == []


@pytest.mark.parametrize("state", ["begun", "bad"])
def test_settings_wait_for_a_release_that_works(
    installation: Installation, commit: str, tmp_path: Path, state: State
) -> None:
    """While it is not sure which code runs, an older release's is not put in its place."""
    register = installation.pipeline().register
    register.mark(register.claim(register.find(1)), state)

    with pytest.raises(StoppedError, match=f"Release 2 is {state}"):
        changed(installation, a_person("operations@", "pager@", "yes"), Builds(), tmp_path)


def test_nothing_is_planned_for_settings_that_were_not_changed(
    installation: Installation, commit: str, tmp_path: Path
) -> None:
    """Whoever only looks ends it."""
    with pytest.raises(StoppedError, match="Nothing was changed"):
        changed(installation, a_person("operations@", "operations@", ""), Builds(), tmp_path)


def test_settings_that_somebody_else_changed_are_not_written_over(
    installation: Installation, commit: str, tmp_path: Path
) -> None:
    """The second of two people is told, and what they typed is kept; the plan was of the release's commit."""
    builds, theirs = Builds(), installation.cloud.read(URL) + b"# theirs\n"

    class Slow(io.StringIO):
        """Somebody who answers after another has stored theirs."""

        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # as StringIO has it
            installation.cloud.write(URL, theirs)
            return "yes\n"

    person = Person(a_person("SIMPLer contacts <", "Contacts <", "").editor, Slow(), io.StringIO())
    with pytest.raises(StoppedError, match="Somebody changed the settings meanwhile"):
        changed(installation, person, builds, tmp_path)

    assert installation.cloud.read(URL) == theirs
    assert "Contacts <" in (tmp_path / "mine/installation.tfvars").read_text()
    assert builds.started == []


def test_settings_that_terraform_refuses_are_not_stored(
    installation: Installation, commit: str, tmp_path: Path
) -> None:
    """A setting of a wrong form ends it before anything is stored."""
    before, builds = installation.cloud.read(URL), Builds()

    with pytest.raises(subprocess.CalledProcessError):
        changed(installation, a_person("https://api.eu.sendgrid.com", "sendgrid", "yes"), builds, tmp_path)

    assert installation.cloud.read(URL) == before
    assert builds.started == []
