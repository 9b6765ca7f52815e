"""Emulator: Google's own Firestore emulator, found in the Google Cloud CLI, for as long as it is needed."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from infra.sandbox.demo.processes import free_ports

_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_JAVA = ("-Duser.language=en", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""The language is what gcloud itself sets; the rest makes it start sooner."""

PATIENCE = 60.0
"""Seconds that it may take to start."""


def jar() -> Path | None:
    """Return the emulator's program, or None when this machine does not have it."""
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
    """Run the emulator on a free port, lead Google's client to it, and give host and port."""
    address = free_address()
    start = command(address)
    with log.open("wb") as output:
        process = subprocess.Popen(start, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(address, log)
        os.environ["FIRESTORE_EMULATOR_HOST"] = address
        yield address
    finally:
        process.kill()
        process.wait()


def free_address() -> str:
    """Return a host and port at which nothing listens."""
    return f"127.0.0.1:{free_ports(1)[0]}"


def command(address: str) -> list[str]:
    """Return the command that starts the emulator; raise `SystemExit` where a program is missing."""
    java, program = shutil.which("java"), jar()
    if java is None or program is None:
        raise SystemExit(f"The Firestore emulator cannot run: without Java or the Google Cloud CLI's {_JAR}.")
    host, port = address.split(":")
    return [java, *_JAVA, "-cp", str(program), _MAIN, "--host", host, "--port", port]


def wait_for(address: str, log: Path) -> None:
    """Wait until the emulator answers; raise `SystemExit`, with its log, when it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            requests.get(f"http://{address}/", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The Firestore emulator did not start:\n{log.read_text()}")
