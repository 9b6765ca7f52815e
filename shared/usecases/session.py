"""Session: one Google account in our hands, with its lease, its book, its label and its ledger."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from shared.domain.account import Account
from shared.domain.ledger import Ledger
from shared.domain.outcome import AccountOutcome
from shared.domain.person import Label
from shared.domain.plan import Picture, picture
from shared.domain.wisp import Wisp
from shared.errors import LeaseHeld, LeaseLost, RetryLater, StopAccount, Trouble
from shared.events import Event, log, log_internal_error
from shared.ports import ContactBook
from shared.usecases import ledgers
from shared.usecases.keeper import TTL, Keeper, RunGate
from shared.usecases.label import find_or_make_label
from shared.usecases.records import account_put, present
from shared.usecases.report import log_outcome
from shared.usecases.services import Services

T = TypeVar("T")

Find = Callable[[ContactBook, Wisp], Label | None]
"""Gives the wisp's label in an account."""

LAG = 600.0
"""Seconds after which a contact whose creation was not confirmed would show in a listing.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list)."""


SIDE_BY_SIDE = 4
"""Accounts written at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """What all accounts of a run share.

    Attributes:
        services: The ports.
        wisp: Whose customers.
        keeper: Holds the wisp's lease, and so knows who runs.
        deadline: `Clock.monotonic` reading after which no request starts.
    """

    services: Services
    wisp: Wisp
    keeper: Keeper
    deadline: float

    @property
    def id(self) -> str:
        """The run's id."""
        return self.keeper.claim.run


@dataclass(slots=True)
class Session:
    """A run in one account.

    Attributes:
        run: The run.
        account: The account.
        outcome: What is done in it.
        keeper: Holds the Google account's lease.
        book: Its contacts.
        label: Resource name of the wisp's label; empty when it was only looked for, and there is none.
        ledger: What we know of our contacts.
    """

    run: Run
    account: Account
    outcome: AccountOutcome
    keeper: Keeper
    book: ContactBook
    label: str
    ledger: Ledger

    def picture(self, wanted: Collection[str] = frozenset()) -> Picture:
        """Every contact of the account, sorted by whose it is; `wanted` customers come first."""
        return picture(self.book.persons(), self.run.wisp.id, self.label, wanted)

    def unsure(self) -> frozenset[str]:
        """Customers whose contact may have been created too recently to show in a listing."""
        now = self.run.services.clock.now().timestamp()
        return frozenset(c for c, since in self.ledger.unconfirmed.items() if 0 <= now - since < LAG)


def in_account(run: Run, account: Account, work: Callable[[Session], None]) -> AccountOutcome:
    """Do the work in an account, alone. Never raises: what went wrong is the outcome's state and reason."""
    return attempted(run, account, partial(_in_session, run, account, work))


def attempted(run: Run, account: Account, action: Callable[[AccountOutcome], None]) -> AccountOutcome:
    """What came of an action that concerns one account. Never raises, as `in_account` does not."""
    outcome = AccountOutcome(account.id, account.email)
    clock = run.services.clock
    started = clock.monotonic()
    try:
        action(outcome)
    except Trouble as trouble:
        _stop(run, account, outcome, trouble)
    except Exception as error:  # noqa: BLE001  the other accounts go on whatever happens in this one
        log_internal_error("an account failed unexpectedly", error, account=account.id, run=run.id)
        outcome.state, outcome.code = "stopped", "internal"
        outcome.reason = "An unexpected error occurred; the operators can find it in the log by the run's id."
    outcome.seconds = round(clock.monotonic() - started, 3)
    log_outcome(outcome, run.id)
    return outcome


def side_by_side(work: Callable[[Account], T], accounts: Sequence[Account]) -> list[T]:
    """The work in each account, a few at once; each account has one writer."""
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="account") as pool:
        futures = [pool.submit(copy_context().run, work, account) for account in accounts]
        return [future.result() for future in futures]


@contextmanager
def leased(run: Run, account: Account) -> Iterator[Keeper]:
    """The Google account's lease: no run of another wisp that shares it writes meanwhile.

    Raises:
        RetryLater: Somebody else has it.
    """
    services = run.services
    try:
        lease = services.leases.acquire(account.lease, run.keeper.claim, TTL)
    except LeaseHeld:  # who it is must not be told: it may be another wisp's user
        raise RetryLater(
            "google.account_in_use",
            f"another run writes to the Google account of {account.id}",
            "Another synchronisation is writing to this Google account; it is tried again in a while.",
            after=60,
        ) from None
    keeper = Keeper(services.leases, services.state, services.clock, lease)
    try:
        yield keeper
    finally:
        keeper.release()


@contextmanager
def opened(
    run: Run, account: Account, keeper: Keeper, outcome: AccountOutcome, find: Find = find_or_make_label
) -> Iterator[Session]:
    """A session in an account whose lease is ours; `find` gives its label."""
    services = run.services
    gate = RunGate(services.clock, run.deadline, keeper, run.keeper)
    with services.book(account, gate) as book:
        try:
            label = find(book, run.wisp)
            name = label.resource_name if label else ""
            ledger = ledgers.load(services.state, account.id)
            yield Session(run, account, outcome, keeper, book, name, ledger)
        finally:
            outcome.requests = book.requests


def _in_session(run: Run, account: Account, work: Callable[[Session], None], outcome: AccountOutcome) -> None:
    with leased(run, account) as keeper, opened(run, account, keeper, outcome) as session:
        work(session)
        _recover(run, keeper, account)


def _stop(run: Run, account: Account, outcome: AccountOutcome, trouble: Trouble) -> None:
    outcome.code, outcome.reason = trouble.reason, trouble.caller
    match trouble:
        case LeaseLost():
            outcome.state = "superseded"
        case RetryLater():
            outcome.state = "unfinished"
        case _:
            outcome.state = "stopped"
    if isinstance(trouble, StopAccount) and trouble.reason == "google.reconnect":
        _disconnect(run, account, trouble)


def _disconnect(run: Run, account: Account, trouble: StopAccount) -> None:
    """Remember that the account needs a person, so that the button's page can say so."""
    log(Event.ACCOUNT_DISCONNECTED, trouble.operator, account=account.id, run=run.id)
    since = run.services.clock.now().isoformat()
    with suppress(Trouble):  # the outcome says it as well, and the next run notices it again
        now = present(run.services.state, account)
        if now and now.state == "connected":
            run.keeper.write(account_put(replace(now, state="reconnect", reason=trouble.caller, since=since)))


def _recover(run: Run, keeper: Keeper, account: Account) -> None:
    now = present(run.services.state, account) if account.state == "reconnect" else None
    if now and now.state == "reconnect":
        keeper.write(account_put(replace(now, state="connected", reason="", since="")))
