"""Pacing: how much of Google's quota a first fill uses, in simulated time."""

from datetime import datetime
from pathlib import Path

import msgspec

from infra.lab.far_google import BEGINS, WRITES, far_away
from infra.lab.scale.clock import SimulatedClock
from infra.standins.google import GoogleStandIn
from shared.typed import from_plain
from shared.usecases.runs.run import SyncWisp, sync_wisp

_BATCH = "people.batchCreateContacts"


class Pacing(msgspec.Struct, frozen=True):
    """The part of the quota that a first fill used.

    Attributes:
        customers: How many contacts were created.
        units: Units of the writes' quota that they cost.
        least: Seconds that these units take at least; a minute's units may go out at once.
        taken: Seconds from the first batch to the last.
        tasks: How many tasks the run took.
        refused: Answers 429.
    """

    customers: int
    units: int
    least: float
    taken: float
    tasks: int
    refused: int

    @property
    def share(self) -> float:
        """The rate reached, over the rate allowed."""
        return self.least / self.taken


def pace(folder: Path, customers: int) -> Pacing:
    """Fill an account."""
    clock, runs = SimulatedClock(BEGINS), 0
    with far_away(folder, customers, clock) as far:
        while moments := far.line.due():
            clock.move_to(moments[0])
            sync_wisp(far.services, from_plain(far.line.pop().body, SyncWisp))
            runs += 1
        return _told(far.google, runs)


def _told(google: GoogleStandIn, runs: int) -> Pacing:
    counters = google.world.counters()
    quota = counters["quota"]["critical_writes"]
    batches = [
        datetime.fromisoformat(e["at"]) for e in google.world.traffic.last(200) if e["method"] == _BATCH
    ]
    return Pacing(
        counters["contacts_created"],
        quota["used"],
        60 * (quota["used"] / WRITES - 1),
        (batches[-1] - batches[0]).total_seconds(),
        runs,
        counters["answers"].get("429", 0),
    )
