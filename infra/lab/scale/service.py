"""Service: the functions, called as Cloud Scheduler and Cloud Tasks would, with miniature wisps."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Request, Response
from werkzeug.test import EnvironBuilder

from functions.endpoint import answer
from infra.lab.scale.clock import SimulatedClock
from infra.lab.scale.miniature import MiniatureSource, books
from infra.lab.scale.night import Answered
from infra.lab.scale.population import Member
from infra.lab.scale.queue import SimulatedQueue
from infra.lab.scale.settings import settings
from infra.standins.cloud.task_queue import Entry
from shared.bootstrap import build
from shared.domain.model.account import Account
from shared.domain.model.night import Nights
from shared.domain.model.wisp import Wisp
from shared.errors import Trouble
from shared.policy import Mode, Policy
from shared.ports import Put, Task, TaskQueue
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.run_documents import nights_put
from shared.usecases.base.services import Services
from shared.usecases.runs.slot import SLOTS, take_slot

AT_ONCE = 400
"""Documents that one write takes."""

_BEFORE = "2026-03-01T05:00:00+00:00"
"""When each wisp's last run began: the night before."""


@dataclass(frozen=True, slots=True)
class Away:
    """A SIMPLer that does not answer for a while.

    Attributes:
        host: Its server.
        start: Since when.
        end: Until when.
    """

    host: str
    start: datetime
    end: datetime

    def lasts(self, now: datetime) -> bool:
        """Return whether it is away now."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class WithoutTries:
    """The `TaskQueue` port without what tries a failed run again."""

    queue: TaskQueue

    def enqueue(self, task: Task) -> bool:
        """Accept the task, unless it is another try."""
        return "tries" in task.body or self.queue.enqueue(task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept them all."""
        return self.queue.enqueue_all(tasks)


class Service:
    """All functions on one database.

    Attributes:
        answers: What `sync_all` answered, by time zone.
    """

    def __init__(
        self,
        folder: Path,
        queue: SimulatedQueue,
        members: Sequence[Member],
        seconds: Mapping[str, float],
        away: Away | None = None,
        *,
        is_former: bool = False,
    ) -> None:
        """Set the wisps up, each with its accounts and with how long its run took the night before.

        Args:
            folder: For the database.
            queue: Where tasks go.
            members: The wisps.
            seconds: How long a run of each takes, by wisp.
            away: A SIMPLer that does not answer for a while.
            is_former: Whether it works as it once did: a failed run is answered 503, and the queue, which is
                one, tries it again; nothing limits the runs at one SIMPLer.
        """
        self.answers: dict[str, Any] = {}
        self._hosts = {member.wisp: member.host for member in members}
        self._away = away
        self._is_former = is_former
        self._reading: list[tuple[str, float]] = []
        self._settings = settings(folder)
        self._queue = queue
        self._seconds = seconds
        self._down: set[str] = set()
        puts = [put for member in members for put in _documents(member, seconds[member.wisp])]
        state = build(self._settings).state
        for start in range(0, len(puts), AT_ONCE):
            state.write(*puts[start : start + AT_ONCE])

    def let_fail(self, wisps: Sequence[str]) -> None:
        """Let SIMPLer be down when these wisps' runs are tried for the first time."""
        self._down.update(wisps)

    def start_night(self, time_zone: str, now: datetime) -> None:
        """Call what Cloud Scheduler calls at 05:00."""
        body = json.dumps({"time_zone": time_zone}).encode()
        self.answers[time_zone] = self._call("sync_all", body, SimulatedClock(now)).json

    def press(self, wisp: str, now: datetime) -> None:
        """Call what SIMPLer calls when somebody presses the button."""
        user = {"id": "17", "email": "mary@example.com", "rights": ["user->gcontact"]}
        self._call("start_sync", json.dumps({"wisp": wisp, "user": user}).encode(), SimulatedClock(now))

    def work(self, entry: Entry, now: datetime) -> Answered:
        """Do a task.

        A run takes no time of its own here: so the slots are taken first that the runs have which are still
        reading the same SIMPLer at this simulated time.
        """
        clock, request = SimulatedClock(now), entry.task.http_request
        function = (urlsplit(request.url).hostname or "").partition(".")[0]
        host = self._hosts[json.loads(request.body)["wisp"]]
        self._reading = [each for each in self._reading if each[1] > now.timestamp()]
        busy = sum(reading == host for reading, _ in self._reading)
        with ExitStack() as others:
            for _ in range(0 if self._is_former else min(busy, SLOTS)):
                others.enter_context(take_slot(self._at(clock), _wisp("other", "", host)))
            answer = self._call(function, request.body, clock)
        state = str((answer.json or {}).get("state"))
        if state != "waiting":
            self._reading.append((host, now.timestamp() + clock.monotonic()))
        status = 503 if self._is_former and state == "failed" else answer.status_code
        return Answered(status, clock.monotonic(), state)

    def _call(self, function: str, body: bytes, clock: SimulatedClock) -> Response:
        here = {"REMOTE_ADDR": "127.0.0.1"}
        environ = EnvironBuilder(
            method="POST", data=body, content_type="application/json", environ_base=here
        ).get_environ()
        policy = Policy(Mode.OPEN, clock)
        handle = import_module(f"functions.{function}").handle
        return answer(Request(environ), function, lambda: policy, lambda: self._at(clock), handle)

    def _at(self, clock: SimulatedClock) -> Services:
        """Return the services of a call that has its own time."""
        return replace(
            build(self._settings, clock=clock, tasks=self._tasks(clock)),
            source=lambda wisp: self._source(wisp, clock),
            book=lambda account, gate: books(_wisp(account.wisp, "", ""))(account, gate),
        )

    def _tasks(self, clock: SimulatedClock) -> TaskQueue:
        if not self._is_former:
            return self._queue.port(clock)
        return WithoutTries(self._queue.port(clock, urgent=""))

    def _source(self, wisp: Wisp, clock: SimulatedClock) -> MiniatureSource:
        away = self._away
        is_away = away is not None and self._hosts[wisp.id] == away.host and away.lasts(clock.now())
        down = is_away or wisp.id in self._down
        self._down.discard(wisp.id)
        return MiniatureSource(wisp, clock, self._seconds[wisp.id], down)


def _documents(member: Member, seconds: float) -> Sequence[Put]:
    accounts = [
        Account(f"{member.wisp}-{n}", member.wisp, f"{n}@{member.wisp}.example", f"{member.wisp}-{n}", "none")
        for n in range(member.accounts)
    ]
    nights = nights_put(member.wisp, Nights(member.time_zone, seconds, began=_BEFORE))
    return [wisp_put(_wisp(member.wisp, member.time_zone, member.host)), nights, *map(account_put, accounts)]


def _wisp(wisp: str, time_zone: str, host: str) -> Wisp:
    return Wisp(wisp, wisp.title(), "IE", time_zone, f"https://{host}.example/restapi/", wisp, "none")
