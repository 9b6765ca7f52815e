"""Session: a run in one account, and all that changes during it, with the label that it settles on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from shared.domain.model.account import Account, State
from shared.domain.model.run import AccountState, Fate, What
from shared.domain.model.wisp import Wisp
from shared.domain.sync.ledger import Head, Ledger
from shared.domain.sync.person import Label, Person
from shared.domain.sync.plan import Plan
from shared.errors import OutcomeUnknown, StopAccount, Trouble
from shared.events import Event, log
from shared.ports import ContactBook
from shared.usecases.base import ledger_store
from shared.usecases.base.leases import HeldLease
from shared.usecases.base.services import Services
from shared.usecases.sync.label import LabelSearch, former_among
from shared.usecases.sync.missing import LAG, UNDER_WAY, look, unsure


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
        message: The same for the log, which holds no words of a user's; empty where the reason serves.
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
    message: str = ""
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
