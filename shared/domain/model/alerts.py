"""Alerts: which of a wisp's nights need a person, by what their records say a while later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.domain.model.account import Account
from shared.domain.model.lease import Lease
from shared.domain.model.run import AccountOutcome, RunOutcome

OVERDUE = timedelta(hours=26)
"""The longest time without a complete run: a night, and two hours of slack."""

DEAD = timedelta(hours=24)
"""How long an account may need a person before an alert says so."""

MOST_REFUSALS = 2
"""The guard's refusals in a row after which an alert says that nobody looks."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)

CauseName = Literal["wisp.overdue", "lease.stuck", "account.dead", "guard.waiting"]


@dataclass(frozen=True, slots=True)
class Alert:
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


def overdue(
    wisp: str, accounts: Sequence[Account], runs: Sequence[RunOutcome], now: datetime
) -> Iterator[Alert]:
    """Say that no run was complete for `OVERDUE`, nor since the present accounts were connected.

    Of a wisp with an account that needs a person, connecting the others again does not start this anew.

    Args:
        wisp: The wisp's id.
        accounts: Its accounts that receive contacts, at least one.
        runs: Its last runs, newest first; the last complete one among them, if there was any.
        now: The time.
    """
    complete = [moment(run.finished) for run in runs if run.state == "complete"]
    is_new = not complete or all(account.state == "connected" for account in accounts)
    connected = [min(moment(account.since) for account in accounts)] if is_new else []
    since = max(complete + connected)
    if now - since > OVERDUE:
        code = next((run.code for run in runs if run.code), "")
        last = f"the last reason told is {code}" if code else "no run told a reason"
        yield Alert(
            "wisp.overdue",
            wisp,
            account="",
            since=_iso(since),
            code=code,
            message=f"no complete run {_since(since)}; {last}",
        )


def stuck(wisp: str, account: str, lease: Lease | None, *, now: float, longest: float) -> Iterator[Alert]:
    """Say that a lease is held, or will be, for longer than any run can hold one.

    Args:
        wisp: The wisp's id.
        account: The account's id, when the lease is a Google account's.
        lease: As it is recorded; None: it was never taken.
        now: The time by the clock of those who grant leases, seconds since 1970.
        longest: Seconds that a run can hold one grant at most.
    """
    if lease is None or lease.claim is None or lease.is_free(now):
        return
    if max(now - lease.acquired_at, lease.expires_at - now) > longest:
        since = datetime.fromtimestamp(lease.acquired_at, UTC)
        held = f"the lease {lease.name} is held {_since(since)} for {lease.claim.run or 'no run'}"
        yield Alert("lease.stuck", wisp, account, since=_iso(since), code="", message=held)


def dead(account: Account, now: datetime) -> Iterator[Alert]:
    """Say that an account has needed a person for `DEAD` or longer."""
    since = moment(account.since)
    if account.state == "reconnect" and now - since >= DEAD:
        told = f"the account must be connected again, {_since(since)}"
        yield Alert(
            "account.dead",
            account.wisp,
            account.id,
            since=_iso(since),
            code="google.reconnect",
            message=told,
        )


def guard_waiting(account: Account, runs: Sequence[RunOutcome]) -> Iterator[Alert]:
    """Say that the guard has refused removals in the account `MOST_REFUSALS` times in a row.

    Runs that ended before they asked it do not count.

    Args:
        account: The account.
        runs: Its wisp's last runs, newest first.
    """
    judged = [(run, outcome) for run in runs if (outcome := _judged(run, account.id))]
    streak: list[RunOutcome] = []
    for run, outcome in judged:
        if not outcome.refused:
            break
        streak.append(run)
    if len(streak) >= MOST_REFUSALS:
        refused = judged[0][1].refused
        told = f"the guard refused removals {len(streak)} times in a row, {refused} at last; nobody let them"
        yield Alert(
            "guard.waiting",
            account.wisp,
            account.id,
            since=streak[-1].started,
            code="guard",
            message=f"{told} through",
        )


def moment(written: str) -> datetime:
    """Read a time of our documents, in UTC; an empty one counts as long ago.

    Raises:
        ValueError: It is no time.
    """
    return datetime.fromisoformat(written).astimezone(UTC) if written else LONG_AGO


def _judged(run: RunOutcome, account: str) -> AccountOutcome | None:
    return next((outcome for outcome in run.accounts if outcome.account == account and outcome.planned), None)


def _iso(since: datetime) -> str:
    return "" if since == LONG_AGO else since.isoformat()


def _since(since: datetime) -> str:
    return f"since {_iso(since)}" if _iso(since) else "for longer than our records tell"
