"""Race: the same three nights, our way and others'."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from infra.lab.bench.customers import changed, contacts
from infra.lab.bench.peers.dav import dav
from infra.lab.bench.stage import WISP, stage
from shared.bootstrap import build
from shared.typed import from_json
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
        cpu: Seconds of processor time, its start included; without a server that it talks to.
        peak: The most bytes of memory.
    """

    way: str
    customers: int
    latency: float
    night: str
    requests: int
    wall: float
    cpu: float = 0
    peak: int = 0


class Taken(msgspec.Struct, frozen=True):
    """What a program took, as `timed` notes it: seconds, seconds of processor time, bytes of memory."""

    wall: float
    cpu: float
    peak: int


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
            settings = msgspec.json.encode(found.settings)
            taken = timed(folder, [sys.executable, "-m", module], settings)
            requests = sum(each.requests for each in found.readings())
            yield Lap(way, customers, latency, night, requests, taken.wall, taken.cpu, taken.peak)


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
            taken = timed(folder, both.sync)
            sent = both.requests() - before
            yield Lap(DAV, customers, 0, night, sent, taken.wall, taken.cpu, taken.peak)
        assert both.stored() == customers, "every customer has a contact"


def _nights(customers: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    records = contacts(customers)
    yield from zip(NIGHTS, (records, records, changed(records, 0.01, 1)), strict=True)


def timed(folder: Path, command: Sequence[str], given: bytes = b"") -> Taken:
    """Run a program, and return what it took."""
    file = folder / "taken.json"
    watch = [sys.executable, "-m", "infra.lab.bench.peers.timed", str(file)]
    subprocess.run([*watch, *command], input=given, stdout=subprocess.DEVNULL, check=True)
    return from_json(file.read_bytes(), Taken)
