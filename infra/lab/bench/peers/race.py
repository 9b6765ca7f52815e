"""Race: the same three nights, our way and others'."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from infra.lab.bench.customers import changed, contacts
from infra.lab.bench.peers.dav import dav
from infra.lab.bench.stage import WISP, Stage, stage
from shared.bootstrap import build
from shared.usecases.base.documents import load_wisp
from shared.usecases.sync.desired import read_desired

NIGHTS = ("first fill", "nothing changed", "1 % changed")

OURS = "this service"
ONE_CALL = "one call a contact"
DAV = "vdirsyncer and Radicale"


class Lap(msgspec.Struct, frozen=True):
    """The cost of a night.

    Attributes:
        way: Who ran it.
        customers: How many there are.
        latency: Seconds that each answer takes at least.
        night: What happened.
        requests: Sent, those to SIMPLer included.
        wall: Seconds that the whole program took, its start included.
    """

    way: str
    customers: int
    latency: float
    night: str
    requests: int
    wall: float


def run_ours(folder: Path, customers: int, latency: float) -> Iterator[Lap]:
    """Run the three nights with this service."""
    yield from _with_google(OURS, "infra.lab.bench.measured_run", folder, customers, latency)


def run_one_call(folder: Path, customers: int, latency: float) -> Iterator[Lap]:
    """Run the three nights with one call a contact."""
    yield from _with_google(ONE_CALL, "infra.lab.bench.peers.one_call", folder, customers, latency)


def _with_google(way: str, module: str, folder: Path, customers: int, latency: float) -> Iterator[Lap]:
    with stage(folder) as found:
        found.set_latency(latency)
        for night, records in _nights(customers):
            found.set_customers(records)
            found.readings()
            wall = _timed(lambda: _run(module, found))
            yield Lap(way, customers, latency, night, sum(each.requests for each in found.readings()), wall)


def run_dav(folder: Path, customers: int) -> Iterator[Lap]:
    """Run the three nights with vdirsyncer, from files: it knows neither SIMPLer nor Google."""
    with stage(folder) as found, dav(folder) as both:
        services = build(found.settings)
        wisp = load_wisp(services.state, WISP)
        for night, records in _nights(customers):
            found.set_customers(records)
            desired = read_desired(services.source(wisp), wisp, services.clock.now()).desired
            both.write({customer: desired.card(customer) for customer in desired.records}, wisp)
            before = both.requests()
            wall = _timed(both.sync)
            yield Lap(DAV, customers, 0, night, both.requests() - before, wall)
        assert both.stored() == customers, "every customer has a contact"


def _nights(customers: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    records = contacts(customers)
    yield from zip(NIGHTS, (records, records, changed(records, 0.01, 1)), strict=True)


def _run(module: str, found: Stage) -> None:
    settings = msgspec.json.encode(found.settings)
    subprocess.run([sys.executable, "-m", module], input=settings, stdout=subprocess.DEVNULL, check=True)


def _timed(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began
