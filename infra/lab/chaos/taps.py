"""Taps: where a process meets the world and so stops: requests, writes, leases, tasks."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter

from infra.lab.chaos.turns import Turns
from shared.domain.model.account import Account
from shared.domain.model.lease import Lease
from shared.errors import Trouble
from shared.ports import ContactBook, Gate, Task

UNSENT, UNANSWERED = "unsent", "unanswered"
"""A request that never arrives, and one whose answer never does: the client waits for nothing."""

_NAMES = re.compile(r"(people|contactGroups)/(?!me\b)[^:/]+")


class _Tapped:
    """A port of which some calls are events."""

    def __init__(self, port: Any, tap: Callable[..., Any], *calls: str) -> None:
        self._port = port
        self._tap = tap
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in self._calls:
            return found
        return lambda *arguments, **named: self._tap(name, found, *arguments, **named)


def tapped_state(port: Any, turns: Turns) -> Any:
    """Return a state store whose writes are events."""

    def write(name: str, found: Callable[..., None], *writes: Any, fence: Lease | None = None) -> None:
        what, paths = f"state.{name}", [put.path for put in writes]
        turns.step("before", f"{what} {_kinds(paths)}", paths=paths)
        turns.around(f"{what} {_kinds(paths)}", lambda: found(*writes, fence=fence), lambda _: {})

    return _Tapped(port, write, "write")


def tapped_leases(port: Any, turns: Turns) -> Any:
    """Return a lease store all of whose changes are events."""

    def change(name: str, found: Callable[..., Any], first: Any, *others: Any) -> Any:
        lease = first.name if isinstance(first, Lease) else first
        what = f"lease.{name} {lease}"
        turns.step("before", what, lease=lease)
        return turns.around(
            what, lambda: found(first, *others), lambda granted: _lease_facts(name, lease, granted)
        )

    return _Tapped(port, change, "acquire", "renew", "hand_on", "release")


def _lease_facts(name: str, lease: str, granted: Any) -> dict[str, Any]:
    return {"lease": lease, "token": granted.token if granted else None, "released": name == "release"}


def tapped_book(turns: Turns, book: Callable[[Account, Gate], Any]) -> Any:
    """Return books whose requests count as done in their account."""

    @contextmanager
    def opened(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with turns.at_work_in(account.id), book(account, gate) as found:
            yield found

    return opened


class HandedOn:
    """The `TaskQueue` port: the coordinator is the queue."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def enqueue(self, task: Task) -> bool:
        """Accept the task."""
        accepted: bool = self._turns.step("before", "enqueue", task=msgspec.to_builtins(task))
        self._turns.step("after", "enqueue")
        return accepted

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept several."""
        return [self.enqueue(task) for task in tasks]


def tap_http(turns: Turns) -> None:
    """Make every request of this process an event; its answer too."""
    send = HTTPAdapter.send

    def tapped(self: HTTPAdapter, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> Any:
        method = request.headers.get("X-HTTP-Method-Override", request.method or "")
        what = f"{method} {_without_names(urlsplit(request.url or '').path)}"
        decided = turns.step("before", what, http=method)
        if decided == UNSENT:
            raise requests.ReadTimeout(request=request)

        def sent() -> requests.Response:
            answer = send(self, request, *arguments, **named)
            if decided == UNANSWERED:
                answer.close()
                raise requests.ReadTimeout(request=request)
            return answer

        return turns.around(what, sent, lambda answer: {"status": answer.status_code})

    vars_of: Any = HTTPAdapter
    vars_of.send = tapped


def _without_names(path: str) -> str:
    return _NAMES.sub(r"\1/*", path)


def _kinds(paths: list[str]) -> str:
    """Return what sort of documents these are, without ids."""
    return ", ".join(sorted({"/".join(path.split("/")[0:4:2]) for path in paths}))
