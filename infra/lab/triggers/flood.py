"""Flood: wrong keys, many a second, while a run is on in the same process."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from infra.lab.callers.load import functions
from infra.lab.first_calls.stage import WISP, Stage, set_up

_USER = {"id": "17", "email": "mary@corkwireless.example", "rights": ["user->gcontact"]}
_PRESS = {"wisp": WISP, "user": _USER}
_TIMEOUT = 300
_AT_ONCE = 8
_AHEAD = 2.0
"""Seconds for which the flood is on when the run begins."""


@dataclass(frozen=True, slots=True)
class Flood:
    """What came of it.

    Attributes:
        calls: How many calls with a wrong key there were.
        statuses: How many were answered how.
        seconds: How long they took.
        processor: Seconds of the process's processor time for one of them.
        calm: Seconds that the first fill took without them.
        flooded: Seconds that it took with them.
    """

    calls: int
    statuses: Mapping[int, int]
    seconds: float
    processor: float
    calm: float
    flooded: float


def flood(folder: Path, customers: int, calls: int, seconds: float) -> Flood:
    """Fill an account without and with the flood, each in a new process.

    Args:
        folder: For the state; empty.
        customers: How many the WISP has.
        calls: How many calls with a wrong key.
        seconds: The time over which these are spread.
    """
    with set_up(folder, 1, customers) as stage:
        calm, busy = _fill(stage, folder / "calm", 0, seconds)[:2]
        flooded, spent, statuses, lasted = _fill(stage, folder / "flooded", calls, seconds)
        return Flood(calls, statuses, lasted, (spent - busy) / calls, calm, flooded)


def _fill(
    stage: Stage, folder: Path, calls: int, seconds: float
) -> tuple[float, float, Mapping[int, int], float]:
    """Return what the fill took, the processor's time of all, how calls were answered and their time."""
    with functions(stage, folder) as (address, pid):
        _post(f"{address}/wisp_settings", _PRESS | {"do": "make_key"})
        before = _processor(pid)
        with _calling(f"{address}/customer_changed/", calls, seconds) as told:
            begun = time.monotonic()
            run = str(_post(f"{address}/start_sync", _PRESS)["run"])
            while not _is_done(_post(f"{address}/sync_status", _PRESS), run):
                time.sleep(0.2)
            took = time.monotonic() - begun
        return took, _processor(pid) - before, Counter(status for status, _ in told), _span(told)


@contextmanager
def _calling(endpoint: str, calls: int, seconds: float) -> Iterator[list[tuple[int, float]]]:
    """Call with wrong keys, evenly, from before the block to its end and until all are made."""
    told: list[tuple[int, float]] = []
    started = time.monotonic()
    numbers = iter(range(calls))
    lock = threading.Lock()

    def caller() -> None:
        with requests.Session() as session:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                time.sleep(max(0.0, started + number * seconds / calls - time.monotonic()))
                wrong = {"wisp": WISP, "customer": str(number), "key": f"wrong-{number}"}
                status = session.post(endpoint, data=wrong, timeout=_TIMEOUT).status_code
                told.append((status, time.monotonic() - started))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        callers = [pool.submit(caller) for _ in range(_AT_ONCE if calls else 0)]
        if calls:
            time.sleep(_AHEAD)
        yield told
        for each in callers:
            each.result()


def _span(told: list[tuple[int, float]]) -> float:
    return max((at for _, at in told), default=0.0)


def _is_done(status: Mapping[str, object], run: str) -> bool:
    runs = status["last_runs"]
    assert isinstance(runs, list)
    return any(each["run"] == run and each["state"] == "complete" for each in runs)


def _post(url: str, body: Mapping[str, object]) -> dict[str, object]:
    answer = requests.post(url, json=body, timeout=_TIMEOUT)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def _processor(pid: int) -> float:
    """Return the seconds of processor time that a process has used (proc(5), ``utime`` and ``stime``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
