"""Remove contacts: takes exactly what we created out of an account, and the label if it is empty then.

Ours are the contacts with our mark and our label, or the label of former customers. A contact that the user
took out of these stays, and so does everything of the user's own. We look at each contact once more before
we remove it, as in every run.

The ledger goes too, so afterwards nobody could find what was left behind. So this ends only when Google has
confirmed each removal, and `proof` shows that no contact of ours is left.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec

from shared.domain.model.account import Leaving
from shared.domain.sync.desired import Desired
from shared.domain.sync.guard import Verdict
from shared.domain.sync.mark import is_shared, marks
from shared.domain.sync.person import Label, Person
from shared.domain.sync.plan import Plan, PlannedChange
from shared.errors import RetryLater, Trouble
from shared.replace import replace
from shared.usecases.accounts.census import Census, take_census
from shared.usecases.accounts.proof import NEXT_LOOK, Proof
from shared.usecases.sync.apply import apply
from shared.usecases.sync.session import Session

PASSES = 3
"""Readings of the whole account: contacts that changed while we removed them are read again."""


def remove_contacts(session: Session, leaving: Leaving, remember: Callable[[Leaving], None]) -> Leaving:
    """Remove what is ours, or continue an earlier attempt; return what all attempts did.

    Args:
        session: The run in the account.
        leaving: The disconnection as it is recorded.
        remember: Records the disconnection: how many contacts there were, before the first one goes, because
            nobody could count them later; and how many went, if this does not finish.

    Raises:
        RetryLater: Some contacts could not be removed, or Google does not show enough to prove that none is
            left; another attempt does the rest.
        Trouble: The account cannot go on; what was done until then is saved.
    """
    emptying = _Emptying(session, leaving, remember)
    try:
        return emptying.remove_all()
    except RetryLater:
        with suppress(Trouble):  # only the count would be lost
            remember(emptying.so_far())
        raise


class _Emptying(msgspec.Struct):
    """One attempt to empty an account.

    Attributes:
        session: The run in the account.
        leaving: The disconnection as it is recorded.
        remember: Records it.
        removed: Resource names of the contacts whose removal Google has confirmed.
        customers: Customers whose contacts were seen.
    """

    session: Session
    leaving: Leaving
    remember: Callable[[Leaving], None]
    removed: set[str] = msgspec.field(default_factory=set)
    customers: set[str] = msgspec.field(default_factory=set)

    def remove_all(self) -> Leaving:
        """Remove all, pass by pass, and return the disconnection as it is then."""
        hidden: Sequence[Person] = ()
        for number in range(PASSES):
            census = take_census(self.session, hidden, self.removed)
            hidden = ()
            if not self.session.find_label():
                self.session.label_by(census.marked.values())
            self.customers |= census.customers()
            if number == 0:
                self._count(census)
            if not self._remove(census.ours(self._labels)):
                continue
            label, former = self._read_label(self.session.label), self._read_label(self.session.former_label)
            looked = {**self._look_at_the_rest(former), **self._look_at_the_rest(label)}
            hidden = [person for person in looked.values() if person and self._is_ours(person)]
            if not hidden:
                unsure = self.session.unsure() - self.customers
                proof = Proof(self.session, census, self.removed, unsure, was_whole=self.leaving.whole)
                proof.check(label, looked)
                if former:
                    proof.check_members(former, looked)
                    self._is_label_removed(census, former, looked)
                self.session.remove_surplus_labels()
                return self._concluded(census, label, looked)
        raise RetryLater(
            "disconnect.unfinished",
            f"some contacts of the account {self.session.account.id} could not be removed yet",
            "Not every contact could be removed yet. The rest is removed in a while; you need not do "
            "anything.",
            after=NEXT_LOOK,
        )

    @property
    def _labels(self) -> frozenset[str]:
        """Resource names of our labels."""
        return frozenset({self.session.label, self.session.former_label} - {""})

    def _read_label(self, name: str) -> Label | None:
        return self.session.book.label(name) if name else None

    def so_far(self) -> Leaving:
        """Return the disconnection as an unfinished attempt leaves it."""
        return replace(self.leaving, confirmed=self.leaving.confirmed + self.session.count["removed"])

    def _count(self, census: Census) -> None:
        """Record how many contacts there are before the first removal."""
        found = max(self.leaving.found or 0, len(census.marked))
        counted = replace(self.leaving, found=found, whole=self.leaving.whole or not census.unseen)
        if counted != self.leaving:
            self.leaving = counted
            self.remember(counted)

    def _remove(self, ours: Sequence[Person]) -> bool:
        """Remove these contacts; return whether Google confirmed every one."""
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
        """Return whose contact this is; of several marks, the one that the ledger knows counts."""
        own = [mark.customer for mark in marks(person.client_data, self.session.run.wisp.id)]
        entries = ((customer, self.session.ledger.get(customer)) for customer in own)
        known = (c for c, entry in entries if entry and entry.resource_name == person.resource_name)
        return next(known, own[0])

    def _look_at_the_rest(self, label: Label | None) -> Mapping[str, Person | None]:
        """Look at the label's members, without those whose removal Google confirmed."""
        rest = [name for name in label.members if name not in self.removed] if label else []
        return self.session.look(rest)

    def _is_ours(self, person: Person) -> bool:
        wisp = self.session.run.wisp.id
        is_marked = bool(marks(person.client_data, wisp)) and not is_shared(person.client_data, wisp)
        is_left = person.resource_name not in self.removed
        return is_marked and is_left and not person.groups.isdisjoint(self._labels)

    def _concluded(self, census: Census, label: Label | None, looked: Mapping[str, Person | None]) -> Leaving:
        kept, shared = len(census.marked) - len(census.ours(self._labels)), census.shared(self._labels)
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
        """Delete the label if listing and members say that it is empty; return whether it is gone.

        A member whose contact does not show the label may have been put into it a moment ago.
        """
        name = label.resource_name
        if any(looked.get(member) for member in label.members) or census.inhabitants(name) - self.removed:
            return False
        self.session.book.delete_label(name)
        return True
