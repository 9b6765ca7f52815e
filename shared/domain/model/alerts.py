"""Alerts: which of a wisp's nights need a person, by what is known of its runs a while later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.lease import Lease
from shared.domain.model.night import Nights, Streak
from shared.domain.model.schedule import LONG_AGO, moment

PATIENCE = 3600.0
"""Seconds after its place in the night's window in which a wisp must have had a complete run."""

DEAD = timedelta(hours=24)
"""How long an account may need a person before an alert says so."""

MOST_REFUSALS = 2
"""The guard's refusals in a row after which an alert says that nobody looks."""

CauseName = Literal["wisp.overdue", "lease.stuck", "account.dead", "guard.waiting"]


class Alert(msgspec.Struct, frozen=True):
    """One thing that needs a person.

    Attributes:
        cause: What it is; the name of the event, too.
        wisp: The wisp's id.
        account: The account's id; empty when it is about the whole wisp.
        since: Since when, ISO 8601, UTC; empty when that is not known.
        code: The stable code of the reason, as far as one is known.
        message: What happened, in a sentence for the operator.
    """

    cause: CauseName
    wisp: str
    account: str
    since: str
    code: str
    message: str


def due(nights: Nights, night: datetime, place: float, started: str) -> datetime:
    """Return when a wisp must have had its night.

    Args:
        nights: What its runs came to.
        night: When the night began.
        place: Seconds from there to the wisp's own start.
        started: When the watch started what had not begun by then; empty: it did not.
    """
    began = moment(nights.began)
    has_begun = not started or night <= began < moment(started)
    return (night if has_begun else moment(started)) + timedelta(seconds=place + PATIENCE)


def is_well(nights: Nights, night: datetime, now: datetime) -> bool:
    """Return whether a wisp had its night, and nothing in its accounts waits for a person for long."""
    return moment(nights.complete) >= night and not waits_long(nights, now)


def waits_long(nights: Nights, now: datetime) -> bool:
    """Return whether something in an account may have waited for a person for so long that it is told."""
    stopped = any(now - moment(streak.since) >= DEAD for streak in nights.stopped.values())
    return stopped or any(streak.runs >= MOST_REFUSALS for streak in nights.refused.values())


def owes(nights: Nights, night: datetime) -> bool:
    """Return whether there must be a complete run since the night began, and there is none.

    There need not be one for accounts that were all connected since. Of a wisp with an account that needs a
    person, connecting the others again does not start this anew.
    """
    is_young = bool(nights.since) and moment(nights.since) >= night
    return bool(nights.accounts) and moment(nights.complete) < night and not is_young


def overdue(wisp: str, nights: Nights, night: datetime) -> Alert:
    """Say that there was no complete run in a night."""
    last = f"the last reason told is {nights.code}" if nights.code else "no run told a reason"
    since = f"no complete run since the night of {night.isoformat()}"
    return Alert(
        "wisp.overdue", wisp, account="", since=nights.complete, code=nights.code, message=f"{since}; {last}"
    )


def stuck(wisp: str, lease: Lease | None, *, now: float, longest: float) -> Iterator[Alert]:
    """Say that a lease is held, or will be, for longer than any run can hold one.

    Args:
        wisp: The wisp's id; empty when the lease is another one, such as a Google account's.
        lease: As it is recorded; None: it was never taken.
        now: The time by the clock of those who grant leases, seconds since 1970.
        longest: Seconds that a run can hold one grant at most.
    """
    if lease is None or lease.claim is None or lease.is_free(now):
        return
    if max(now - lease.acquired_at, lease.expires_at - now) > longest:
        since = datetime.fromtimestamp(lease.acquired_at, UTC)
        held = f"the lease {lease.name} is held {_since(since)} for {lease.claim.run or 'no run'}"
        yield Alert("lease.stuck", wisp, "", since=_iso(since), code="", message=held)


def dead(account: Account, streak: Streak | None, now: datetime) -> Iterator[Alert]:
    """Say that an account has needed a person for `DEAD` or longer.

    Args:
        account: The account.
        streak: What its runs have ended by, in one run after the other; None: the last one did not.
        now: The time.
    """
    since, code = moment(account.since), streak.code if streak else "google.reconnect"
    if account.state == "disconnecting":
        return
    if account.state == "connected":
        if streak is None or not stands(account, streak):
            return
        since = moment(streak.since)
    if now - since >= DEAD:
        told = f"the account needs a person, for {code}, {_since(since)}"
        yield Alert("account.dead", account.wisp, account.id, since=_iso(since), code=code, message=told)


def guard_waiting(account: Account, streak: Streak | None) -> Iterator[Alert]:
    """Say that the guard has refused removals in the account `MOST_REFUSALS` times in a row."""
    if streak and streak.runs >= MOST_REFUSALS:
        refused = f"the guard refused removals {streak.runs} times in a row, {streak.refused} at last"
        told = f"{refused}; nobody let them through"
        yield Alert("guard.waiting", account.wisp, account.id, since=streak.since, code="guard", message=told)


def stands(account: Account, streak: Streak) -> bool:
    """Return whether what an account's runs ended by lasts, as far as its record tells.

    Its owner may have connected it again since, or somebody may have resumed it.
    """
    if account.state == "connected" and moment(streak.since) < moment(account.since):
        return False
    return streak.code != "account.paused" or bool(account.paused)


def _iso(since: datetime) -> str:
    return "" if since == LONG_AGO else since.isoformat()


def _since(since: datetime) -> str:
    return f"since {_iso(since)}" if _iso(since) else "for longer than our records tell"
