"""Actual: the contacts of an account that are ours, by customer.

It is drawn from a listing of all contacts; or from the ledger, with what changed since it was saved.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Entry, Ledger
from shared.domain.sync.mark import Mark, marks
from shared.domain.sync.person import Person


class Actual(msgspec.Struct):
    """The account's contacts that carry our mark, by customer; the others are only counted.

    Attributes:
        labelled: Those in our label, as they were read.
        former: Those that retired: in the label of former customers only.
        unlabelled: Those in neither.
        unread: The ledger's entries of contacts in our label that we did not read: they have not changed.
        unlabelled_entries: The ledger's entries of unread contacts outside our label, retired ones too.
        total: How many contacts the account holds.
        label: Resource name of our label.
        former_label: That of the label of former customers; empty where there is none.
        unsure: Customers whose contact the ledger knows; Google neither shows it nor says that it is gone.
        hidden: The customers of such contacts, and of further ones, by resource name.
    """

    labelled: dict[str, list[Person]] = msgspec.field(default_factory=dict)
    former: dict[str, list[Person]] = msgspec.field(default_factory=dict)
    unlabelled: dict[str, list[Person]] = msgspec.field(default_factory=dict)
    unread: dict[str, Entry] = msgspec.field(default_factory=dict)
    unlabelled_entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    total: int = 0
    label: str = ""
    former_label: str = ""
    unsure: set[str] = msgspec.field(default_factory=set)
    hidden: dict[str, str] = msgspec.field(default_factory=dict)

    def only(self, customer: str) -> "Actual":
        """Return the contacts of one customer."""
        only = Actual(total=self.total, label=self.label, former_label=self.former_label)
        only.labelled = {name: own for name, own in self.labelled.items() if name == customer}
        only.former = {name: own for name, own in self.former.items() if name == customer}
        only.unlabelled = {name: own for name, own in self.unlabelled.items() if name == customer}
        only.unread = {name: own for name, own in self.unread.items() if name == customer}
        only.unsure = {customer} & self.unsure
        only.hidden = {name: owner for name, owner in self.hidden.items() if owner == customer}
        return only

    def has(self, customer: str) -> bool:
        """Return whether the customer has a contact in our label."""
        return customer in self.labelled or customer in self.unread

    def is_labelled(self, customer: str) -> bool:
        """Return whether the customer has a contact in our label, or in that of former customers."""
        entry = self.unlabelled_entries.get(customer)
        has_retired = customer in self.former or (entry is not None and entry.content == "former")
        return has_retired or self.has(customer)

    @property
    def read(self) -> list[Person]:
        """Those that were read."""
        sides = (self.labelled, self.former, self.unlabelled)
        return [person for side in sides for persons in side.values() for person in persons]

    def side_of(self, person: Person) -> dict[str, list[Person]]:
        """Return where a contact belongs, by the labels that it is in."""
        if self.label in person.groups:
            return self.labelled
        return self.former if self.former_label in person.groups else self.unlabelled


def actual_of(
    persons: Iterable[Person], desired: Desired, label: str, ledger: Ledger, *, former_label: str = ""
) -> Actual:
    """Sort all of an account's contacts by customer.

    A contact that tells nothing new is not kept, since the ledger's entry says as much. One that changes
    while it is listed may come twice, even under two names; the last one counts.

    Args:
        persons: All contacts.
        desired: Whose contacts come first.
        label: Resource name of our label.
        ledger: What is known of them; an empty one where they are all to be kept.
        former_label: Resource name of the label of former customers; empty where there is none.
    """
    seen: set[str] = set()
    ours: dict[str, Person | str] = {}
    for person in persons:
        id_ = person.source_id or person.resource_name
        seen.add(id_)
        ours.pop(id_, None)
        own = marks(person.client_data, desired.wisp)
        if own:
            ours[id_] = _as_known(person, own, desired, label=label, ledger=ledger) or person
    found = Actual(total=len(seen), label=label, former_label=former_label)
    known = (each for each in ours.values() if isinstance(each, str))
    found.unread = {customer: entry for customer in known if (entry := ledger.get(customer))}
    include(found, (each for each in ours.values() if isinstance(each, Person)), desired)
    return found


def is_changed(person: Person, desired: Desired, label: str, ledger: Ledger) -> bool:
    """Return whether a contact tells more than the ledger's entry; if not, the entry stands for it.

    A contact that had other names before may be what is left of several.
    """
    own = marks(person.client_data, desired.wisp)
    return (
        not own
        or bool(person.previous)
        or _as_known(person, own, desired, label=label, ledger=ledger) is None
    )


def _as_known(
    person: Person, own: tuple[Mark, ...], desired: Desired, *, label: str, ledger: Ledger
) -> str | None:
    """Return the customer whose contact it is, if the ledger knows all about it that a plan needs."""
    customer = own[0].customer
    entry = ledger.get(customer)
    if entry is None or len(own) > 1 or label not in person.groups or not entry.is_of(person):
        return None
    is_enough = entry.content == "ours" or not desired.wants(customer) or desired.is_sent(customer, entry)
    return customer if is_enough else None


def actual_by_changes(
    persons: Iterable[Person], gone: Collection[str], desired: Desired, ledger: Ledger
) -> Actual:
    """Take the account as the ledger has it, but for the persons that were read and those that are gone.

    A contact that has another resource name now is recognised by its source id, or by its earlier names. One
    that was read and tells nothing new may be left out.
    """
    head = ledger.head
    found = Actual(total=head.total, label=head.label, former_label=head.former_label)
    read = list(persons)
    names = {*gone, *(name for person in read for name in (person.resource_name, *person.previous))}
    ids = {person.source_id for person in read} - {""}
    for customer, entry in ledger.entries():
        if entry.resource_name not in names and entry.source_id not in ids:
            is_outside = entry.content in ("unlabelled", "former")
            (found.unlabelled_entries if is_outside else found.unread)[customer] = entry
    include(found, read, desired)
    return found


def include(found: Actual, persons: Iterable[Person], desired: Desired) -> None:
    """Add contacts that were read, each to its customer's.

    A contact with several marks (a user merged two of ours) counts for the first wanted customer who has no
    other contact. The other customers then have none, and get a new one.
    """
    merged: list[tuple[Person, tuple[Mark, ...]]] = []
    for person in persons:
        own = marks(person.client_data, desired.wisp)
        if len(own) == 1:
            found.side_of(person).setdefault(own[0].customer, []).append(person)
        elif own:
            merged.append((person, own))
    for person, own in merged:
        found.side_of(person).setdefault(_counts_for(found, own, desired), []).append(person)


def _counts_for(found: Actual, own: tuple[Mark, ...], desired: Desired) -> str:
    alone = [mark.customer for mark in own if not found.has(mark.customer)]
    return next((customer for customer in alone if desired.wants(customer)), (*alone, own[0].customer)[0])


def unlisted(found: Actual, ledger: Ledger) -> dict[str, str]:
    """Return what the ledger knows and a whole listing did not show: whose contact, by resource name."""
    names = {name for person in found.read for name in (person.resource_name, person.source_id)} - {""}
    return ledger.absent(names | {entry.resource_name for entry in found.unread.values()})


def in_doubt(found: Actual, desired: Desired) -> Iterator[str]:
    """Yield resource names of contacts that must be looked at, whatever SIMPLer says of their customers."""
    yield from (entry.resource_name for entry in found.unread.values() if entry.content == "unseen")
    for customer, entry in found.unlabelled_entries.items():
        if desired.wants(customer) or (entry.content == "former" and not entry.source_etag):
            yield entry.resource_name
