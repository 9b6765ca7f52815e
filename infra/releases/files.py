"""Files: those of an installation in Cloud Storage, each with its generation.

An object's *generation* changes whenever it is written. A write that names one is refused if the object has
another by then; 0 says that there is none yet (cloud.google.com/storage/docs/request-preconditions).
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_TIMEOUT = 300


class ChangedError(Exception):
    """The file has another generation than the one that was named."""


class MissingError(Exception):
    """There is no such file."""


class Files(Protocol):
    """Where an installation's files are."""

    def get(self, url: str, file: Path) -> int:
        """Copy an object into a file and return its generation.

        Raises:
            MissingError: There is none.
        """

    def put(self, file: Path, url: str, generation: int | None = None) -> None:
        """Write an object; with a generation only over that one, and with 0 only where there is none.

        Raises:
            ChangedError: It has another generation.
        """

    def names(self, url: str) -> list[str]:
        """Return the addresses of the objects that a pattern matches, sorted."""

    def text(self, urls: Sequence[str]) -> str:
        """Return the objects' texts, one after the other."""


@dataclass(frozen=True, slots=True)
class CloudStorage:
    """Cloud Storage, by the Google Cloud CLI."""

    def get(self, url: str, file: Path) -> int:
        """Copy an object into a file."""
        found = _gcloud("objects", "describe", url, "--format=value(generation)")
        _gcloud("cp", f"{url}#{found.strip()}", str(file))
        return int(found)

    def put(self, file: Path, url: str, generation: int | None = None) -> None:
        """Write an object."""
        only = [] if generation is None else [f"--if-generation-match={generation}"]
        _gcloud("cp", *only, str(file), url)

    def names(self, url: str) -> list[str]:
        """List objects."""
        try:
            return sorted(_gcloud("ls", url).split())
        except MissingError:
            return []

    def text(self, urls: Sequence[str]) -> str:
        """Read objects."""
        return _gcloud("cat", *urls)


def _gcloud(*words: str) -> str:
    done = subprocess.run(
        ["gcloud", "storage", *words], capture_output=True, text=True, timeout=_TIMEOUT, check=False
    )
    if done.returncode == 0:
        return done.stdout
    if "HTTPError 412" in done.stderr:
        raise ChangedError(words[-1])
    if "matched no objects" in done.stderr or "not found: 404" in done.stderr:
        raise MissingError(words[-1])
    raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
