"""What all tests share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

_MEMORY = Path("/dev/shm")
"""A file system without a disk, on Linux."""

_ENOUGH = 2 * 1024**3
"""Octets that must be free in it, several times what all tests keep at once."""

_LONGEST = (
    "tests/browser/",
    "tests/chaos/test_schedules",
    "tests/functions/test_schemathesis",
    "tests/infra/",
)

# The machines that run this are busy: an example that is slow once is no failure.
settings.register_profile("project", deadline=None)
# For a night: python -m pytest tests/property/test_system.py --hypothesis-profile=long
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("project")


def _is_fast(folder: Path) -> bool:
    """Return whether a folder takes the tests' files, and lets programs in it start."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    return shutil.disk_usage(folder).free > _ENOUGH and not os.statvfs(folder).f_flag & os.ST_NOEXEC


# Databases and vaults force every write to the disk, and tests would wait for it most of their time.
if "TMPDIR" not in os.environ and _is_fast(_MEMORY):
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None
# Workers, and the programs that tests start, load what another has compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """Return two workers a processor: tests often wait for programs and servers."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))
