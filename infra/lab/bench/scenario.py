"""Scenario: a kind of night, and what a run costs in it."""

import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import msgspec

from infra.lab.bench.customers import changed, contacts
from infra.lab.bench.decoding import save_ledger
from infra.lab.bench.measured_run import Measure
from infra.lab.bench.stage import Stage
from shared.typed import from_json


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of night.

    Attributes:
        name: What happens.
        share: How many customers have changed, 0 to 1.
        rounds: How often it is measured; the medians count.
    """

    name: str
    share: float = 0
    rounds: int = 1


FIRST = Scenario("first sync")
ECHO = Scenario("second night")
QUIET = Scenario("nothing changed", rounds=3)
FEW = Scenario("1 % changed", 0.01)
MANY = Scenario("10 % changed", 0.1)
ALL = Scenario("all changed", 1)
SCENARIOS = (FIRST, ECHO, QUIET, FEW, MANY, ALL)
"""In this order; the second night reads from Google what the first one wrote."""


class Result(msgspec.Struct, frozen=True):
    """The cost of a run.

    Attributes:
        customers: How many there are.
        latency: Seconds that each answer takes at least.
        scenario: Its name.
        writes: Contacts written.
        requests: Requests to the People API.
        asked: Requests to SIMPLer, to the People API and to sign in.
        wall: Seconds.
        served: Seconds that the answers took to come, one after the other.
        cpu: Seconds of processor time.
        decoding: Those that merely decoding the same JSON takes.
        bytes: Size of that JSON, without the ledger's.
        before: Bytes of memory before the run.
        peak: The most bytes of memory.
        read: Documents read.
        shards: Those of them that are the ledger's.
        written: Documents written.
    """

    customers: int
    latency: float
    scenario: str
    writes: int
    requests: int
    asked: int
    wall: float
    served: float
    cpu: float
    decoding: float
    bytes: int
    before: int
    peak: int
    read: int
    shards: int
    written: int


class Nights:
    """One night after the other, on one stage."""

    def __init__(self, stage: Stage, customers: int) -> None:
        """Fill SIMPLer with customers."""
        self._stage = stage
        self._records = contacts(customers)
        self._generation = 0
        stage.set_customers(self._records)

    def measure(self, scenario: Scenario, latency: float) -> Result:
        """Live through a night; what it wrote is read back in one that is not measured."""
        self._change(scenario.share)
        self._stage.set_latency(latency)
        results = [self._run(scenario, latency) for _ in range(scenario.rounds)]
        self._stage.set_latency(0)
        if scenario.share:
            run(self._stage)
        return _median(results)

    def _change(self, share: float) -> None:
        if share:
            self._generation += 1
            self._records = changed(self._records, share, self._generation)
            self._stage.set_customers(self._records)

    def _run(self, scenario: Scenario, latency: float) -> Result:
        stage = self._stage
        stage.readings(), stage.answers()
        ledger = stage.folder / "ledger.texts"
        save_ledger(stage.folder / "state.db", ledger)
        measure = run(stage)
        simpler, google = stage.readings()
        decoding = _program("infra.lab.bench.decoding", *map(str, (*stage.answers(), ledger)))
        return Result(
            customers=len(self._records),
            latency=latency,
            scenario=scenario.name,
            writes=measure.writes,
            requests=measure.requests,
            asked=simpler.requests + google.requests,
            wall=measure.wall,
            served=simpler.seconds + google.seconds,
            cpu=measure.cpu,
            decoding=float(decoding),
            bytes=simpler.sent + google.sent,
            before=measure.before,
            peak=measure.peak,
            read=sum(measure.read.values()),
            shards=sum(number for kind, number in measure.read.items() if kind.startswith("ledgers")),
            written=sum(measure.written.values()),
        )


def run(stage: Stage) -> Measure:
    """Measure a run in another process; raise `SystemExit` when it is not complete."""
    answer = _program("infra.lab.bench.measured_run", given=msgspec.json.encode(stage.settings))
    measure = from_json(answer, Measure)
    if measure.state != "complete":
        raise SystemExit(f"A run ended as {measure.state}.")
    return measure


def _program(*command: str, given: bytes = b"") -> bytes:
    """Return what a program of this project prints."""
    return subprocess.run(
        [sys.executable, "-m", *command], input=given, stdout=subprocess.PIPE, check=True
    ).stdout


def _median(results: list[Result]) -> Result:
    """Return the last result, with the median of whatever varies."""
    middle: dict[str, Any] = {
        name: statistics.median(getattr(result, name) for result in results)
        for name in ("wall", "served", "cpu", "decoding", "peak")
    }
    return msgspec.structs.replace(results[-1], **{**middle, "peak": round(middle["peak"])})
