"""Register: all releases of an installation, each in a file of its own beside Terraform's state."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace  # noqa: TID251  releases have no package, and no Struct
from pathlib import Path

from infra.releases.files import ChangedError, Files, MissingError
from infra.releases.release import Release, State

SHOWN = 10
"""Releases that are listed."""

_LOOKED_THROUGH = 50
"""Releases among which the last good one is looked for."""


@dataclass(frozen=True, slots=True)
class Register:
    """The releases of a project.

    Attributes:
        files: Where files are.
        project: The project's id.
    """

    files: Files
    project: str

    def claim(self, draft: Release) -> Release:
        """Write a release down under the next number, which no other release gets."""
        number = max((_number(url) for url in self._urls()), default=0) + 1
        while True:
            release = replace(draft, number=number)
            try:
                self._write(release, generation=0)
            except ChangedError:  # another one began at this moment
                number += 1
            else:
                return release

    def mark(self, release: Release, state: State) -> Release:
        """Write down what became of a release."""
        marked = replace(release, state=state)
        self._write(marked, generation=None)
        return marked

    def newest(self, count: int = SHOWN) -> list[Release]:
        """Return the last releases, the newest first."""
        urls = self._urls()[-count:]
        text = self.files.text(urls) if urls else ""
        return sorted(map(Release.of, text.splitlines()), key=lambda each: -each.number)

    def find(self, number: int) -> Release:
        """Return a release.

        Raises:
            MissingError: There is none of this number.
        """
        url = self._url(number)
        if url not in self._urls():
            raise MissingError(url)
        return Release.of(self.files.text([url]))

    def good(self, before: int | None = None) -> Release | None:
        """Return the last release that answered as it should, of those before a number."""
        return next(
            (
                each
                for each in self.newest(_LOOKED_THROUGH)
                if each.state == "good" and (before is None or each.number < before)
            ),
            None,
        )

    def _write(self, release: Release, generation: int | None) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "release.json"
            file.write_text(release.json())
            self.files.put(file, self._url(release.number), generation)

    def _url(self, number: int) -> str:
        return f"gs://{self.project}-terraform/releases/{number:06}.json"

    def _urls(self) -> Sequence[str]:
        return self.files.names(f"gs://{self.project}-terraform/releases/*.json")


def _number(url: str) -> int:
    return int(Path(url).stem)
