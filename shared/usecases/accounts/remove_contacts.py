"""Remove contacts: takes exactly what we created out of an account, and the label if nothing else is in it.

Ours are the contacts with our mark and our label. Those whose label the user took off stay, and so does
everything of the user's own. Each contact is looked at once more before it goes, as in every run.

Afterwards nobody can look for what was left behind, for the ledger goes too. So "done" is said only when
Google has confirmed each removal, and it is proven (`proof`) that nobody of ours is left.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from shared.domain.model.account import Leaving
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Verdict
from shared.domain.sync.mark import is_shared, marks
from shared.domain.sync.person import Label, Person
from shared.domain.sync.plan import Plan, PlannedChange
from shared.errors import RetryLater, Trouble
from shared.usecases.accounts.census import Census, take_census
from shared.usecases.accounts.proof import NEXT_LOOK, Proof
from shared.usecases.sync.account import Session
from shared.usecases.sync.apply import apply

PASSES = 3
"""Passes over the whole account: contacts that changed while they were being removed are read again."""


def remove_contacts(session: Session, leaving: Leaving, remember: Callable[[Leaving], None]) -> Leaving:
    """Remove what is ours, or continue an earlier attempt; return what all attempts did.

    Args:
        session: In the account.
        leaving: What is known of the disconnection.
        remember: Is told how many contacts there were before the first one goes, since that cannot be counted
            afterwards, and how many went when it is not finished.

    Raises:
        RetryLater: Some contacts could not be removed, or Google does not show enough to know that nobody is
            left; the rest is done by a further attempt.
        Trouble: The account cannot go on; what was done until then is saved.
    """
    emptying = _Emptying(session, leaving, remember)
    try:
        return emptying.done()
    except RetryLater:
        with suppress(Trouble):  # it is for the count alone
            remember(emptying.so_far())
        raise


@dataclass(slots=True)
class _Emptying:
    """One attempt.

    Attributes:
        session: In the account.
        leaving: What is known of the disconnection.
        remember: Stores that.
        removed: Resource names of the contacts whose removal Google has confirmed.
        customers: Whose contacts were seen.
    """

    session: Session
    leaving: Leaving
    remember: Callable[[Leaving], None]
    removed: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)

    def done(self) -> Leaving:
        """All of it."""
        hidden: Sequence[Person] = ()
        for number in range(PASSES):
            census = take_census(self.session, hidden, self.removed)
            hidden = ()
            if not self.session.find_label():
                self.session.label_by(census.marked.values())
            self.customers |= census.customers()
            if number == 0:
                self._count(census)
            if not self._remove(census.ours(self.session.label)):
                continue
            label = self.session.book.label(self.session.label) if self.session.label else None
            looked = self._look_at_the_rest(label)
            hidden = [person for person in looked.values() if person and self._is_ours(person)]
            if not hidden:
                unsure = self.session.unsure() - self.customers
                proof = Proof(self.session, census, self.removed, unsure, was_whole=self.leaving.whole)
                proof.check(label, looked)
                self.session.remove_surplus_labels()
                return self._concluded(census, label, looked)
        raise RetryLater(
            "disconnect.unfinished",
            f"some contacts of the account {self.session.account.id} could not be removed yet",
            "Not every contact could be removed yet. The rest is removed in a while; nothing needs to be "
            "done.",
            after=NEXT_LOOK,
        )

    def so_far(self) -> Leaving:
        """Return what is known of the disconnection when this attempt does not end."""
        return replace(self.leaving, confirmed=self.leaving.confirmed + self.session.count["removed"])

    def _count(self, census: Census) -> None:
        """Record how many contacts there are before the first removal."""
        found = max(self.leaving.found or 0, len(census.marked))
        counted = replace(self.leaving, found=found, whole=self.leaving.whole or not census.unseen)
        if counted != self.leaving:
            self.leaving = counted
            self.remember(counted)

    def _remove(self, ours: Sequence[Person]) -> bool:
        """Remove these; return whether Google confirmed every single one."""
        if not ours:
            return True
        removals = [PlannedChange(self._customer(person), "disconnected", person) for person in ours]
        desired = Desired(self.session.run.wisp.id, {})
        fates = apply(self.session, desired, Plan(remove=removals), Verdict(tuple(removals)))
        is_whole = sum(fate.what == "removed" for fate in fates) == len(ours)
        if is_whole:
            self.removed |= {person.resource_name for person in ours}
        return is_whole

    def _customer(self, person: Person) -> str:
        """Return the customer whose contact it is; of several marks, the one that the ledger knows."""
        own = [mark.customer for mark in marks(person.client_data, self.session.run.wisp.id)]
        entries = ((customer, self.session.ledger.get(customer)) for customer in own)
        known = (c for c, entry in entries if entry and entry.resource_name == person.resource_name)
        return next(known, own[0])

    def _look_at_the_rest(self, label: Label | None) -> Mapping[str, Person | None]:
        """Look at the label's members that Google still names, without those whose removal it confirmed."""
        rest = [name for name in label.members if name not in self.removed] if label else []
        return self.session.look(rest)

    def _is_ours(self, person: Person) -> bool:
        wisp = self.session.run.wisp.id
        is_marked = bool(marks(person.client_data, wisp)) and not is_shared(person.client_data, wisp)
        is_left = person.resource_name not in self.removed
        return is_marked and is_left and self.session.label in person.groups

    def _concluded(self, census: Census, label: Label | None, looked: Mapping[str, Person | None]) -> Leaving:
        name = self.session.label
        kept, shared = len(census.marked) - len(census.ours(name)), census.shared(name)
        done = self.leaving.confirmed + self.session.count["removed"] + kept
        return replace(
            self.leaving,
            found=max(self.leaving.found or 0, done),
            kept=kept,
            shared=shared,
            label_gone=label is None and kept > shared,
            label_removed=label is None or self._is_label_removed(census, label, looked),
        )

    def _is_label_removed(self, census: Census, label: Label, looked: Mapping[str, Person | None]) -> bool:
        """Remove the label if nobody is in it, by the listing and by its members; whether it is gone.

        A member whose own contact does not tell of the label may have been put into it a moment ago.
        """
        name = label.resource_name
        if any(looked.values()) or census.inhabitants(name) - self.removed:
            return False
        self.session.book.delete_label(name)
        return True
