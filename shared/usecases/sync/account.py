"""Account: one Google account in our hands, with its lease, its book, its label and its ledger."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import TypeVar

from shared.domain.model.account import Account, State
from shared.domain.model.run import AccountState, Fate, What
from shared.domain.model.wisp import Wisp
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Label, Person
from shared.domain.sync.plan import Plan
from shared.errors import LeaseHeld, LeaseLost, OutcomeUnknown, RetryLater, StopAccount, Trouble
from shared.events import Event, log, log_internal_error
from shared.ports import ContactBook
from shared.usecases.base import account_changes, ledger_store
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import account_put, reload_account
from shared.usecases.base.leases import HeldLease, RequestGate, hold
from shared.usecases.base.rate_limit import RateLimit
from shared.usecases.base.services import Services
from shared.usecases.sync.label import LabelSearch
from shared.usecases.sync.missing import LAG, UNDER_WAY, look, unsure

T = TypeVar("T")

ACCOUNTS_AT_ONCE = 4
"""Accounts written at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """What all accounts of a run share.

    Attributes:
        services: The ports.
        wisp: Whose customers.
        held_lease: Holds the wisp's lease, and so knows who runs.
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
    """A run in one account: all that changes while it is on.

    Attributes:
        run: The run.
        account: The account.
        makes_label: Whether a label that is missing is made, and one without our mark is marked.
        held_lease: Holds the Google account's lease; set when the account is opened, as the next two are.
        book: Its contacts.
        ledger: What we know of our contacts.
        was_whole: Whether the ledger held every contact of ours when the session began.
        label: Resource name of the wisp's label as the ledger has it, until it was looked for; empty when
            there is none.
        token: Asks for what changes after the last listing; empty when that does not tell.
        listed: When everything was listed last, this run included (seconds since 1970).
        by_changes: Whether only changes were read; `total` is then an old listing's.
        surplus_labels: Further labels with our mark that Google's list showed.
        knows_label: Whether the label was looked for, and what `label` says is so.
        plan: What is to be done.
        fates: What became of each customer so far, in order; `record` adds to it.
        count: How many customers met each fate so far; every count that is reported is one of these.
        done: How many contacts were looked after so far.
        to_do: How many are to be written.
        refusal: What Google refused the account as a whole; raised after the next checkpoint.
        health: What the account turned out to be; None: nothing tells.
        state: How it ended, as in `AccountOutcome`.
        code: Why it is not complete.
        reason: The same for people.
        again: Seconds after which it may go on, where the reason tells that.
        held: Contacts that are ours after the run.
        total: All contacts of the account then, the user's own included.
        requests: Requests sent to the People API.
        seconds: Time taken.
    """

    run: Run
    account: Account
    makes_label: bool = True
    held_lease: HeldLease = field(init=False)
    book: ContactBook = field(init=False)
    ledger: Ledger = field(init=False)
    was_whole: bool = False
    label: str = ""
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
        """Return whether a removal is left for later, since the contact is not as it was when planned."""
        return any(fate.code == "put_off" for fate in self.fates)

    def resolve_label(self) -> bool:
        """Look for the label, once, and make a missing one; whether it is the one that the ledger knows."""
        before = self.label
        if not self.find_label():
            self._take(None)
        return self.label == before

    def find_label(self) -> bool:
        """Look for the label, once; whether it is known now. None is made."""
        if not self.knows_label:
            labels, search = self.book.labels(), self._search
            if label := search.among(labels):
                self.surplus_labels = search.surplus(labels, label.resource_name)
                self._take(label)
        return self.knows_label

    def label_by(self, marked: Iterable[Person]) -> str:
        """The label, where no list of labels has shown it: by contacts with our mark, or a new one."""
        if not self.knows_label:
            self._take(self._search.by_contacts(marked))
        return self.label

    @property
    def _search(self) -> LabelSearch:
        return LabelSearch(self.book, self.run.wisp, self.ledger.head.known_labels())

    def _take(self, label: Label | None) -> None:
        """From now on this is the label; the ledger is told of its first one before anything is written."""
        if self.makes_label:
            label = self._search.marked(label) if label else self._make_label()
            self.ledger.head.label = self.ledger.head.label or label.resource_name
        self.label, self.knows_label = (label.resource_name if label else ""), True

    def _make_label(self) -> Label:
        """Make the label. That it is being made is noted first, for it may show minutes after a crash.

        Its name alone does not keep it from being made twice: a user may rename it meanwhile.

        Raises:
            RetryLater: One may have been made a moment ago, and does not show.
        """
        made = self.ledger.head.made_labels
        if self.now() - made.get("", -LAG) < LAG:
            raise self._search.hidden()
        made[""], self.ledger.head.label_names = self.now() + UNDER_WAY, [self.run.wisp.label]
        self._save_ledger()
        try:
            label = self._search.made()
            made[label.resource_name] = self.now()
            del made[""]
        except OutcomeUnknown:
            made[""] = self.now()
            raise
        except Trouble:  # none was made
            del made[""]
            raise
        finally:
            self._save_ledger()
        return label

    def _save_ledger(self) -> None:
        self.held_lease.write(*ledger_store.puts(self.account.id, self.ledger))

    def rename_label(self) -> None:
        """Let the label follow the wisp's name; a name that a user gave it stays.

        Which names are ours is noted first: after a crash, or an answer that is lost, it may have either. A
        label of which nothing is noted yet counts as named by us.
        """
        head, wanted = self.ledger.head, self.run.wisp.label
        if head.label_names in ([], [wanted]) or not self.label:
            head.label_names = [wanted] if self.label else []
            return
        head.label_names = list(dict.fromkeys((*head.label_names, wanted)))
        self._save_ledger()
        run, account = self.run.id, self.account.id
        with suppress(StopAccount):  # what is refused of a name concerns no contact
            match self._search.follow(self.label, head.label_names):
                case "open":
                    log(Event.LABEL_NOT_RENAMED, "the name waits", run=run, account=account)
                    return
                case "renamed":
                    log(Event.LABEL_RENAMED, "the label has the wisp's name", run=run, account=account)
            head.label_names = [wanted]
            self._save_ledger()

    def remove_surplus_labels(self) -> None:
        """Delete further labels with our mark in which nobody is but contacts of ours: those stay in ours.

        A run that does not know of the label makes one: the last request of a holder that was superseded.
        """
        if not self.surplus_labels:  # as nearly always: the ledger need not be gone through
            return
        ours = {entry.resource_name for _, entry in self.ledger.entries()} | self.ledger.head.extras.keys()
        with suppress(StopAccount):  # a refusal concerns a label that nobody needs
            for surplus in self.surplus_labels:
                label = self.book.label(surplus.resource_name)
                if label and len(label.members) >= label.count and ours.issuperset(label.members):
                    self.book.delete_label(label.resource_name)
        self.surplus_labels = []

    def unsure(self) -> frozenset[str]:
        """Customers whose contact may have been created too recently to show in a listing."""
        return unsure(self.ledger, self.now())

    def now(self) -> float:
        """The time of day, seconds since 1970."""
        return self.run.services.clock.now().timestamp()

    def look(self, names: Sequence[str]) -> dict[str, Person | None]:
        """Contacts as they are now, however many, by the resource name asked for (`ContactBook.look`)."""
        return look(self.book, names)


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """Note in the session how long it took, and what went wrong; whatever that is, other accounts go on."""
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
    """The work in each account, a few at once; each account has one writer."""
    with ThreadPoolExecutor(ACCOUNTS_AT_ONCE, thread_name_prefix="account") as pool:
        futures = [pool.submit(copy_context().run, work, account) for account in accounts]
        return [future.result() for future in futures]


def hold_account(run: Run, account: Account) -> HeldLease:
    """Hold the Google account's lease: no run of another wisp that shares it writes meanwhile.

    Raises:
        RetryLater: Somebody else has it.
    """
    try:
        return hold(run.services, account.lease, run.held_lease.claim)
    except LeaseHeld:  # who it is must not be told: it may be another wisp's user
        raise RetryLater(
            "google.account_in_use",
            f"another run writes to the Google account of {account.id}",
            "Another synchronisation is writing to this Google account; it is tried again in a while.",
            after=60,
        ) from None


@contextmanager
def open_account(session: Session, held_lease: HeldLease) -> Iterator[None]:
    """Open an account whose lease is ours: its contacts and its ledger.

    Raises:
        OverQuota: The account is parked.
    """
    run, account, services = session.run, session.account, session.run.services
    rate_limit = RateLimit.load(services.state, services.clock, services.limits, account)
    rate_limit.check()
    leases = (held_lease, run.held_lease)
    gate = RequestGate(services.clock, run.deadline, rate_limit, *leases)
    with services.book(account, gate) as book:
        try:
            ledger = ledger_store.load_ledger(services.state, account.id)
            ledger.head.forget_the_future(session.now())
            session.held_lease, session.book, session.ledger = held_lease, book, ledger
            session.was_whole, session.label = ledger.head.whole, ledger.head.label
            yield
        finally:
            session.requests = book.requests
            with suppress(Trouble):  # see `pacing`: whoever took the lease over has waited for long enough
                held_lease.write(rate_limit.put())


def check_not_paused(account: Account) -> None:
    """Raise `StopAccount` when an operator has paused the account."""
    if account.paused:
        raise StopAccount(
            "account.paused",
            "the account is paused",
            f"{account.paused}. It is left as it is until an operator lets it go on.",
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
    if isinstance(trouble, StopAccount) and trouble.reason == "google.reconnect":
        session.health = "reconnect"
        account, run = session.account.id, session.run.id
        log(Event.ACCOUNT_DISCONNECTED, trouble.message, account=account, run=run)


def note_health(run: Run, account: Account, health: State | None, reason: str) -> None:
    """Remember that an account needs a person, so that its page can say so, or that it works again.

    What cannot be written now, the next run notices again; the outcome says it as well.
    """
    with suppress(Trouble):
        if health == "reconnect" and account.state == "connected":
            since = run.services.clock.now().isoformat()
            _note_health(run, account, health, reason=reason, since=since)
        if health == "connected" and account.state == "reconnect":
            _note_health(run, account, health)


def _note_health(run: Run, account: Account, state: State, *, reason: str = "", since: str = "") -> None:
    """Write how an account is; what others recorded of it meanwhile stays, such as an operator's pause.

    Nothing is written of one that was connected anew, or is let go, since the run read it.

    Raises:
        LeaseLost: The run was superseded; it notes nothing any more.
        RetryLater: Somebody else changes the wisp's accounts, or the database cannot be reached.
    """
    with one_at_a_time(run.services, account.wisp, run.held_lease.claim.holder) as held_lease:
        # Whoever supersedes the run from here on finds this lease expired, and so a stale note refused.
        run.held_lease.outlive(account_changes.TURN_SECONDS)
        now = reload_account(run.services.state, account)
        if now and (now.state, now.since) == (account.state, account.since):
            held_lease.write(account_put(replace(now, state=state, reason=reason, since=since)))
