"""Watchdog: checks whether every wisp had its night, and reports what needs a person.

Each cause is one event for each call, whatever the number of runs that met it; it is called once a day. What
cannot be read is an event too, and the others are watched all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from shared.domain.model.account import Account
from shared.domain.model.alerts import Alert, dead, guard_waiting, moment, overdue, stuck
from shared.domain.model.run import RunOutcome
from shared.errors import Misconfigured, RetryLater
from shared.events import Event, about, log, log_internal_error
from shared.ports import Document
from shared.usecases.base.documents import active_accounts, from_document
from shared.usecases.base.leases import RUN_DEADLINE, lease_of
from shared.usecases.base.services import Services

LONGEST_HELD = 2 * RUN_DEADLINE
"""Seconds that no run can hold one grant of a lease for.

Each task of a run takes a grant of its own, so the number of tasks does not count. A task starts no request
after `RUN_DEADLINE`, is ended by the platform after 29 minutes, and its grant expires within `leases.TTL` of
its last renewal: 34 minutes at most. Twice the deadline, 50 minutes, is beyond all doubt."""

LATELY = 10
"""Runs to look at first: a night with its further tasks, and some presses of the button."""

LONG = 60
"""Runs to look at if none of those is complete: more than 26 hours can hold."""

WISPS_AT_ONCE = 8
"""Wisps looked at at once: they wait for the database, not for each other."""

T = TypeVar("T")


@dataclass(slots=True)
class Seen:
    """The watchdog's findings for one wisp, or for all.

    Attributes:
        watched: How many wisps were looked at.
        causes: What needs a person.
        unreadable: Paths of what could not be looked at: documents, leases, whole wisps.
    """

    watched: int = 1
    causes: list[Alert] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def watch(services: Services) -> Seen:
    """Look at every wisp, and write an event for each thing that needs a person.

    Reads for each wisp: its accounts, its last `LATELY` runs, its lease and those of its Google accounts; and
    its last `LONG` runs if none of the others was complete.

    Raises:
        RetryLater: The database cannot be reached; a second call looks at everything again.
        Misconfigured: There is no database.
    """
    started = services.clock.monotonic()
    wisps = [id_ for id_, _ in services.state.find("wisps")]
    seen = Seen(len(wisps))
    with ThreadPoolExecutor(WISPS_AT_ONCE, thread_name_prefix="watch") as pool:
        contexts = (copy_context() for _ in wisps)
        for one in pool.map(lambda context, wisp: context.run(_watched, services, wisp), contexts, wisps):
            seen.causes += one.causes
            seen.unreadable += one.unreadable
    counts = (seen.watched, len(seen.causes), len(seen.unreadable))
    log(
        Event.WATCH_DONE,
        "{} wisps watched, {} causes for a person, {} places unreadable".format(*counts),
        watched=counts[0],
        causes=counts[1],
        unreadable=counts[2],
        seconds=round(services.clock.monotonic() - started, 3),
    )
    return seen


def _watched(services: Services, wisp: str) -> Seen:
    """Look at one wisp and log each cause; an error in its records does not keep us from the others."""
    seen = Seen()
    with about(wisp=wisp):
        try:
            for cause in _causes(services, wisp, seen):
                _log(cause)
                seen.causes.append(cause)
        except RetryLater:
            raise
        except Exception as error:  # noqa: BLE001  the other wisps are watched whatever is wrong with this one
            log_internal_error("a wisp could not be watched", error, wisp=wisp)
            seen.unreadable.append(f"wisps/{wisp}")
    return seen


def _causes(services: Services, wisp: str, seen: Seen) -> Iterator[Alert]:
    now, path = services.clock.now(), f"wisps/{wisp}/accounts"
    found = services.state.find(path)
    accounts = _readable(found, Account, path, seen, when=lambda account: account.since)
    if stay := active_accounts(accounts):
        runs = _runs(services, wisp, seen)
        yield from overdue(wisp, stay, runs, now)
        for account in stay:
            yield from guard_waiting(account, runs)
    for account in accounts:
        yield from dead(account, now)
    yield from _stuck(services, wisp, accounts, seen)


def _runs(services: Services, wisp: str, seen: Seen) -> Sequence[RunOutcome]:
    """Return the last runs, newest first, far enough back to know whether one was complete."""
    path = f"wisps/{wisp}/runs"
    take = partial(_readable, kind=RunOutcome, path=path, seen=seen, when=lambda run: run.finished)
    found = services.state.find(path, newest=LATELY)
    runs = take(found)
    if any(run.state == "complete" for run in runs) or len(found) < LATELY:
        return runs
    return runs + take(services.state.find(path, newest=LONG)[LATELY:])


def _stuck(services: Services, wisp: str, accounts: Iterable[Account], seen: Seen) -> Iterator[Alert]:
    leases = {lease_of(wisp): ""} | {account.lease: account.id for account in accounts}
    for name, account in leases.items():
        try:
            lease, now = services.leases.look(name)
        except Misconfigured:
            _note_unreadable(f"leases/{name}", seen)
        else:
            yield from stuck(wisp, account, lease, now=now, longest=LONGEST_HELD)


def _readable(
    found: Iterable[tuple[str, Document]], kind: type[T], path: str, seen: Seen, when: Callable[[T], str]
) -> list[T]:
    """Return the documents whose content and time (`when`) can be read; note the others."""
    values = []
    for id_, document in found:
        try:
            value = from_document(document, kind, f"{path}/{id_}")
            moment(when(value))
        except (Misconfigured, ValueError):
            _note_unreadable(f"{path}/{id_}", seen)
        else:
            values.append(value)
    return values


def _note_unreadable(path: str, seen: Seen) -> None:
    log(Event.WATCH_FAILED, f"what is at {path} cannot be read; the rest is watched", path=path)
    seen.unreadable.append(path)


def _log(cause: Alert) -> None:
    log(
        _event(cause),
        cause.message,
        wisp=cause.wisp,
        account=cause.account,
        since=cause.since,
        code=cause.code,
    )


def _event(cause: Alert) -> Event:
    match cause.cause:
        case "wisp.overdue":
            return Event.WISP_OVERDUE
        case "lease.stuck":
            return Event.LEASE_STUCK
        case "account.dead":
            return Event.ACCOUNT_DEAD
        case "guard.waiting":
            return Event.GUARD_WAITING
