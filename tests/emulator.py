"""Google's own Firestore emulator: found in the Google Cloud CLI, one for the whole run, surely ended."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud.firestore import Client

from infra.lab.chaos.emulator import command, free_address, wait_for
from shared.adapters.google.firestore.client import open_firestore

_RUN_WHILE_LOCKED = Path(__file__).with_name("run_while_locked.py")


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The host and port of the emulator, which the first worker that asks starts."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    address = folder / "emulator-address"
    with (
        ExitStack() as started,  # waited for last: no run ends before its emulator has
        (folder / "emulator-start").open("w") as start,
        (folder / "emulator-users").open("w") as users,
    ):
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not address.exists():
            started.enter_context(_started(address, Path(users.name)))
        fcntl.flock(start, fcntl.LOCK_UN)
        yield address.read_text()


@pytest.fixture
def firestore(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client of a new, empty database, and the environment that leads other programs to it."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return open_firestore(f"test-{uuid4().hex[:20]}", "(default)")


def _started(address: Path, users: Path) -> subprocess.Popen[bytes]:
    free, log = free_address(), address.with_name("emulator-log")
    start = _command(free)
    with log.open("wb") as output:
        emulator = subprocess.Popen(
            [sys.executable, str(_RUN_WHILE_LOCKED), str(users), *start],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(free, log)
    except SystemExit as silent:
        pytest.fail(str(silent))
    address.write_text(free)
    return emulator


def _command(address: str) -> list[str]:
    try:
        return command(address)
    except SystemExit as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
