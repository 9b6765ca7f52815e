"""Google's own Firestore emulator: found in the Google Cloud CLI, one for the whole run, surely ended."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from google.cloud.firestore import Client

from shared.adapters.google.firestore.client import open_firestore

_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_LIFELINE = Path(__file__).with_name("lifeline.py")


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
    """A client of an empty database of its own, and the environment that leads other programs to it."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return open_firestore(f"test-{uuid4().hex[:20]}", "(default)")


def _started(address: Path, users: Path) -> subprocess.Popen[bytes]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = address.with_name("emulator-log")
    with log.open("wb") as output:
        emulator = subprocess.Popen(
            [sys.executable, str(_LIFELINE), str(users), *_command(), "--host", "127.0.0.1", "--port", port],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    _await(f"http://127.0.0.1:{port}/", log)
    address.write_text(f"127.0.0.1:{port}")
    return emulator


def _command() -> list[str]:
    java, jar = shutil.which("java"), _jar()
    if java is None:
        _without("Java was not found")
    if jar is None:
        _without(f"the Google Cloud CLI's {_JAR} was not found")
    # The language is what gcloud itself sets; the rest makes it start sooner.
    return [
        str(java),
        "-Duser.language=en",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        str(jar),
        _MAIN,
    ]


def _without(reason: str) -> None:
    sentence = f"the Firestore emulator cannot run: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def _jar() -> Path | None:
    known = Path("/usr/lib/google-cloud-sdk") / _JAR
    if known.exists():
        return known
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    ask = [gcloud, "info", "--format=value(installation.sdk_root)"]
    root = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    jar = Path(root) / _JAR
    return jar if jar.exists() else None


def _await(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail(f"the Firestore emulator did not start:\n{log.read_text()}")
