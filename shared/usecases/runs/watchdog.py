"""Watchdog: asks every hour whether each wisp had its night, and starts what did not begin.

A wisp is asked about once a night: at the first look after its place in the night's window and an hour. Most
are well, as one document says (`Nights`); only of the others more is read. Each cause is one event a night.
What cannot be read is an event too, and the others are watched all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.alerts import (
    PATIENCE,
    Alert,
    dead,
    due,
    guard_waiting,
    is_well,
    overdue,
    owes,
    stuck,
    waits_long,
)
from shared.domain.model.lease import Lease
from shared.domain.model.night import Nights, Watched
from shared.domain.model.schedule import last_night, moment
from shared.errors import Misconfigured, RetryLater
from shared.events import Event, about, log, log_internal_error
from shared.replace import replace
from shared.usecases.base.documents import active_accounts, readable
from shared.usecases.base.leases import RUN_DEADLINE, lease_of
from shared.usecases.base.run_documents import load_watched, nights_by_runs, read_nights, watched_put
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import begin_late, delay, window

LONGEST_HELD = 2 * RUN_DEADLINE
"""Seconds that no run can hold one grant of a lease for.

Each task of a run takes a grant of its own, so the number of tasks does not count. A task starts no request
after `RUN_DEADLINE`, is ended by the platform after 29 minutes, and its grant expires within `leases.TTL` of
its last renewal: 34 minutes at most. Twice the deadline, 50 minutes, is beyond all doubt."""

STALLED = 3600.0
"""Seconds without a new run of a time zone after which those that are enqueued count as held up."""

WISPS_AT_ONCE = 8
"""Wisps looked at at once: they wait for the database, not for each other."""

OF_MAILS = "mail-"
"""How the leases begin by which an earlier build knew that a card had just been mailed. They name a user."""

_MOST_FORGOTTEN = 1000
"""Of those, how many one look clears away."""


class Seen(msgspec.Struct):
    """The watchdog's findings for one wisp, for a time zone, or for all.

    Attributes:
        watched: How many wisps there are.
        causes: What needs a person.
        unreadable: Paths of what could not be looked at: documents, leases, whole wisps.
    """

    watched: int = 0
    causes: list[Alert] = msgspec.field(default_factory=list)
    unreadable: list[str] = msgspec.field(default_factory=list)


class Zone(msgspec.Struct, frozen=True):
    """A time zone's night at the moment of a look.

    Attributes:
        name: The time zone.
        night: When its last night began.
        now: The time.
        wisps: Its wisps.
        watched: How far this night was watched before.
    """

    name: str
    night: datetime
    now: datetime
    wisps: Sequence[str]
    watched: Watched

    def due(self, wisp: str, nights: Nights) -> datetime:
        """Return when a wisp must have had its night."""
        return due(nights, self.night, delay(wisp, len(self.wisps)), self.watched.started)

    def is_due(self, wisp: str, nights: Nights) -> bool:
        """Return whether that was since the last look."""
        return moment(self.watched.looked) < self.due(wisp, nights) <= self.now

    def may_be_due(self) -> bool:
        """Return whether any wisp can have come due since the last look."""
        start = max(self.night, moment(self.watched.started))
        last = start + timedelta(seconds=window(len(self.wisps)) + PATIENCE)
        first = self.night + timedelta(seconds=PATIENCE)
        return first <= self.now and moment(self.watched.looked) < last


def watch(services: Services) -> Seen:
    """Look at every wisp that came due since the last look, and write an event for what needs a person.

    Reads all settings, in one query; for each time zone where somebody came due the wisps' `Nights`, in one
    query; of wisps that are not well their accounts, and their last runs where nothing tells them in short;
    and the leases that are held. One whose holder has died is given back, so that it names nobody any more.

    Raises:
        RetryLater: The database cannot be reached; a second call looks again at what is not done.
        Misconfigured: There is no database.
    """
    started = services.clock.monotonic()
    seen = Seen()
    watched = dict(load_watched(services.state))
    for zone in _zones(services, watched, seen):
        after = _watch(services, zone, seen)
        if after != watched.get(zone.name):
            watched[zone.name] = after
            services.state.write(watched_put(watched))
    _look_at_leases(services, seen)
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


def _zones(services: Services, watched: Mapping[str, Watched], seen: Seen) -> Iterator[Zone]:
    """Yield the time zones in which there are wisps; an unwatched night is looked at from its beginning."""
    wisps: dict[str, list[str]] = {}
    for id_, document in services.state.find("wisps"):
        seen.watched += 1
        name = document.get("time_zone")
        if isinstance(name, str) and _is_zone(name):
            wisps.setdefault(name, []).append(id_)
        else:
            _note_unreadable(f"wisps/{id_}", seen)
    now = services.clock.now()
    for name, ids in sorted(wisps.items()):
        night = last_night(now, name)
        before = watched.get(name)
        is_same = before is not None and before.night == night.isoformat()
        fresh = Watched(night.isoformat(), looked=night.isoformat())
        yield Zone(name, night, now, wisps=ids, watched=before if before and is_same else fresh)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def _watch(services: Services, zone: Zone, seen: Seen) -> Watched:
    """Look at a time zone's wisps that came due; return how far its night is watched now."""
    if not zone.may_be_due():
        return zone.watched
    nights, broken = read_nights(services.state, zone.name)
    for path in broken:
        _note_unreadable(path, seen)
    unknown = Nights(zone.name)
    due_now = [wisp for wisp in zone.wisps if zone.is_due(wisp, nights.get(wisp, unknown))]
    unwell = [wisp for wisp in due_now if not is_well(nights.get(wisp, unknown), zone.night, zone.now)]
    missing: list[str] = []
    with ThreadPoolExecutor(WISPS_AT_ONCE, thread_name_prefix="watch") as pool:
        looks = [
            pool.submit(
                copy_context().run, partial(_look, services, zone, wisp, nights=nights.get(wisp, unknown))
            )
            for wisp in unwell
        ]
        for wisp, look in zip(unwell, looks, strict=True):
            found, has_begun = look.result()
            seen.causes += found.causes
            seen.unreadable += found.unreadable
            if not has_begun:
                missing.append(wisp)
    looked = zone.now.isoformat()
    if not missing or zone.watched.started:
        return replace(zone.watched, looked=looked)
    settled = {*due_now} - {*missing}
    has_not_begun = (wisp for wisp in zone.wisps if moment(nights.get(wisp, unknown).began) < zone.night)
    late = [wisp for wisp in has_not_begun if wisp not in settled]
    if not _begin(services, zone, late, missing=missing, nights=nights):
        return zone.watched
    return replace(zone.watched, looked=looked, started=looked)


def _begin(
    services: Services, zone: Zone, late: Sequence[str], missing: Sequence[str], nights: Mapping[str, Nights]
) -> bool:
    """Start what has not begun; return whether the queue took it, or else the next look tries again."""
    begun = begin_late(services, zone.name, zone.night, late, count=len(zone.wisps))
    night = zone.night.isoformat()
    if begun.enqueued or begun.failed:
        message = f"the night had not begun for {len(missing)} of {len(zone.wisps)} wisps; it is started now"
        if begun.failed:
            message += f", but {len(begun.failed)} could not be enqueued, one because {begun.failed[0]}"
        log(
            Event.NIGHT_MISSED,
            message,
            time_zone=zone.name,
            night=night,
            missing=len(missing),
            enqueued=begun.enqueued,
            failed=len(begun.failed),
        )
    newest = max((moment(each.began) for each in nights.values()), default=zone.night)
    if begun.already and zone.now - newest >= timedelta(seconds=STALLED):
        log(
            Event.NIGHT_STALLED,
            f"{begun.already} runs are in the queue, and none has begun for an hour or longer",
            time_zone=zone.name,
            night=night,
            waiting=begun.already,
        )
    return not begun.failed


def _look(services: Services, zone: Zone, wisp: str, nights: Nights) -> tuple[Seen, bool]:
    """Look at one wisp and log each cause; return them, and whether its night has begun.

    An error in its records does not keep us from the others.
    """
    seen, has_begun = Seen(), True
    with about(wisp=wisp):
        try:
            if not nights.began:
                nights = nights_by_runs(services.state, wisp, nights)
            accounts: Sequence[Account] = ()
            if not nights.accounts or waits_long(nights, zone.now):
                accounts = _accounts(services, wisp, seen)
                nights = nights.of(active_accounts(accounts))
            is_owed = owes(nights, zone.night)
            has_begun = not is_owed or moment(nights.began) >= zone.night
            if is_owed and (has_begun or zone.watched.started):
                seen.causes.append(overdue(wisp, nights, zone.night))
            for account in accounts:
                seen.causes += dead(account, nights.stopped.get(account.id), zone.now)
            for account in active_accounts(accounts):
                seen.causes += guard_waiting(account, nights.refused.get(account.id))
            for cause in seen.causes:
                _log(cause)
        except RetryLater:
            raise
        except Exception as error:  # noqa: BLE001  the other wisps are watched whatever is wrong with this one
            log_internal_error("a wisp could not be watched", error, wisp=wisp)
            seen.unreadable.append(f"wisps/{wisp}")
    return seen, has_begun


def _accounts(services: Services, wisp: str, seen: Seen) -> Sequence[Account]:
    """Return the accounts whose content and time can be read; note the others."""
    path = f"wisps/{wisp}/accounts"
    accounts, broken = readable(services.state.find(path), Account, path)
    for each in broken:
        _note_unreadable(each, seen)
    found = []
    for id_, account in accounts.items():
        try:
            moment(account.since)
        except ValueError:
            _note_unreadable(f"{path}/{id_}", seen)
        else:
            found.append(account)
    return found


def _look_at_leases(services: Services, seen: Seen) -> None:
    """Tell of each lease that is held for longer than any run can hold one; clear away what nobody needs."""
    of_a_wisp = lease_of("")
    held = services.leases.held()
    for name in [each for each in held if each.startswith(OF_MAILS)][:_MOST_FORGOTTEN]:
        try:
            services.leases.forget(name)
        except Misconfigured:
            _note_unreadable(f"leases/{name}", seen)
    for name in [each for each in held if not each.startswith(OF_MAILS)]:
        wisp = name.removeprefix(of_a_wisp) if name.startswith(of_a_wisp) else ""
        try:
            lease, now = services.leases.look(name)
        except Misconfigured:
            _note_unreadable(f"leases/{name}", seen)
        else:
            give_back(services, lease, now)
            for cause in stuck(wisp, lease, now=now, longest=LONGEST_HELD):
                _log(cause)
                seen.causes.append(cause)


def give_back(services: Services, lease: Lease | None, now: float) -> bool:
    """Give a lease back if its holder has died, so that it names nobody; return whether that was so.

    A holder that sleeps may still renew a lease that is over; none sleeps for so long.

    Raises:
        RetryLater: The database cannot be reached.
    """
    if lease is None or lease.claim is None or now - lease.expires_at < LONGEST_HELD:
        return False
    services.leases.release(lease)
    return True


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
