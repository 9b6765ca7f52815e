"""Far Google: the lowest quotas that users have reported, and answers that take a second of simulated time.

Service and stand-in have one clock, and the stand-in enforces the quotas by it. Nothing waits.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

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
from shared.usecases.base.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READS, WRITES = 60, 30
"""Units a minute."""

BEGINS = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""When a clock begins: at the hour of the night."""

_ANSWER_SECONDS = 1.0


class TaskLine:
    """The `TaskQueue` port: remembers tasks until they are due, and takes no name twice."""

    def __init__(self, clock: SimulatedClock) -> None:
        """Take the time by which tasks are due."""
        self._clock = clock
        self._names: set[str] = set()
        self._tasks: list[tuple[datetime, Task]] = []

    def enqueue(self, task: Task) -> bool:
        """Take it."""
        if task.name in self._names:
            return False
        self._names.update(filter(None, [task.name]))
        self._tasks.append((self._clock.now() + timedelta(seconds=task.delay), task))
        self._tasks.sort(key=lambda each: each[0])
        return True

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Take them."""
        return [self.enqueue(task) for task in tasks]

    def due(self) -> list[datetime]:
        """Return when the next task is due, if there is one."""
        return [at for at, _ in self._tasks[:1]]

    def pop(self) -> Task:
        """Give the next task away."""
        return self._tasks.pop(0)[1]


@dataclass(frozen=True, slots=True)
class FarAway:
    """The service, and whom it talks to.

    Attributes:
        services: Its ports.
        google: Google, with one account.
        simpler: SIMPLer, whose customers are all contacts.
        line: Its queue, in which a first fill waits.
    """

    services: Services
    google: GoogleStandIn
    simpler: SimplerStandIn
    line: TaskLine


@contextmanager
def far_away(folder: Path, customers: int, clock: SimulatedClock) -> Iterator[FarAway]:
    """Run a WISP with so many customers and one account."""
    quota = Quota(critical_reads=READS, critical_writes=WRITES)
    google, line = GoogleStandIn(clock=clock.now, rules=Rules(quota=quota)), TaskLine(clock)

    def slow(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        clock.sleep(_ANSWER_SECONDS)
        return google(environ, start_response)

    with SimplerStandIn(contacts(customers)) as simpler, serving(slow) as address:
        settings = Settings(
            state_url=f"sqlite:///{folder}/state.db",
            secrets_url=f"vault:///{folder}/vault",
            people_api_endpoint=address,
            people_quota=f"reads={READS},writes={WRITES}",
            oauth_token_uri=f"{address}/token",
        )
        seed(settings, address, simpler.address)
        line.enqueue(Task("sync_wisp", {"wisp": WISP}))
        yield FarAway(build(settings, clock=clock, tasks=line), google, simpler, line)
