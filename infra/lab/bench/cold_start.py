"""Cold start: the time from a function's start to its first answer, beside a bare function's.

The bare function does nothing, under the same server, and imports what the other has imported of other
people's modules. Both are started in turn, and the quickest starts count: others on the machine only
add to them. What is asked is refused, so that the
answer needs everything that an instance builds, and waits for nobody: an address that no function has.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import requests

from infra.lab.bench.imports import OURS, Loaded, asked
from infra.sandbox.demo.processes import free_ports
from infra.sandbox.functions import SOURCE
from shared.typed import from_json

PATIENCE = 60.0
"""Seconds that a process may take to answer."""

_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
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


class Profile(msgspec.Struct, frozen=True):
    """How long a function's imports take.

    Attributes:
        function: Its name.
        ours: How many of our modules it has loaded at its first answer.
        own: Seconds that these take.
        others: How many modules of other people and of Python.
        other: Seconds that those take.
    """

    function: str
    ours: int
    own: float
    others: int
    other: float


def start(folder: Path, function: str, rounds: int) -> Start:
    """Start a function and its bare twin several times, and return the quickest of each."""
    imports = imports_of(function)[0].named  # which also compiles what is not compiled yet
    bare = folder / f"{function}.py"
    bare.write_text(_BARE.format(function=function, imports="\n".join(f"import {name}" for name in imports)))
    pairs = [(_start(function, SOURCE), _start(function, bare)) for _ in range(rounds)]
    ours, theirs = zip(*pairs, strict=True)
    seconds, cpu = map(min, zip(*ours, strict=True))
    bare_seconds, bare_cpu = map(min, zip(*theirs, strict=True))
    return Start(function, len(imports), seconds, bare_seconds, cpu, bare_cpu)


def imports_of(*functions: str) -> list[Loaded]:
    """Return what functions have loaded at their first answer."""
    lines, _ = _loading(functions)
    return [from_json(line.encode(), Loaded) for line in lines.splitlines()]


def profile(function: str, rounds: int) -> Profile:
    """Return how long a function's imports take, by Python's own profile; the quickest round counts."""
    (loaded,), times = imports_of(function), []
    for _ in range(rounds):
        _, told = _loading([function], "-X", "importtime")
        rows = [_IMPORTED.match(line) for line in told.splitlines()]
        spent = [(row[2].partition(".")[0], int(row[1]) / 1e6) for row in rows if row]
        ours = sum(seconds for name, seconds in spent if name in OURS)
        modules = sum(name not in OURS | {"infra"} for name, _ in spent)
        others = sum(seconds for name, seconds in spent if name not in OURS | {"infra"})
        times.append((ours, others, modules))
    ours, others, modules = min(times)
    return Profile(function, len(loaded.ours), ours, modules, others)


def _loading(functions: Sequence[str], *options: str) -> tuple[str, str]:
    """Return what was printed, and what was told of errors, when functions were loaded."""
    command = [sys.executable, *options, "-m", "infra.lab.bench.imports", *functions]
    done = subprocess.run(command, env=_environment(), capture_output=True, check=True, text=True)
    return done.stdout, done.stderr


def _environment() -> Mapping[str, str]:
    """Return the environment; our modules are kept compiled, as they are where they are deployed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **SETTINGS}


def _start(function: str, source: Path) -> tuple[float, float]:
    """Start a function; seconds until its first answer, and those of processor time."""
    port = free_ports(1)[0]
    began = time.monotonic()
    with _serving(function, source, port) as server:
        _first_answer(function, f"http://127.0.0.1:{port}", began + PATIENCE)
        return time.monotonic() - began, _cpu(server)


def _cpu(server: int) -> float:
    """Return the processor time of a server and its worker until now; what they need to end is left out."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    threads = [each for pid in (server, *workers) for each in Path(f"/proc/{pid}/task").iterdir()]
    spent = 0
    for thread in threads:
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            spent += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return spent / 1e9


@contextmanager
def _serving(function: str, source: Path, port: int) -> Iterator[int]:
    command = ["functions_framework", "--target", function, "--source", str(source), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--host", "127.0.0.1"],
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
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
