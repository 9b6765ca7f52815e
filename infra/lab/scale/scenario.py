"""Scenario: one night of a population, with the functions themselves or by what their runs took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from infra.lab.scale.clock import SimulatedClock
from infra.lab.scale.cost import Cost, Kinds, Size
from infra.lab.scale.night import Answered, Dispatch, Night
from infra.lab.scale.population import Member
from infra.lab.scale.queue import RATE, SimulatedQueue
from infra.lab.scale.service import Away, Service
from infra.lab.scale.summary import Done
from infra.standins.cloud.task_messages import RateLimits
from infra.standins.cloud.task_queue import Entry
from shared.domain.model.schedule import NIGHT
from shared.ports import Task
from shared.usecases.runs.nightly import STARTS, delay, window

DAY = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = 6
"""Nights after which an account's contacts are all listed again."""

FAILING = 200
"""One wisp in this many has a SIMPLer that does not answer at first."""

PRESS_EVERY = 60.0
"""Seconds between two presses of a button, each by another wisp, in the busiest time zone's window."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The wisps, and the cost of their runs.

    Attributes:
        members: The wisps.
        kinds: Costs by kind of run.
        all_whole: Whether every wisp's contacts are listed again in this very night.
    """

    members: Sequence[Member]
    kinds: Kinds
    all_whole: bool = False

    def size(self, member: Member) -> Size:
        """Return what a run of a wisp takes in this night."""
        turn = sha256(member.wisp.encode()).digest()[-1] % EVERY
        return self.kinds["whole" if self.all_whole or turn == 0 else "usual"].at(member.customers)

    def seconds(self) -> Mapping[str, float]:
        """Return how long each wisp's run takes."""
        return {member.wisp: self.size(member).seconds(member.accounts) for member in self.members}

    def done(self, diary: Sequence[Dispatch]) -> Sequence[Done]:
        """Return the diary with what each dispatch took; a failed one ended before the accounts."""
        by_wisp = {member.wisp: member for member in self.members}
        return [self._done(dispatch, by_wisp[dispatch.wisp]) for dispatch in diary]

    def _done(self, dispatch: Dispatch, member: Member) -> Done:
        size = self.size(member)
        cost: Cost = size.of(member.accounts) if dispatch.is_done else size.run
        return Done(dispatch, member.host, cost)


@dataclass(frozen=True, slots=True)
class Played:
    """The result of a scenario that was played with the functions.

    Attributes:
        diary: What was dispatched.
        answers: What `sync_all` answered, by time zone.
        created: Calls of tasks.create.
    """

    diary: Sequence[Dispatch]
    answers: Mapping[str, Any]
    created: int


def play(scenario: Scenario, folder: Path, away: Away | None = None, *, is_former: bool = False) -> Played:
    """Play a day with the functions: 05:00 in each time zone, presses of buttons, a few failures.

    Args:
        scenario: Who, and what runs take.
        folder: For the database.
        away: Instead of the few failures: a SIMPLer that does not answer for a while.
        is_former: Whether failures are the queue's to try again, as they once were.
    """
    clock = SimulatedClock(DAY)
    queue = SimulatedQueue(clock)
    service = Service(folder, queue, scenario.members, scenario.seconds(), away, is_former=is_former)
    if not away:
        service.let_fail([member.wisp for member in scenario.members[::FAILING]])
    night = Night(clock, queue, service.work)
    for time_zone in sorted({member.time_zone for member in scenario.members}):
        _at(night, five(time_zone), partial(service.start_night, time_zone))
    for moment, wisp in presses(scenario.members):
        _at(night, moment, partial(service.press, wisp))
    return Played(night.run(), service.answers, queue.created)


def _at(night: Night, moment: datetime, action: Callable[[datetime], None]) -> None:
    night.at(moment.timestamp(), partial(action, moment))


def five(time_zone: str) -> datetime:
    """Return when the night of a time zone begins, on the simulated day (UTC)."""
    moment = datetime.combine(DAY, NIGHT, ZoneInfo(time_zone)).astimezone(UTC)
    return moment if moment >= DAY else moment + timedelta(days=1)


def presses(members: Sequence[Member]) -> Sequence[tuple[datetime, str]]:
    """Return the presses of buttons, by other wisps, while the busiest time zone's runs start."""
    zones = [member.time_zone for member in members]
    busiest = max(sorted(set(zones)), key=zones.count)
    others = [member.wisp for member in members if member.time_zone != busiest]
    moments = ceil(window(zones.count(busiest)) / PRESS_EVERY)
    return [
        (five(busiest) + timedelta(seconds=number * PRESS_EVERY), wisp)
        for number, wisp in zip(range(moments), others[::7], strict=False)
    ]


def replay(scenario: Scenario, starts: float, rate: RateLimits = RATE) -> Sequence[Done]:
    """Replay a night with everybody in one time zone, by what runs were measured to take.

    Args:
        scenario: Who, and what runs take.
        starts: Starts a second, in the window.
        rate: How fast the queue dispatches.
    """
    clock = SimulatedClock(DAY)
    queue, seconds = SimulatedQueue(clock, rate), scenario.seconds()
    count = len(scenario.members)
    after = {member.wisp: delay(member.wisp, count) * STARTS / starts for member in scenario.members}
    queue.port(clock).enqueue_all(
        [Task("sync_wisp", {"wisp": wisp}, name=wisp, delay=seconds) for wisp, seconds in after.items()]
    )

    def work(entry: Entry, _: datetime) -> Answered:
        return Answered(200, seconds[msgspec.json.decode(entry.task.http_request.body)["wisp"]])

    night = Night(clock, queue, work)
    night.at(DAY.timestamp(), lambda: None)
    return scenario.done(night.run())
