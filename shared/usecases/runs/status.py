"""Status: tells whether the button may be pressed, how far a run is, and how the accounts are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from shared.domain.model.account import NEARLY_FULL, Account
from shared.domain.model.lease import ClaimKind
from shared.domain.model.run import AccountOutcome, CustomerOutcome, RunOutcome, as_seen
from shared.domain.model.schedule import NIGHT
from shared.domain.model.scope import EVERYBODY, Scope
from shared.domain.model.wisp import Wisp
from shared.ports import StateStore
from shared.usecases.base.documents import (
    NEVER,
    Broken,
    Synced,
    active_accounts,
    load_synced,
    load_wisp,
    read_accounts,
)
from shared.usecases.base.leases import lease_of
from shared.usecases.base.run_documents import load_runs
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import Handled, Press, load_press

LAST_RUNS = 10

QUOTAS = ("google.quota", "google.quota_long")
"""Codes of an account whose quota at Google is used up for a while."""

Code = Literal["ready", "no_right", "running", "customer_running", "no_account"]

MESSAGES: dict[Code, str] = {
    "ready": "The contacts can be synchronised now.",
    "no_right": "You need the right user->gcontact for this. Please ask an administrator of SIMPLer to "
    "grant it: Users → rights → user->gcontact.",
    "running": "A run is on; the button is available again when it has finished.",
    "customer_running": "A single customer is being synchronised; please try again in a few seconds.",
    "no_account": "No Google account is connected yet; connect one under Users → Google Accounts.",
}

ALL_WAIT = (
    "Nothing would be written now: each Google account is paused, or must be connected to Google again."
)
"""The message where the button is available, and no account would be written to."""


class AccountProgress(msgspec.Struct, frozen=True):
    """A run's progress in one account.

    Attributes:
        account: The account's id.
        phase: Its present step: ``reading Google``, ``creating``, ``done``, for example.
        done: Contacts written.
        total: Contacts to write; 0 while that is not known.
        created: Contacts made so far.
        updated: Contacts changed so far.
        removed: Contacts removed so far.
        failed: Writes that failed so far.
    """

    account: str
    phase: str
    done: int
    total: int
    created: int = 0
    updated: int = 0
    removed: int = 0
    failed: int = 0


class Running(msgspec.Struct, frozen=True):
    """A run that holds the lease.

    Attributes:
        run: Its id.
        kind: What the lease is held for; only a "run" has a record.
        by: Who started it.
        since: When it was started, in seconds since 1970.
        phase: ``waiting`` until it has begun, then ``reading SIMPLer`` or ``writing Google``.
        done: Contacts written in all accounts.
        total: Contacts to write in all accounts, as far as known.
        accounts: The same by account.
    """

    run: str
    kind: ClaimKind
    by: str
    since: float
    phase: Literal["waiting", "reading SIMPLer", "writing Google"]
    done: int
    total: int
    accounts: list[AccountProgress]


class Health(msgspec.Struct, frozen=True):
    """A Google account's state.

    Attributes:
        account: Its id.
        email: Its address.
        state: "connected"; "reconnect": a person must sign in again; "paused" by somebody;
            "disconnecting"; or "broken": its document cannot be read.
        reason: Why, in a sentence.
        since: Since when, ISO 8601.
        last_complete: When its last complete run ended, ISO 8601; empty: never.
        held: How many contacts were ours then, or after it was brought back.
        expected: How many customers were contacts then.
        nearly_full: The account, the user's own contacts included, is close to Google's limit.
        limited: Why its last run could not go on, if a quota of Google's was used up; otherwise empty.
        limited_until: When the next attempt begins at the latest, ISO 8601, UTC; empty when not limited.
        scope: Which of the wisp's contacts it is to hold.
        rescoped: The scope was another one at the last complete run.
        undone: When it was brought back to what it was since that run, ISO 8601; empty: it was not.
    """

    account: str
    email: str
    state: str
    reason: str
    since: str
    last_complete: str
    held: int
    expected: int
    nearly_full: bool = False
    limited: str = ""
    limited_until: str = ""
    scope: Scope = EVERYBODY
    rescoped: bool = False
    undone: str = ""


class PressState(msgspec.Struct, frozen=True):
    """The outcome of a press that another run took in.

    Attributes:
        press: Its id.
        state: "waiting" until somebody has come to it.
        customer: The customer's id.
        accounts: What became of the customer in each account, when done.
    """

    press: str
    state: Literal["waiting", "done"]
    customer: str
    accounts: list[CustomerOutcome] = msgspec.field(default_factory=list)


class Status(msgspec.Struct, frozen=True):
    """The answer for the button's page.

    Attributes:
        available: The button may be pressed.
        code: Why, or why not; stable.
        message: The same as a sentence.
        running: The run in progress.
        last_runs: The last runs, newest first, without their notes on single customers.
        accounts: The health of every account.
        press: What became of the press that was asked about; None when none was, or nobody knows it.
    """

    available: bool
    code: Code
    message: str
    running: Running | None
    last_runs: list[RunOutcome]
    accounts: list[Health]
    press: PressState | None = None


def status(services: Services, wisp_id: str, *, has_right: bool, press: str = "") -> Status:
    """Return the status of a wisp; raise `Misconfigured` if the wisp does not exist.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        has_right: Whether the user who asks may press buttons; nobody else is told of accounts and runs.
        press: A press of a customer's button to tell of; empty: none.
    """
    wisp = load_wisp(services.state, wisp_id)
    if not has_right:
        why = MESSAGES["no_right"]
        return Status(available=False, code="no_right", message=why, running=None, last_runs=[], accounts=[])
    accounts, broken = read_accounts(services.state, wisp.id)
    running, runs = last_runs(services, wisp.id, LAST_RUNS)
    active = active_accounts(accounts)
    code = _code(running, active)
    waits = code == "ready" and all(each.paused or each.state == "reconnect" for each in active)
    synced, tonight = load_synced(services.state, wisp.id), next_night(wisp, services.clock.now())
    health = [_health(account, runs, synced.get(account.id, NEVER), tonight) for account in accounts]
    health += [_broken(account, synced.get(account.id, NEVER)) for account in broken]
    return Status(
        available=code == "ready",
        code=code,
        message=ALL_WAIT if waits else MESSAGES[code],
        running=running,
        last_runs=runs,
        accounts=health,
        press=_press(services.state, wisp.id, press) if press else None,
    )


def _press(state: StateStore, wisp: str, press: str) -> PressState | None:
    match load_press(state, wisp, press):
        case Press(customer=customer):
            return PressState(press, "waiting", customer)
        case Handled(press=handled, accounts=accounts):
            return PressState(press, "done", handled.customer, list(accounts))
        case _:
            return None


def running_now(services: Services, wisp: str) -> Running | None:
    """Return what holds the wisp's lease; a dead run disappears when its lease expires."""
    lease, now = services.leases.look(lease_of(wisp))
    if lease is None or lease.claim is None or lease.is_free(now):
        return None
    run, by = lease.claim.run, lease.claim.holder
    accounts = _progress(services.state, wisp, run)
    record = next((found for found in load_runs(services.state, wisp, newest=1) if found.run == run), None)
    begun = record is not None and record.state != "waiting"
    phase: Literal["waiting", "reading SIMPLer", "writing Google"] = (
        "writing Google" if accounts else "reading SIMPLer" if begun else "waiting"
    )
    done, total = sum(a.done for a in accounts), sum(a.total for a in accounts)
    return Running(
        run,
        lease.claim.kind,
        by,
        since=lease.acquired_at,
        phase=phase,
        done=done,
        total=total,
        accounts=accounts,
    )


def last_runs(services: Services, wisp: str, newest: int) -> tuple[Running | None, list[RunOutcome]]:
    """Return what holds the wisp's lease, and its last runs as they are known now, newest first."""
    running, runs = running_now(services, wisp), load_runs(services.state, wisp, newest=newest)
    if runs and _seems_dead(runs[0], running):  # unless it began, and perhaps ended, since we looked
        running, runs = running_now(services, wisp), load_runs(services.state, wisp, newest=newest)
    return running, [as_seen(run, running.run if running else "") for run in runs]


def _seems_dead(run: RunOutcome, running: Running | None) -> bool:
    return as_seen(run, running.run if running else "") is not run


def _progress(state: StateStore, wisp: str, run: str) -> list[AccountProgress]:
    found = state.find(f"wisps/{wisp}/progress", where={"run": run})
    return [
        AccountProgress(account, **{name: value for name, value in members.items() if name != "run"})
        for account, members in found
    ]


def _code(running: Running | None, accounts: Sequence[Account]) -> Code:
    if running:
        return "customer_running" if running.kind == "customers" else "running"
    return "ready" if accounts else "no_account"


def next_night(wisp: Wisp, now: datetime) -> datetime:
    """Return when the wisp's next nightly run is, in UTC."""
    local = now.astimezone(ZoneInfo(wisp.time_zone))
    night = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    # A day more on the wall clock, whatever daylight saving does meanwhile.
    later = night if night > local else night + timedelta(days=1)
    return later.astimezone(UTC)


def _health(account: Account, runs: Sequence[RunOutcome], synced: Synced, tonight: datetime) -> Health:
    of_it = [outcome for run in runs for outcome in run.accounts if outcome.account == account.id]
    last = of_it[0] if of_it else AccountOutcome(account.id, account.email)
    total = next((outcome.total for outcome in of_it if outcome.total), 0)
    limited = last.code in QUOTAS
    return Health(
        account.id,
        account.email,
        state="paused" if account.paused and account.state == "connected" else account.state,
        reason=account.reason or account.paused,
        since=account.since,
        last_complete=synced.at,
        held=synced.held,
        expected=synced.expected,
        nearly_full=total >= NEARLY_FULL,
        limited=last.reason if limited else "",
        limited_until=tonight.isoformat() if limited else "",
        scope=account.scope,
        rescoped=synced.scope is not None and synced.scope != account.scope,
        undone=synced.undone,
    )


def _broken(account: Broken, synced: Synced) -> Health:
    why = account.trouble.user_message
    return Health(
        account.id,
        account.email,
        state="broken",
        reason=why,
        since="",
        last_complete=synced.at,
        held=synced.held,
        expected=synced.expected,
        undone=synced.undone,
    )
