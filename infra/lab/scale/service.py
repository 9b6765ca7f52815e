"""Service: the functions, called as Cloud Scheduler and Cloud Tasks would, with miniature wisps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from infra.lab.scale.population import Member
from infra.lab.scale.queue import SimulatedQueue
from infra.lab.scale.settings import settings
from infra.standins.cloud.task_queue import Entry
from shared.bootstrap import build
from shared.domain.model.account import Account
from shared.domain.model.night import Nights
from shared.domain.model.wisp import Wisp
from shared.policy import Mode, Policy
from shared.ports import Put
from shared.usecases.base.documents import account_put, nights_put, wisp_put
from shared.usecases.base.services import Services

AT_ONCE = 400
"""Documents that one write takes."""

_BEFORE = "2026-03-01T05:00:00+00:00"
"""When each wisp's last run began: the night before."""


class Service:
    """All functions on one database.

    Attributes:
        answers: What `sync_all` answered, by time zone.
    """

    def __init__(
        self, folder: Path, queue: SimulatedQueue, members: Sequence[Member], seconds: Mapping[str, float]
    ) -> None:
        """Set the wisps up, each with its accounts and with how long its run took the night before.

        Args:
            folder: For the database.
            queue: Where tasks go.
            members: The wisps.
            seconds: How long a run of each takes, by wisp.
        """
        self.answers: dict[str, Any] = {}
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

    def work(self, entry: Entry, now: datetime) -> tuple[int, float]:
        """Do a task; return the status of the answer, and the seconds until it."""
        clock, request = SimulatedClock(now), entry.task.http_request
        function = (urlsplit(request.url).hostname or "").partition(".")[0]
        status = self._call(function, request.body, clock).status_code
        return status, clock.monotonic()

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
            build(self._settings, clock=clock, tasks=self._queue.port(clock)),
            source=lambda wisp: self._source(wisp, clock),
            book=lambda account, gate: books(_wisp(account.wisp, ""))(account, gate),
        )

    def _source(self, wisp: Wisp, clock: SimulatedClock) -> MiniatureSource:
        down = wisp.id in self._down
        self._down.discard(wisp.id)
        return MiniatureSource(wisp, clock, self._seconds[wisp.id], down)


def _documents(member: Member, seconds: float) -> Sequence[Put]:
    accounts = [
        Account(f"{member.wisp}-{n}", member.wisp, f"{n}@{member.wisp}.example", f"{member.wisp}-{n}", "none")
        for n in range(member.accounts)
    ]
    nights = nights_put(member.wisp, Nights(member.time_zone, seconds, began=_BEFORE))
    return [wisp_put(_wisp(member.wisp, member.time_zone)), nights, *map(account_put, accounts)]


def _wisp(wisp: str, time_zone: str) -> Wisp:
    return Wisp(wisp, wisp.title(), "IE", time_zone, "https://simpler.example/restapi/", wisp, "none")
