"""Flood: wrong keys, many a second, while a run is on.

As deployed, `customer_changed` and the run are two processes on one database. The run and the stand-ins that
it asks have one processor, the flood and who makes it another: what the flood costs a run is then in the
run's own figures, not in a processor that both would want.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from infra.lab.callers.load import functions, process
from infra.lab.first_calls.stage import WISP, Stage, set_up

_USER = {"id": "17", "email": "mary@corkwireless.example", "rights": ["user->gcontact"]}
_PRESS = {"wisp": WISP, "user": _USER}
_TIMEOUT = 300
_AHEAD = 2.0
"""Seconds for which the flood is on when the run begins."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A first fill.

    Attributes:
        seconds: How long it took.
        processor: Seconds of processor time of its process.
        google: Requests to Google.
    """

    seconds: float
    processor: float
    google: int


@dataclass(frozen=True, slots=True)
class Flood:
    """What came of it.

    Attributes:
        calls: How many calls with a wrong key there were.
        statuses: How many were answered how.
        seconds: How long they took.
        processor: Seconds of processor time of the process that answered, for one of them.
        calm: The first fill without them.
        flooded: The same with them.
        processors: How many processors there were.
    """

    calls: int
    statuses: Mapping[str, int]
    seconds: float
    processor: float
    calm: Fill
    flooded: Fill
    processors: int


def flood(folder: Path, customers: int, calls: int, seconds: float) -> Flood:
    """Fill an account without and with the flood, each in a world of its own.

    Args:
        folder: For the state; empty.
        customers: How many the WISP has.
        calls: How many calls with a wrong key.
        seconds: The time over which these are spread.
    """
    cores, own = sorted(os.sched_getaffinity(0)), folder / "flooded" / "own"
    with (
        _on(cores[0]),
        set_up(folder / "calm", 1, customers) as stage,
        functions(stage, folder / "calm" / "own") as (address, pid),
    ):
        calm = _fill(stage, address, pid)
    with (
        _on(cores[0]),
        set_up(folder / "flooded", 1, customers) as stage,
        functions(stage, own) as (address, pid),
        _on(cores[-1]),
        process(stage.on(own), own / "other") as (other, answering),
    ):
        _post(f"{address}/wisp_settings", _PRESS | {"do": "make_key"})
        before, strangers = _processor(answering), _strangers(f"{other}/customer_changed/", calls, seconds)
        time.sleep(_AHEAD)
        flooded = _fill(stage, address, pid)
        statuses, lasted = json.loads(strangers.communicate()[0])
        spent = _processor(answering) - before
    return Flood(calls, statuses, lasted, spent / calls, calm, flooded, len(cores))


def _fill(stage: Stage, address: str, pid: int) -> Fill:
    busy, asked, begun = _processor(pid), _google(stage), time.monotonic()
    run = str(_post(f"{address}/start_sync", _PRESS)["run"])
    while not _is_done(_post(f"{address}/sync_status", _PRESS), run):
        time.sleep(0.2)
    return Fill(time.monotonic() - begun, _processor(pid) - busy, _google(stage) - asked)


def _strangers(endpoint: str, calls: int, seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "infra.lab.triggers.strangers", endpoint, str(calls), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


@contextmanager
def _on(core: int) -> Iterator[None]:
    """Have what the block starts, processes and threads, run on this processor alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _is_done(status: Mapping[str, object], run: str) -> bool:
    runs = status["last_runs"]
    assert isinstance(runs, list)
    return any(each["run"] == run and each["state"] == "complete" for each in runs)


def _google(stage: Stage) -> int:
    counters = requests.get(f"{stage.google}/standin/counters", timeout=_TIMEOUT).json()
    return sum(counters["requests"].values())


def _post(url: str, body: Mapping[str, object]) -> dict[str, object]:
    answer = requests.post(url, json=body, timeout=_TIMEOUT)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def _processor(pid: int) -> float:
    """Return the seconds of processor time that a process has used (proc(5), ``utime`` and ``stime``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
