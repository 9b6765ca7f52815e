"""Account: holds and opens a Google account for a run, whose trouble stays its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from copy import deepcopy
from typing import TypeVar

from shared.domain.model.account import Account
from shared.domain.model.reason import FOR_ITS_OWNER
from shared.errors import LeaseHeld, LeaseLost, Misconfigured, RetryLater, StopAccount, Trouble
from shared.events import Event, log, log_internal_error
from shared.usecases.base import ledger_store
from shared.usecases.base.leases import HeldLease, RequestGate, hold
from shared.usecases.base.rate_limit import RateLimit
from shared.usecases.sync.session import Run, Session

T = TypeVar("T")

ACCOUNTS_AT_ONCE = 4
"""Accounts written at once."""


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """Note how long a session's work took and what went wrong; never raise, so other accounts go on."""
    clock = session.run.services.clock
    started = clock.monotonic()
    try:
        yield
    except Trouble as trouble:
        _stop(session, trouble)
    except Exception as error:  # noqa: BLE001  the other accounts go on whatever happens in this one
        log_internal_error(
            "an account failed unexpectedly", error, account=session.account.id, run=session.run.id
        )
        session.state, session.code = "stopped", "internal"
        session.reason = "An unexpected error occurred; the operators can find it in the log by the run's id."
    session.seconds = round(clock.monotonic() - started, 3)


def in_parallel(work: Callable[[Account], T], accounts: Sequence[Account]) -> list[T]:
    """Do the work in each account, a few at once; each account has one writer."""
    with ThreadPoolExecutor(ACCOUNTS_AT_ONCE, thread_name_prefix="account") as pool:
        futures = [pool.submit(copy_context().run, work, account) for account in accounts]
        return [future.result() for future in futures]


def hold_account(run: Run, account: Account) -> HeldLease:
    """Hold the Google account's lease, so that no run of another wisp that shares it writes meanwhile.

    Raises:
        RetryLater: Somebody else has it.
    """
    try:
        return hold(run.services, account.lease, run.held_lease.claim)
    except LeaseHeld:  # do not say who holds it: it may be another wisp's user
        raise RetryLater(
            "google.account_in_use",
            f"another run writes to the Google account of {account.id}",
            "Another run is writing to this Google account; this one tries again in a while.",
            after=60,
        ) from None


@contextmanager
def open_account(session: Session, held_lease: HeldLease) -> Iterator[None]:
    """Open an account's contacts and its ledger; the caller holds its lease.

    Raises:
        OverQuota: Google's quota for the account is used up for hours; see `RateLimit.check`.
    """
    run, account, services = session.run, session.account, session.run.services
    rate_limit = RateLimit.load(services.state, services.clock, services.limits, account)
    rate_limit.check()
    leases = (held_lease, run.held_lease)
    gate = RequestGate(services.clock, run.deadline, rate_limit, *leases)
    with services.book(account, gate) as book:
        try:
            ledger = ledger_store.load_ledger(services.state, account.id, session.customer)
            session.stored = deepcopy(ledger.head)
            ledger.head.forget_the_future(session.now())
            session.held_lease, session.book, session.ledger = held_lease, book, ledger
            session.was_whole, session.label = ledger.head.whole, ledger.head.label
            session.former_label = ledger.head.former_label
            yield
        finally:
            session.requests = book.requests
            with suppress(Trouble):  # whoever took the lease over has waited long enough: see `rate_limit`
                held_lease.write(*rate_limit.puts())


def check_not_paused(account: Account) -> None:
    """Raise `StopAccount` if somebody has paused the account."""
    if account.paused:
        raise StopAccount(
            "account.paused",
            "the account is paused",
            f"{account.paused}. It was paused, so nothing was written to it; once somebody resumes it, the"
            " next run brings it up to date.",
        )


def _stop(session: Session, trouble: Trouble) -> None:
    session.code, session.reason, session.message = trouble.reason, trouble.user_message, trouble.message
    match trouble:
        case LeaseLost():
            session.state = "superseded"
        case RetryLater(after=after):
            session.state, session.again = "unfinished", after
        case _:
            session.state = "stopped"
    account, run = session.account.id, session.run.id
    if isinstance(trouble, Misconfigured):
        log(Event.ACCOUNT_MISCONFIGURED, trouble.message, account=account, run=run, code=trouble.reason)
    elif trouble.reason in FOR_ITS_OWNER:
        session.health = "reconnect"
        if session.account.state == "connected":
            log(Event.ACCOUNT_DISCONNECTED, trouble.message, account=account, run=run, code=trouble.reason)
