"""Cold start: the time from a function's start to its first answer, beside a bare function's.

The bare function does nothing, under the same server, and imports what the other has imported of other
people's modules. Both are started in turn, and the medians count. What is asked is refused, so that the
answer needs everything that an instance builds, and waits for nobody: an address that no function has.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import requests

from infra.sandbox.demo.processes import free_ports
from infra.sandbox.functions import SOURCE

PATIENCE = 60.0
"""Seconds that a process may take to answer."""

NOWHERE = "/nowhere"
"""What is asked: every function refuses it, and needs all that it has been built of to do so. Only the
console would ask for its key first, to know who asks."""

_NOBODY = "127.0.0.1:1"
_BARE = """\
import functions_framework
{imports}


@functions_framework.http
def {function}(request):
    return "", 404
"""

SETTINGS: Mapping[str, str] = {
    "STATE_URL": "firestore://bench/(default)",
    "FIRESTORE_EMULATOR_HOST": _NOBODY,
    "SECRETS_URL": "secretmanager://bench",
    "SECRET_MANAGER_ENDPOINT": _NOBODY,
    "TASKS_URL": "cloudtasks://bench/europe-west1/nightly",
    "CLOUD_TASKS_ENDPOINT": f"http://{_NOBODY}/",
    "TASKS_SERVICE_ACCOUNT": "tasks@bench.iam.gserviceaccount.com",
    "FUNCTIONS_URL": "https://{service}.example",
    "CONSOLE_URL": "https://console.example",
    "CALLER_MODE": "open",
}
"""As in production: Firestore, Secret Manager, Cloud Tasks, none of which is there to answer."""


class Start(msgspec.Struct, frozen=True):
    """The start of a function.

    Attributes:
        function: Its name.
        imports: How many modules of other people it names in its imports.
        seconds: From the start of its process to its first answer.
        bare: The bare function's.
        cpu: Seconds of processor time until then.
        bare_cpu: The bare function's.
    """

    function: str
    imports: int
    seconds: float
    bare: float
    cpu: float
    bare_cpu: float


def start(folder: Path, function: str, rounds: int) -> Start:
    """Start a function and its bare twin several times, and return the medians."""
    imports = imports_of(function)  # which also compiles what is not compiled yet
    bare = folder / f"{function}.py"
    bare.write_text(_BARE.format(function=function, imports="\n".join(f"import {name}" for name in imports)))
    pairs = [(_start(function, SOURCE), _start(function, bare)) for _ in range(rounds)]
    ours, theirs = zip(*pairs, strict=True)
    seconds, cpu = map(statistics.median, zip(*ours, strict=True))
    bare_seconds, bare_cpu = map(statistics.median, zip(*theirs, strict=True))
    return Start(function, len(imports), seconds, bare_seconds, cpu, bare_cpu)


def asked(function: str, address: str = "") -> tuple[str, str]:
    """Return method and URL of a request that needs no database, key or caller."""
    return ("GET", f"{address}/assets/console.css") if function == "console" else ("POST", address + NOWHERE)


def imports_of(function: str) -> list[str]:
    """Return which modules of other people a function has loaded at its first answer."""
    command = [sys.executable, "-m", "infra.lab.bench.imports", function, *asked(function)]
    answer = subprocess.run(
        command, env={**os.environ, **SETTINGS}, stdout=subprocess.PIPE, check=True, text=True
    )
    return answer.stdout.split()


def _start(function: str, source: Path) -> tuple[float, float]:
    """Start a function; seconds until its first answer, and those of processor time."""
    port = free_ports(1)[0]
    used, began = _cpu(), time.monotonic()
    with _serving(function, source, port):
        _first_answer(function, f"http://127.0.0.1:{port}", began + PATIENCE)
        seconds = time.monotonic() - began
    return seconds, _cpu() - used


def _cpu() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _serving(function: str, source: Path, port: int) -> Iterator[None]:
    command = ["functions_framework", "--target", function, "--source", str(source), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--host", "127.0.0.1"],
        env={**os.environ, **SETTINGS},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _first_answer(function: str, address: str, end: float) -> None:
    while time.monotonic() < end:
        try:
            status = requests.request(*asked(function, address), timeout=PATIENCE).status_code
        except requests.ConnectionError:
            time.sleep(0.005)
        else:
            assert status < requests.codes.server_error, f"{function} answers {status}"
            return
    raise SystemExit(f"{function} does not answer.")
