"""Room: a folder that is gone afterwards; in memory where it can be, for databases that need no disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own, which nobody else may open, is made there


@contextmanager
def room() -> Iterator[Path]:
    """Give the folder, while the block runs."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)
