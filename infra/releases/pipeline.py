"""Pipeline: a release step by step, as cloudbuild.yaml has them; a folder has what one leaves to the next."""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from infra.releases import smoke
from infra.releases.checkout import Checkout, deletions, unnamed
from infra.releases.files import ChangedError, Files
from infra.releases.register import Register
from infra.releases.release import Release

SETTINGS = "installation.tfvars"
LOCK = "terraform.lock.hcl"


def installed(project: str, name: str) -> str:
    """Return the address of a file that the first deployment has left beside Terraform's state."""
    return f"gs://{project}-terraform/installation/{name}"


class StoppedError(Exception):
    """The release does not go on; the text says why and what to do."""


class Builds(Protocol):
    """What starts a build of an earlier release."""

    def build(self, commit: str, number: int) -> str:
        """Start it and return its id."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps of one release.

    Attributes:
        project: The project's id.
        files: Where the installation's files are.
        checkout: What is deployed with.
        folder: Where the steps leave to each other what they found.
    """

    project: str
    files: Files
    checkout: Checkout
    folder: Path

    @property
    def register(self) -> Register:
        """The installation's releases."""
        return Register(self.files, self.project)

    def prepare(self, commit: str, earlier: int | None) -> Release:
        """Fetch the settings, and make sure that the code is in its bucket under its hash.

        Args:
            commit: What is deployed with, and what the code was built from unless it is an earlier one's.
            earlier: The number of the release whose code goes into service again.

        Raises:
            MissingError: There are no settings, no such release, or no such code.
            StoppedError: The code is not what its name says.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        generation = self.files.get(self._url(SETTINGS), self.folder / SETTINGS)
        self.files.get(self._url(LOCK), self.checkout.folder / ".terraform.lock.hcl")
        if earlier is None:
            archive = _hash(self.checkout.folder / "source.zip")
            with suppress(ChangedError):  # it is there already: what it holds is looked at below
                self.files.put(self.checkout.folder / "source.zip", self._code(archive), generation=0)
        else:
            archive = self.register.find(earlier).archive
        self.files.get(self._code(archive), self.folder / "source.zip")
        if _hash(self.folder / "source.zip") != archive:
            raise StoppedError(f"{self._code(archive)} is not what its name says: somebody wrote over it.")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        why = "commit" if earlier is None else f"release {earlier}"
        draft = Release(0, commit, archive, generation, at, why)
        self._draft.write_text(draft.json())
        return draft

    def plan(self, may_delete: Sequence[str]) -> None:
        """Plan it, and stop if something would be deleted that nobody has named.

        Raises:
            StoppedError: That is so.
            subprocess.CalledProcessError: Terraform refuses.
        """
        plan = self.checkout.plan(self.folder / SETTINGS, self._drafted.archive, self.folder / "plan")
        left = list(unnamed(deletions(plan), may_delete))
        if left:
            raise StoppedError(
                "The plan deletes what nobody has named:\n  "
                + "\n  ".join(left)
                + "\nIf that is meant, run the trigger with these in _MAY_DELETE (docs/deploying.md)."
            )

    def apply(self) -> Release:
        """Give the release its number and put it into service.

        Raises:
            subprocess.CalledProcessError: Terraform could not do all of it.
        """
        release = self.register.claim(self._drafted)
        self._draft.write_text(release.json())
        outputs = self.checkout.apply(self.folder / "plan")
        (self.folder / "functions.json").write_text(json.dumps(outputs["functions"]))
        return release

    def call(self, callers: smoke.Callers, builds: Builds) -> Release:
        """Call the functions, and write down what became of it; if they fail, start what goes back.

        What goes back does not do so a second time: then something else is wrong.

        Raises:
            StoppedError: They fail.
        """
        release = self._drafted
        urls: Mapping[str, str] = json.loads((self.folder / "functions.json").read_text())
        wrong = list(smoke.flaws(urls, callers, f"release-{release.number}"))
        if not wrong:
            return self.register.mark(release, "good")
        self.register.mark(release, "bad")
        raise StoppedError(
            "\n".join([f"Release {release.number} does not work:", *wrong, self._back(release, builds)])
        )

    def _back(self, release: Release, builds: Builds) -> str:
        """Start what goes back, and say so."""
        good = self.register.good(before=release.number)
        if good is None:
            return "There is no good release before it."
        if release.why != "commit":
            url = self._url(SETTINGS)
            return (
                f"Nothing goes back by itself, for this was no new code. Release {good.number} was good, "
                f"with the settings {url}#{good.settings}; these were {release.settings}."
            )
        try:
            build = builds.build(good.commit, good.number)
        except subprocess.CalledProcessError:
            return f"Release {good.number} could not be started: `make back RELEASE={good.number}`."
        return f"Release {good.number} goes back by itself, by build {build}, once that is approved."

    @property
    def _draft(self) -> Path:
        return self.folder / "release.json"

    @property
    def _drafted(self) -> Release:
        return Release.of(self._draft.read_text())

    def _url(self, name: str) -> str:
        return installed(self.project, name)

    def _code(self, archive: str) -> str:
        return f"gs://{self.project}-code/{archive}.zip"


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
