"""Account: a run in one Google account, with its lease, its contacts, its label and its ledger."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from shared.domain.model.account import Account, State
from shared.domain.model.reason import FOR_ITS_OWNER
from shared.domain.model.run import AccountState, Fate, What
from shared.domain.model.wisp import Wisp
from shared.domain.sync.ledger import Head, Ledger
from shared.domain.sync.person import Label, Person
from shared.domain.sync.plan import Plan
from shared.errors import (
    LeaseHeld,
    LeaseLost,
    Misconfigured,
    OutcomeUnknown,
    RetryLater,
    StopAccount,
    Trouble,
)
from shared.events import Event, log, log_internal_error
from shared.ports import ContactBook
from shared.replace import replace
from shared.usecases.base import account_changes, ledger_store
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import account_put, reload_account
from shared.usecases.base.leases import HeldLease, RequestGate, hold
from shared.usecases.base.rate_limit import RateLimit
from shared.usecases.base.services import Services
from shared.usecases.sync.label import LabelSearch, former_among
from shared.usecases.sync.missing import LAG, UNDER_WAY, look, unsure

T = TypeVar("T")

ACCOUNTS_AT_ONCE = 4
"""Accounts written at once."""


class Run(msgspec.Struct, frozen=True):
    """A run of a wisp: the parts that its accounts share.

    Attributes:
        services: The ports.
        wisp: Whose customers.
        held_lease: The wisp's lease, which also says who runs.
        deadline: `Clock.monotonic` reading after which no request starts.
    """

    services: Services
    wisp: Wisp
    held_lease: HeldLease
    deadline: float

    @property
    def id(self) -> str:
        """The run's id."""
        return self.held_lease.claim.run


@dataclass(slots=True)
class Session:
    """A run in one account, with everything that changes during it.

    Attributes:
        run: The run.
        account: The account.
        customer: The one customer that it is about; empty: everybody.
        makes_label: Create a missing label, and mark one that lacks our mark.
        held_lease: The Google account's lease; `open_account` sets it and the next two.
        book: The account's contacts.
        ledger: What we last wrote to them.
        stored: The ledger's head as it is stored.
        was_whole: The ledger held every contact of ours when the session began.
        label: Resource name of the wisp's label; until `knows_label`, the ledger's name of it. Empty when
            the account has no label.
        former_label: Resource name of the label of former customers; empty when the account has none.
        token: Asks for what changes after the last listing; empty when no token does.
        listed: When everything was listed last, this run included (seconds since 1970).
        by_changes: Only changes were read, so `total` is an old listing's.
        surplus_labels: Further labels with our mark that Google's list showed.
        knows_label: The label was looked for, so `label` is certain.
        plan: The changes to make.
        fates: What became of each customer so far, in order; `record` adds to it.
        count: How many customers met each fate so far; every count that is reported is one of these.
        done: How many contacts were written so far, or could not be.
        to_do: How many contacts to write.
        refusal: Google's refusal of the account as a whole; raised after the next checkpoint.
        health: The state of the account that this run found; None: it found nothing out.
        state: How it ended, as in `AccountOutcome`.
        code: Why it is not complete.
        reason: The same for people.
        again: Seconds after which it may go on; 0 where the reason does not say.
        held: Contacts that are ours after the run.
        total: All contacts of the account then, the user's own included.
        requests: Requests sent to the People API.
        seconds: Time taken.
    """

    run: Run
    account: Account
    customer: str = ""
    makes_label: bool = True
    held_lease: HeldLease = field(init=False)
    book: ContactBook = field(init=False)
    ledger: Ledger = field(init=False)
    stored: Head = field(default_factory=Head)
    was_whole: bool = False
    label: str = ""
    former_label: str = ""
    token: str = ""
    listed: float = 0
    by_changes: bool = False
    surplus_labels: list[Label] = field(default_factory=list)
    knows_label: bool = False
    plan: Plan | None = None
    fates: list[Fate] = field(default_factory=list)
    count: Counter[What] = field(default_factory=Counter)
    done: int = 0
    to_do: int = 0
    refusal: Trouble | None = None
    health: State | None = None
    state: AccountState = "running"
    code: str = ""
    reason: str = ""
    again: float = 0
    held: int = 0
    total: int = 0
    requests: int = 0
    seconds: float = 0

    def record(self, *fates: Fate) -> None:
        """Note what became of some customers."""
        self.fates.extend(fates)
        self.count.update(fate.what for fate in fates)

    def has_put_off(self) -> bool:
        """Return whether a removal waits for later, because its contact changed after the plan was made."""
        return any(fate.code == "put_off" for fate in self.fates)

    def resolve_label(self) -> bool:
        """Look for the label, once, and create a missing one; return whether it is the ledger's."""
        before = self.label
        if not self.find_label():
            self._take(None)
        return self.label == before

    def find_label(self) -> bool:
        """Look for the label, once, but create none; return whether it is known now."""
        if not self.knows_label:
            labels, search = self.book.labels(), self._search
            self.former_label = self.former_label or former_among(labels, self.run.wisp)
            if label := search.among(labels):
                self.surplus_labels = search.surplus(labels, label.resource_name)
                self._take(label)
        return self.knows_label

    def resolve_former_label(self) -> None:
        """Look for the label of former customers, create a missing one, and let the ledger know it.

        Raises:
            RetryLater: Google has it, but does not show it yet.
        """
        search = LabelSearch.of_former(self.book, self.run.wisp, self.ledger.head)
        found = search.among(self.book.labels())
        label = search.ensure_mark(found) if found else search.create()
        if label.resource_name != self.ledger.head.former_label:
            self.ledger.head.former_label = label.resource_name
            self._save_ledger()
        self.former_label = label.resource_name

    def label_by(self, marked: Iterable[Person]) -> str:
        """Find a label that no list shows by contacts with our mark, or create it; return its name."""
        if not self.knows_label:
            self._take(self._search.by_contacts(marked))
        return self.label

    @property
    def _search(self) -> LabelSearch:
        return LabelSearch.of(self.book, self.run.wisp, self.ledger.head)

    def _take(self, label: Label | None) -> None:
        """Settle on this label. The ledger learns of its first one before anything is written."""
        if self.makes_label:
            label = self._search.ensure_mark(label) if label else self._make_label()
            self.ledger.head.label = self.ledger.head.label or label.resource_name
        self.label, self.knows_label = (label.resource_name if label else ""), True

    def _make_label(self) -> Label:
        """Create the label. Save that intent first, because the label may show minutes after a crash.

        Its name alone does not prevent a second one: a user may rename the first meanwhile.

        Raises:
            RetryLater: One may have been created a moment ago, and does not show yet.
        """
        made = self.ledger.head.made_labels
        if self.now() - made.get("", -LAG) < LAG:
            raise self._search.hidden()
        made[""], self.ledger.head.label_names = self.now() + UNDER_WAY, [self.run.wisp.label]
        self._save_ledger()
        try:
            label = self._search.create()
            made[label.resource_name] = self.now()
            del made[""]
        except OutcomeUnknown:
            made[""] = self.now()
            raise
        except Trouble:  # Google created none
            del made[""]
            raise
        finally:
            self._save_ledger()
        return label

    def _save_ledger(self) -> None:
        self.held_lease.write(*ledger_store.puts(self.account.id, self.ledger))

    def rename_labels(self) -> None:
        """Let the labels follow the wisp's name; a name that a user gave one stays."""
        head, former = self.ledger.head, LabelSearch.of_former(self.book, self.run.wisp, self.ledger.head)
        self._rename(self.label, self._search, head.label_names)
        self._rename(self.former_label, former, head.former_names)

    def _rename(self, label: str, search: LabelSearch, names: list[str]) -> None:
        """Let one label follow; `names` are the ledger's: those that we gave it.

        Which names are ours is noted first: after a crash, or an answer that is lost, it may have either. A
        label without such a note counts as named by us.
        """
        wanted = search.name
        if names in ([], [wanted]) or not label:
            names[:] = [wanted] if label else []
            return
        names[:] = dict.fromkeys((*names, wanted))
        self._save_ledger()
        run, account = self.run.id, self.account.id
        with suppress(StopAccount):  # what is refused of a name concerns no contact
            match search.follow(label, names):
                case "open":
                    log(Event.LABEL_NOT_RENAMED, "the name waits", run=run, account=account)
                    return
                case "renamed":
                    log(Event.LABEL_RENAMED, "the label has the wisp's name", run=run, account=account)
            names[:] = [wanted]
            self._save_ledger()

    def remove_surplus_labels(self) -> None:
        """Delete further labels with our mark, if they hold only contacts of ours, which stay in our label.

        Such a label comes from a run that did not know of ours: the last request of a superseded holder.
        """
        if not self.surplus_labels:  # nearly always, and then the ledger need not be read
            return
        ours = {entry.resource_name for _, entry in self.ledger.entries()} | self.ledger.head.extras.keys()
        with suppress(StopAccount):  # a refusal concerns a label that nobody needs
            for surplus in self.surplus_labels:
                label = self.book.label(surplus.resource_name)
                if label and len(label.members) >= label.count and ours.issuperset(label.members):
                    self.book.delete_label(label.resource_name)
        self.surplus_labels = []

    def unsure(self) -> frozenset[str]:
        """Return the customers whose contact may be too young to show in a listing."""
        return unsure(self.ledger, self.now())

    def now(self) -> float:
        """Return the time of day, in seconds since 1970."""
        return self.run.services.clock.now().timestamp()

    def look(self, names: Sequence[str]) -> dict[str, Person | None]:
        """Read any number of contacts by resource name, as `ContactBook.look` does."""
        return look(self.book, names)


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
            f"{account.paused}. Nothing is written to it until somebody resumes it.",
        )


def _stop(session: Session, trouble: Trouble) -> None:
    session.code, session.reason = trouble.reason, trouble.user_message
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


def note_health(run: Run, account: Account, health: State | None, reason: str) -> None:
    """Record that an account needs a person, or that it works again, for its page to show.

    If this cannot be written now, the next run finds it out again; the outcome says it as well.
    """
    with suppress(Trouble):
        if health == "reconnect" and account.state == "connected":
            since = run.services.clock.now().isoformat()
            _note_health(run, account, health, reason=reason, since=since)
        if health == "connected" and account.state == "reconnect":
            _note_health(run, account, health)


def _note_health(run: Run, account: Account, state: State, *, reason: str = "", since: str = "") -> None:
    """Write an account's state, and keep what others recorded meanwhile, such as a pause.

    Write nothing if the account was connected again, or is being disconnected, since the run read it.

    Raises:
        LeaseLost: The run was superseded, and may record nothing.
        RetryLater: Somebody else changes the wisp's accounts, or the database cannot be reached.
    """
    with one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held_lease:
        # This lease expires before the run's: whoever supersedes the run can rely on no late note.
        run.held_lease.outlive(account_changes.TURN_SECONDS)
        now = reload_account(run.services.state, account)
        if now and (now.state, now.since) == (account.state, account.since):
            held_lease.write(account_put(replace(now, state=state, reason=reason, since=since)))
