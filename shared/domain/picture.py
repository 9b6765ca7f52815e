"""Picture: the contacts of an account that are ours, by customer.

It is drawn from a listing of all contacts; or from the ledger, with what changed since it was saved.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from shared.domain.ledger import Entry, Ledger
from shared.domain.mark import Mark, marks
from shared.domain.person import Person


@dataclass(slots=True)
class Picture:
    """The account's contacts that carry our mark, by customer; the others are only counted.

    Attributes:
        labelled: Those in our label, as they were read.
        unlabelled: Those that are not.
        known: Those in our label that are still as the ledger has them, which were not read.
        apart: Those that are not in our label, and still as the ledger has them.
        total: How many contacts the account holds.
    """

    labelled: dict[str, list[Person]] = field(default_factory=dict)
    unlabelled: dict[str, list[Person]] = field(default_factory=dict)
    known: dict[str, Entry] = field(default_factory=dict)
    apart: dict[str, Entry] = field(default_factory=dict)
    total: int = 0

    def only(self, customer: str) -> "Picture":
        """The contacts of one customer."""
        labelled = {customer: self.labelled[customer]} if customer in self.labelled else {}
        unlabelled = {customer: self.unlabelled[customer]} if customer in self.unlabelled else {}
        known = {customer: self.known[customer]} if customer in self.known else {}
        return Picture(labelled, unlabelled, known, total=self.total)

    def has(self, customer: str) -> bool:
        """Whether the customer has a contact in our label."""
        return customer in self.labelled or customer in self.known


def picture(
    persons: Iterable[Person], wisp: str, label: str, wanted: Collection[str] = frozenset()
) -> Picture:
    """Sort all of an account's contacts by whose they are."""
    found = Picture()
    _add(found, persons, wisp, label, wanted)
    return found


def changed_picture(
    ledger: Ledger, persons: Iterable[Person], gone: Collection[str], wisp: str, wanted: Collection[str]
) -> Picture:
    """The account as the ledger has it, but for the persons that were read and those that are gone.

    A contact that has another resource name now is known again by its source id, or by its earlier names.
    """
    found = Picture(total=ledger.total)
    read = list(persons)
    names = {*gone, *(name for person in read for name in (person.resource_name, *person.previous))}
    ids = {person.source_id for person in read} - {""}
    for customer, entry in ledger.entries():
        if entry.resource_name not in names and entry.source_id not in ids:
            side = found.apart if entry.content == "unlabelled" else found.known
            side[customer] = entry
    _add(found, read, wisp, ledger.label, wanted)
    found.total = ledger.total
    return found


def _add(found: Picture, persons: Iterable[Person], wisp: str, label: str, wanted: Collection[str]) -> None:
    """Sort contacts by whose they are.

    One that carries several marks (a user merged two of ours) counts for the first wanted customer who has
    no contact of its own; the others are then missing, and are made anew.
    """
    merged: list[tuple[Person, tuple[Mark, ...]]] = []
    for person in persons:
        found.total += 1
        own = marks(person.client_data, wisp)
        side = found.labelled if label in person.groups else found.unlabelled
        if len(own) == 1:
            side.setdefault(own[0].customer, []).append(person)
        elif own:
            merged.append((person, own))
    for person, own in merged:
        side = found.labelled if label in person.groups else found.unlabelled
        side.setdefault(_counts_for(found, own, wanted), []).append(person)


def _counts_for(found: Picture, own: tuple[Mark, ...], wanted: Collection[str]) -> str:
    alone = [mark.customer for mark in own if not found.has(mark.customer)]
    return next((customer for customer in alone if customer in wanted), (*alone, own[0].customer)[0])


def in_doubt(found: Picture, wanted: Collection[str]) -> Iterator[str]:
    """Resource names of contacts that must be looked at, whatever SIMPLer says of their customers."""
    yield from (entry.resource_name for entry in found.known.values() if entry.content == "unseen")
    yield from (entry.resource_name for customer, entry in found.apart.items() if customer in wanted)
