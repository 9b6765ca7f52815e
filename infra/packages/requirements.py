"""Requirements: the packages of a compiled list, each of one version and with hashes."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name
from pip_requirements_parser import RequirementsFile

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = ROOT / "requirements.txt"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package as it is installed.

    Attributes:
        name: In its canonical form.
        version: The one; empty when the list allows several.
        hashes: Of its archives, as ``sha256:…``.
        marker: Where it is needed; empty: everywhere.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: str = ""

    @property
    def is_needed_here(self) -> bool:
        """Whether this machine and Python need it."""
        return not self.marker or Marker(self.marker).evaluate()


def read(file: Path = DEPLOYED) -> list[Requirement]:
    """Return the requirements of a file; raise `ValueError` for a line that is none."""
    found = RequirementsFile.from_file(str(file))
    if found.invalid_lines:
        raise ValueError(f"{file.name}: {found.invalid_lines[0].line}")
    return [
        Requirement(
            canonicalize_name(each.name or ""),
            each.get_pinned_version or "",
            tuple(each.hash_options or ()),
            str(each.marker or ""),
        )
        for each in found.requirements
    ]


def missing(requirements: list[Requirement]) -> list[str]:
    """Return the requirements that are not installed here in the version that is asked for."""
    needed = (each for each in requirements if each.is_needed_here)
    return [each.name for each in needed if _installed(each.name) != each.version]


def _installed(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""
