"""Plan: the changes that make an account equal to SIMPLer. Pure: wanted x ledger x persons -> plan.

Ownership is *our mark and our label*. A person with only one of the two is never updated or removed; a marked
one that lost the label is put back into it, which leaves its content alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.domain.card import Card
from shared.domain.fields import fields_of
from shared.domain.ledger import Entry, Ledger
from shared.domain.mark import Mark, is_shared, marks, wrote
from shared.domain.merge import additions, differences, digest, fingerprints
from shared.domain.person import Person
from shared.domain.wisp import Leavers

UNSURE = "its creation was not confirmed; it is looked for again at the next run"

Why = Literal["left", "gone", "duplicate", "disconnected"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What SIMPLer wants of an account.

    Attributes:
        wisp: The wisp's id.
        cards: The card of every customer who is a contact.
        held: Customers whose contact stays as it is, with the reason (an unusable record …).
        left: Customers whose status is no longer one of a contact's.
        leavers: What happens to those, and to customers that SIMPLer no longer has.
        doubts: Reasons why a customer that is absent may yet exist; absence then removes nothing.
    """

    wisp: str
    cards: Mapping[str, Card]
    held: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    leavers: Leavers = "remove"
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relabel:
    """A marked contact that lost our label, to put back into it."""

    customer: str
    person: Person


@dataclass(frozen=True, slots=True)
class Update:
    """A contact to make as its card says.

    Attributes:
        card: What it shall be.
        person: What it is.
        fields: In which fields they differ.
        mended: SIMPLer's record has not changed: somebody changed the contact.
        kept: In which fields the user's own additions stay.
    """

    card: Card
    person: Person
    fields: tuple[str, ...]
    mended: bool
    kept: tuple[str, ...]

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.card.customer


@dataclass(frozen=True, slots=True)
class Remove:
    """A contact to remove, and why."""

    customer: str
    person: Person
    why: Why


@dataclass(slots=True)
class Plan:
    """What is to be done, in the order in which it is done.

    Attributes:
        relabel: Marked contacts that lost our label.
        update: Contacts that differ from their card.
        create: Cards without a contact.
        remove: Contacts without a card.
        found: Resource name of every contact that carries our mark, by customer, labelled or not.
        seen: The ledger's entries that need no write: unchanged contacts, and ones found equal.
        unchanged: How many contacts need nothing.
        kept: Contacts that stay without a card or untouched, by customer, with the reason.
        owned: How many contacts of the account are ours, duplicates included.
        total: How many contacts the account holds, the user's own included.
    """

    relabel: list[Relabel] = field(default_factory=list)
    update: list[Update] = field(default_factory=list)
    create: list[Card] = field(default_factory=list)
    remove: list[Remove] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Entry] = field(default_factory=dict)
    unchanged: int = 0
    kept: dict[str, str] = field(default_factory=dict)
    owned: int = 0
    total: int = 0

    @property
    def writes(self) -> int:
        """How many contacts would be written."""
        return len(self.relabel) + len(self.update) + len(self.create) + len(self.remove)

    def pending(self) -> frozenset[str]:
        """The customers whose present contact is to be written."""
        writes: tuple[Relabel | Update | Remove, ...] = (*self.relabel, *self.update, *self.remove)
        return frozenset(write.customer for write in writes)


@dataclass(slots=True)
class Picture:
    """The account's contacts that carry our mark, by customer; the others are only counted."""

    labelled: dict[str, list[Person]] = field(default_factory=dict)
    unlabelled: dict[str, list[Person]] = field(default_factory=dict)
    total: int = 0

    def only(self, customer: str) -> "Picture":
        """The contacts of one customer."""
        labelled = {customer: self.labelled[customer]} if customer in self.labelled else {}
        unlabelled = {customer: self.unlabelled[customer]} if customer in self.unlabelled else {}
        return Picture(labelled, unlabelled, self.total)


def picture(
    persons: Iterable[Person], wisp: str, label: str, wanted: Collection[str] = frozenset()
) -> Picture:
    """Sort an account's contacts by whose they are.

    One that carries several marks (a user merged two of ours) counts for the first wanted customer who has
    no contact of its own; the others are then missing, and are made anew.
    """
    found = Picture()
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
        alone = [mark.customer for mark in own if mark.customer not in found.labelled]
        first = next((customer for customer in alone if customer in wanted), (*alone, own[0].customer)[0])
        side.setdefault(first, []).append(person)
    return found


def make_plan(wanted: Wanted, ledger: Ledger, found: Picture, unsure: frozenset[str] = frozenset()) -> Plan:
    """The plan for one account.

    Args:
        wanted: What SIMPLer wants.
        ledger: What we know of our contacts.
        found: The account's contacts.
        unsure: Customers whose contact may have been created a moment ago; none is created for them now.
    """
    plan = Plan(total=found.total, owned=sum(map(len, found.labelled.values())))
    for customer, persons in found.labelled.items():
        first, *surplus = sorted(persons, key=lambda person: _seniority(person, ledger.get(customer)))
        _decide(plan, wanted, customer, first, ledger.get(customer))
        for person in surplus:
            _fold(plan, wanted, customer, person)
    for customer, persons in found.unlabelled.items():
        plan.found.setdefault(customer, persons[0].resource_name)
        if customer not in found.labelled and customer in wanted.cards:
            oldest = min(persons, key=lambda person: _seniority(person, None))
            plan.relabel.append(Relabel(customer, oldest))
    present = found.labelled.keys() | {lost.customer for lost in plan.relabel}
    missing = [card for customer, card in wanted.cards.items() if customer not in present]
    plan.create = [card for card in missing if card.customer not in unsure]
    plan.kept |= {card.customer: UNSURE for card in missing if card.customer in unsure}
    return plan


def _seniority(person: Person, entry: Entry | None) -> tuple[bool, str, str]:
    """The contact that the ledger knows comes first, then the one that was left alone longest."""
    known = entry is not None and entry.resource_name == person.resource_name
    return not known, person.updated, person.resource_name


def _decide(plan: Plan, wanted: Wanted, customer: str, person: Person, entry: Entry | None) -> None:
    plan.found.setdefault(customer, person.resource_name)
    if is_shared(person.client_data, wanted.wisp):
        plan.kept[customer] = "a user merged it with a contact of another WISP"
    elif card := wanted.cards.get(customer):
        _compare(plan, wanted.wisp, card, person, entry)
    elif reason := wanted.held.get(customer):
        plan.kept[customer] = reason
    elif wanted.leavers == "keep":
        plan.kept[customer] = "no longer a contact, kept by setting"
    elif customer in wanted.left:
        plan.remove.append(Remove(customer, person, "left"))
    elif wanted.doubts:
        plan.kept[customer] = wanted.doubts[0]
    else:
        plan.remove.append(Remove(customer, person, "gone"))


def _compare(plan: Plan, wisp: str, card: Card, person: Person, entry: Entry | None) -> None:
    """Compare what we send, never what Google returns: an untouched contact is known by its source etag."""
    ours = fields_of(card)
    sent = digest(ours)
    now = Entry(person.resource_name, person.source_etag, sent)
    if entry == now:
        plan.unchanged += 1
        plan.seen[card.customer] = entry
        return
    if fields := differences(ours, person, Mark(wisp, card.customer, "")):
        mended = entry is not None and entry.sent == sent
        plan.update.append(Update(card, person, fields, mended, tuple(additions(ours, person, wisp))))
        return
    plan.unchanged += 1
    plan.seen[card.customer] = now


def _fold(plan: Plan, wanted: Wanted, customer: str, person: Person) -> None:
    """A surplus contact of one customer goes only if it is unmistakably ours and unedited."""
    card = wanted.cards.get(customer)
    if card is None:
        _decide(plan, wanted, customer, person, None)
    elif _is_unedited(card, person, wanted.wisp):
        plan.remove.append(Remove(customer, person, "duplicate"))
    else:
        plan.kept[customer] = "a second contact of this customer was edited by hand; please merge the two"


def _is_unedited(card: Card, person: Person, wisp: str) -> bool:
    """Whether it holds the customer's name and else exactly the items that we once wrote."""
    same_name = "names" not in differences(fields_of(card), person, Mark(wisp, card.customer, ""))
    as_written = fingerprints(person.fields) == wrote(person.client_data, wisp)
    return same_name and as_written and len(marks(person.client_data, wisp)) == 1
