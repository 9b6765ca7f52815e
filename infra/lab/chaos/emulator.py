"""Emulator: Google's own Firestore emulator, found in the Google Cloud CLI, for as long as it is needed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_JAVA = ("-Duser.language=en", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""The language is what gcloud itself sets; the rest makes it start sooner."""

PATIENCE = 60.0
"""Seconds that it may take to start."""


def jar() -> Path | None:
    """The emulator's program; None when this machine does not have it."""
    known = Path("/usr/lib/google-cloud-sdk") / _JAR
    if known.exists():
        return known
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    ask = [gcloud, "info", "--format=value(installation.sdk_root)"]
    root = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    found = Path(root) / _JAR
    return found if found.exists() else None


@contextmanager
def emulator(log: Path) -> Iterator[str]:
    """The emulator on a free port; gives host and port, to which Google's client is then led as well."""
    java, program = shutil.which("java"), jar()
    if java is None or program is None:
        raise SystemExit(f"The Firestore emulator cannot run: without Java or the Google Cloud CLI's {_JAR}.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [java, *_JAVA, "-cp", str(program), _MAIN, "--host", "127.0.0.1", "--port", port]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _await(f"http://127.0.0.1:{port}/", log)
        os.environ["FIRESTORE_EMULATOR_HOST"] = f"127.0.0.1:{port}"
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _await(url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The Firestore emulator did not start:\n{log.read_text()}")
