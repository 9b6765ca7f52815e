"""Measured run: one run in a new process, because a peak of memory never goes back.

``python -m infra.lab.bench.measured_run`` reads the settings as JSON and prints a `Measure` as JSON. What
an instance imports or builds once is there before the clocks start.
"""

import importlib
import sys
import time
from pathlib import Path

import msgspec

from infra.lab.bench.stage import WISP
from infra.lab.meter import Meter, MeteredState
from shared.adapters.google.people.requests import Calls
from shared.bootstrap import build
from shared.config import Settings
from shared.replace import replace
from shared.typed import from_json
from shared.usecases.runs.run import SyncWisp, sync_wisp

_ADAPTERS = ("google.sign_in", "google.people.contacts", "google.transport", "simpler.source")


class Measure(msgspec.Struct, frozen=True):
    """The time and memory of a run.

    Attributes:
        state: How it ended.
        writes: Contacts written.
        requests: Requests to the People API.
        wall: Seconds.
        cpu: Seconds of processor time.
        before: Bytes of memory before it, the imports included.
        peak: The most bytes of memory.
        read: Documents read, by kind.
        written: Documents written, by kind.
        commits: In how many writes.
    """

    state: str
    writes: int
    requests: int
    wall: float
    cpu: float
    before: int
    peak: int
    read: dict[str, int]
    written: dict[str, int]
    commits: int


def measure(settings: Settings) -> Measure:
    """Run once."""
    for adapter in _ADAPTERS:
        importlib.import_module(f"shared.adapters.{adapter}")
    Calls(settings.people_api_endpoint)
    services = build(settings)
    counted = Meter()
    state = MeteredState(services.state, counted)
    before = _memory("VmHWM")
    cpu, wall = time.process_time(), time.monotonic()
    outcome = sync_wisp(replace(services, state=state), SyncWisp(WISP))
    return Measure(
        outcome.state + outcome.reason,
        sum(account.writes for account in outcome.accounts),
        sum(account.requests for account in outcome.accounts),
        time.monotonic() - wall,
        time.process_time() - cpu,
        before,
        _memory("VmHWM"),
        dict(counted.read),
        dict(counted.written),
        counted.commits,
    )


def _memory(line: str) -> int:
    """Read Linux's own account of this process: the peak of getrusage includes the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(each.split()[1]) * 1024 for each in status if each.startswith(f"{line}:"))


if __name__ == "__main__":
    asked = from_json(sys.stdin.buffer.read(), Settings)
    sys.stdout.buffer.write(msgspec.json.encode(measure(asked)))
