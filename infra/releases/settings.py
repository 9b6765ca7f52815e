"""Settings: how a person changes them, without changing the code that runs.

There is one file of them, in the bucket of Terraform's state. Whoever changes it names the generation that
they have read.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from infra.releases.checkout import Checkout, deletions
from infra.releases.files import ChangedError, Files
from infra.releases.pipeline import LOCK, SETTINGS, StoppedError, installed
from infra.releases.register import Register
from infra.releases.release import Release


class Builds(Protocol):
    """What starts a build."""

    def build(self, commit: str, number: int, may_delete: Sequence[str] = ()) -> str:
        """Start one that puts a release's code into service, and return its id."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who changes the settings.

    Attributes:
        editor: Their editor's command.
        input: What they answer.
        output: What they are told.
    """

    editor: Sequence[str]
    input: TextIO
    output: TextIO

    def edit(self, file: Path) -> None:
        """Let them edit a file."""
        subprocess.run([*self.editor, str(file)], check=True)

    def says(self, word: str, question: str) -> bool:
        """Ask them for a word."""
        self.output.write(question)
        self.output.flush()
        return self.input.readline().strip() == word


def change(
    project: str, files: Files, builds: Builds, person: Person, *, folder: Path, repository: Path
) -> Release:
    """Fetch the settings, have them edited, show what that would do, store them and deploy them.

    Terraform and the functions' code are those of the last release: only the settings differ.

    Args:
        project: The project's id.
        files: Where the installation's files are.
        builds: What starts a build.
        person: Who changes them.
        folder: Where the file is edited; it stays there when something goes wrong.
        repository: A clone in which the release's commit is.

    Returns:
        The release whose code is deployed again.

    Raises:
        StoppedError: There is nothing to deploy, or they do not want to, or somebody else was faster.
        subprocess.CalledProcessError: Terraform does not take the settings; it has said why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / SETTINGS
    generation = files.get(installed(project, SETTINGS), file)
    before = file.read_text()
    person.edit(file)
    if file.read_text() == before:
        raise StoppedError("Nothing was changed.")

    release = _in_service(Register(files, project))
    checkout = _checked_out(release.commit, repository, folder / "checkout")
    files.get(installed(project, LOCK), checkout / ".terraform.lock.hcl")
    deleted = deletions(
        Checkout(checkout, project).plan(file.resolve(), release.archive, folder.resolve() / "plan")
    )

    for address in deleted:
        person.output.write(f"THIS DELETES {address}\n")
    word = "delete" if deleted else "yes"
    if not person.says(word, f"Store and deploy it? If so, type {word}: "):
        raise StoppedError(f"Nothing was stored. Your settings are in {file}.")
    try:
        files.put(file, installed(project, SETTINGS), generation)
    except ChangedError:
        raise StoppedError(
            f"Somebody changed the settings meanwhile. Yours are in {file}; begin again."
        ) from None
    build = builds.build(release.commit, release.number, deleted)
    person.output.write(f"Build {build} deploys them with the code of release {release.number}.\n")
    return release


def _in_service(register: Register) -> Release:
    """Return the last release, if it is known to work: then it is what runs."""
    newest = next(iter(register.newest(1)), None)
    if newest is None:
        raise StoppedError("There is no release yet whose code could stay: make one first.")
    if newest.state != "good":
        raise StoppedError(
            f"Release {newest.number} is {newest.state}, so it is not sure which code runs. Wait for it if "
            "it is on; otherwise deploy one again first, with `make back RELEASE=NUMBER`."
        )
    return newest


def _checked_out(commit: str, repository: Path, folder: Path) -> Path:
    """Check the commit out beside the repository's own work tree, and return its infra/gcp."""
    git = ("git", "-C", str(repository), "worktree")
    subprocess.run([*git, "remove", "--force", str(folder)], check=False, capture_output=True)
    subprocess.run([*git, "add", "--quiet", "--force", "--detach", str(folder), commit], check=True)
    return folder / "infra/gcp"
