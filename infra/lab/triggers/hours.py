"""Hours: customers change one after another, triggers tell of them, and Google enforces its quotas.

The time is simulated: service and stand-in have one clock, and customers change while a task waits.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.lab.bench.stage import EMAIL, WISP
from infra.lab.far_google import BEGINS, TaskLine, far_away
from infra.lab.meter import Meter, MeteredLeases, MeteredState
from infra.lab.scale.clock import SimulatedClock
from infra.standins.google.account import Account
from infra.standins.simpler.standin import SimplerStandIn
from shared.ports import Task
from shared.replace import replace
from shared.typed import from_plain
from shared.usecases.base.services import Services
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.run import SyncWisp
from shared.usecases.runs.work import work

_MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
_NIGHT = datetime(2026, 3, 3, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """What customers do on a day, from eight in the morning to the next night's run.

    Attributes:
        name: What the table calls it.
        changes: When customers change, in seconds after eight; each is another customer.
        is_told: Whether a trigger tells of each.
        is_seen: Whether the change is one that their contact shows.
    """

    name: str
    changes: Sequence[float] = ()
    is_told: bool = True
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it.

    Attributes:
        name: What the table calls the day.
        late: Seconds until each change was in Google, ascending.
        tasks: How many tasks there were, the night's included.
        simpler: Requests to SIMPLer.
        google: Requests to the People API.
        refused: How many of these Google refused for its quota.
        read: Documents read.
        written: Documents written or deleted.
        processor: Seconds of processor time, with those of the stand-ins.
    """

    name: str
    late: Sequence[float]
    tasks: int
    simpler: int
    google: int
    refused: int
    read: int
    written: int
    processor: float


class _Town:
    """Customers who change, a trigger that tells of it, and a look at which of the changes are in Google.

    Attributes:
        late: Seconds until each change was in Google that is there.
    """

    def __init__(self, day: Day, services: Services, simpler: SimplerStandIn, account: Account) -> None:
        self._day, self._services, self._simpler, self._account = day, services, simpler, account
        self._ids = [str(record["customerid"]) for record in simpler.state.customers.all()]
        self._waiting: dict[str, datetime] = {}
        self.late: list[float] = []

    def change(self, number: int, now: datetime) -> None:
        """Let a customer change."""
        member = "mobile" if self._day.is_seen else "invoiced"
        self._simpler.state.customers.patch(self._ids[number], {member: f"+353 85 2{number:06}"})
        if self._day.is_seen:
            self._waiting[f"852{number:06}"] = now
        if self._day.is_told:
            tell_change(self._services, WISP, self._ids[number])

    def look(self, now: datetime) -> None:
        """See which changes are in Google that were not when this was last called."""
        if not self._waiting:
            return
        with self._account.lock:
            fields = [contact.fields for contact in self._account.contacts.values()]
        numbers = ["".join(filter(str.isdigit, str(each.get("phoneNumbers")))) for each in fields]
        there = [digits for digits in self._waiting if any(digits in each for each in numbers)]
        self.late += [(now - self._waiting.pop(digits)).total_seconds() for digits in there]


class _Days(SimulatedClock):
    """A simulated clock by which customers change at their times, also while somebody sleeps by it."""

    def __init__(self) -> None:
        super().__init__(BEGINS)
        self._due: list[tuple[datetime, int]] = []
        self._town: _Town | None = None
        self._moving = threading.RLock()

    def plan(self, town: _Town, due: Sequence[datetime]) -> None:
        """Have the town's customers change at these moments, the first customer at the first."""
        self._town, self._due = town, [(at, number) for number, at in enumerate(due)]

    def sleep(self, seconds: float) -> None:
        """Let the time pass, and whoever is due change."""
        with self._moving:
            self.move_to(self.now() + timedelta(seconds=seconds))

    def move_to(self, now: datetime) -> None:
        """Let it be later, and whoever is due until then change; see first what came into Google by now."""
        with self._moving:
            if self._town:
                self._town.look(self.now())
            while self._town and self._due and self._due[0][0] <= now:
                at, number = self._due.pop(0)
                super().move_to(at)
                self._town.change(number, at)
            super().move_to(now)

    def next(self) -> list[datetime]:
        """Return when the next customer changes, if any does."""
        return [at for at, _ in self._due[:1]]


def play(folder: Path, customers: int, day: Day) -> Played:
    """Let a WISP with this many customers, all of them contacts, have the day."""
    clock, meter = _Days(), Meter()
    with far_away(folder, customers, clock) as far:
        google, simpler = far.google, far.simpler
        _work_off(far.services, far.line, clock)  # the first fill
        services = replace(
            far.services,
            state=MeteredState(far.services.state, meter),
            leases=MeteredLeases(far.services.leases, meter),
        )
        town = _Town(day, services, simpler, google.world.accounts[EMAIL])
        far.line.enqueue(Task("sync_wisp", {"wisp": WISP}, delay=(_NIGHT - clock.now()).total_seconds()))
        clock.plan(town, [_MORNING + timedelta(seconds=at) for at in day.changes])
        before, asked, spent = google.world.counters(), len(simpler.state.calls), time.process_time()
        tasks = _work_off(services, far.line, clock)
        town.look(clock.now())
        spent, after = time.process_time() - spent, google.world.counters()
        return Played(
            day.name,
            sorted(town.late),
            tasks,
            len(simpler.state.calls) - asked,
            _people(after) - _people(before),
            after["answers"].get("429", 0) - before["answers"].get("429", 0),
            meter.reads,
            meter.writes + meter.deletes,
            spent,
        )


def _work_off(services: Services, line: TaskLine, clock: _Days) -> int:
    """Do each task when it is due, until none is left and nobody changes; return how many they were."""
    tasks = 0
    while moments := [*clock.next(), *line.due()]:
        clock.move_to(min(moments))
        if line.due() and line.due()[0] <= min(moments):
            work(services, from_plain(line.pop().body, SyncWisp))
            tasks += 1
    return tasks


def _people(counters: Mapping[str, Any]) -> int:
    """Return how many requests the People API had."""
    return sum(count for method, count in counters["requests"].items() if not method.startswith("oauth2."))
