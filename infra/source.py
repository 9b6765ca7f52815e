"""The source archive: exactly the files that are deployed, the same bytes whenever the files are the same.

A release (infra/releases) stores the archive under its SHA-256 and deploys that: what was built and tested
once is what runs, and an earlier archive rolls back.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parents[1]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def files(root: Path = ROOT) -> list[str]:
    """Return the files that ``.gcloudignore`` lets through, sorted; its rules are those of ``.gitignore``."""
    ignored = GitIgnoreSpec.from_lines((root / ".gcloudignore").read_text().splitlines())
    top = [path for path in root.iterdir() if not ignored.match_file(path.name + "/" * path.is_dir())]
    below = [file for path in top for file in (path.rglob("*") if path.is_dir() else [path])]
    names = (file.relative_to(root).as_posix() for file in below if file.is_file())
    return sorted(ignored.match_files(names, negate=True))


def build(archive: Path, root: Path = ROOT) -> str:
    """Write the archive to the file and give its SHA-256."""
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        for name in files(root):
            entry = ZipInfo(name, _EPOCH)
            entry.external_attr = _READABLE
            entry.compress_type = ZIP_DEFLATED
            zipped.writestr(entry, (root / name).read_bytes())
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the archive and say its hash."""
    parser = argparse.ArgumentParser(
        description="Build the archive of what is deployed, and say its SHA-256."
    )
    parser.add_argument("archive", type=Path, help="the zip file to write")
    print(build(parser.parse_args(arguments).archive))  # noqa: T201 - what the caller asked for


if __name__ == "__main__":
    main()
