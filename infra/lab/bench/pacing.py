"""Pacing: how much of Google's quota a first fill uses, in simulated time.

Service and stand-in have one clock, and the stand-in enforces the quota by it. Nothing waits.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from infra.lab.bench.customers import contacts
from infra.lab.bench.stage import WISP, seed
from infra.lab.scale.clock import SimulatedClock
from infra.standins.google import GoogleStandIn, Quota, Rules
from infra.standins.google.server import serving
from infra.standins.simpler.standin import SimplerStandIn
from shared.bootstrap import build
from shared.config import Settings
from shared.errors import Trouble
from shared.ports import Task
from shared.typed import from_plain
from shared.usecases.runs.run import SyncWisp, sync_wisp

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READS, WRITES = 60, 30
"""Units a minute."""

ANSWER_SECONDS = 1.0
"""Simulated seconds that each of Google's answers takes."""

_BEGINS = datetime(2026, 3, 2, 5, tzinfo=UTC)
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


class _Line:
    """The `TaskQueue` port: remembers what is handed on."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def enqueue(self, task: Task) -> bool:
        """Remember it."""
        self.tasks.append(task)
        return True

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Remember them."""
        return [self.enqueue(task) for task in tasks]


def pace(folder: Path, customers: int) -> Pacing:
    """Fill an account."""
    clock, tasks = SimulatedClock(_BEGINS), _Line()
    quota = Quota(critical_reads=READS, critical_writes=WRITES)
    google = GoogleStandIn(clock=clock.now, rules=Rules(quota=quota))

    def far_away(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        clock.sleep(ANSWER_SECONDS)
        return google(environ, start_response)

    with SimplerStandIn(contacts(customers)) as simpler, serving(far_away) as address:
        settings = Settings(
            state_url=f"sqlite:///{folder}/state.db",
            secrets_url=f"vault:///{folder}/vault",
            people_api_endpoint=address,
            people_quota=f"reads={READS},writes={WRITES}",
            oauth_token_uri=f"{address}/token",
        )
        seed(settings, address, simpler.address)
        services = build(settings, clock=clock, tasks=tasks)
        tasks.enqueue(Task("sync_wisp", {"wisp": WISP}))
        runs = 0
        while tasks.tasks:
            task = tasks.tasks.pop(0)
            clock.sleep(task.delay)
            sync_wisp(services, from_plain(task.body, SyncWisp))
            runs += 1
        return _told(google, runs)


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
