"""Miniature: a wisp with two customers in the memory of this process, so that ten thousand runs take minutes.

A run of it does what every run does, step by step. What a run of the wisp's true size takes is not its
concern, but for the time: SIMPLer's list takes as long here as the whole of the true run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from shared.domain.contact.card import Card, make_card
from shared.domain.contact.customer import Customer, RawPhone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import KnownCard
from shared.domain.sync.google_fields import new_person
from shared.domain.sync.mark import label_mark
from shared.domain.sync.person import MY_CONTACTS, Label, Person
from shared.errors import StopRun
from shared.ports import Clock, Gate, Listing

CUSTOMERS = tuple(
    Customer(
        str(n), name=f"Customer {n}", status="current", phones=(RawPhone(f"087 123456{n}", PhoneKind.MOBILE),)
    )
    for n in range(2)
)
LABEL = "contactGroups/ours"

SILENCE = 47.0
"""Seconds until it is plain that a SIMPLer is away: four tries of ten seconds, and the waits between."""


def cards_for(wisp: Wisp) -> list[Card]:
    """Return the contacts that a wisp wants of them."""
    return [make_card(customer, wisp) for customer in CUSTOMERS]


@dataclass(frozen=True, slots=True)
class MiniatureSource:
    """The `CustomerSource` port."""

    wisp: Wisp
    clock: Clock
    seconds: float
    down: bool

    def customers(self, *, is_awaited: bool = False) -> Listing:  # noqa: ARG002  the port's
        """Return the customers, after the time that a whole run of the true size takes."""
        if self.down:
            self.clock.sleep(SILENCE)
            raise StopRun("simpler.down", "SIMPLer does not answer")
        self.clock.sleep(self.seconds)
        records = {card.customer: KnownCard(card, "current") for card in cards_for(self.wisp)}
        return Listing(records, (), len(records))

    def customer(self, customer: str) -> KnownCard | None:
        """Return one customer, or None."""
        found = (card for card in cards_for(self.wisp) if card.customer == customer)
        return next((KnownCard(card, "current") for card in found), None)

    def some(self, customers: Sequence[str], listed: int | None) -> Mapping[str, KnownCard | None]:  # noqa: ARG002  one price for all
        """Return several customers."""
        return {customer: self.customer(customer) for customer in customers}


@dataclass(frozen=True, slots=True)
class MiniatureContacts:
    """The `Contacts` port."""

    people: Sequence[Person]
    token: str = "token"

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people)


@dataclass(slots=True)
class MiniatureBook:
    """As much of the `ContactBook` port as a run asks for that finds nothing to change."""

    people: Sequence[Person]
    label: Label
    requests: int = 0

    def labels(self) -> Sequence[Label]:
        """Return the wisp's label."""
        self.requests += 1
        return [self.label]

    def list(self, sync_token: str | None = None) -> MiniatureContacts:
        """Return the contacts, as an earlier night made them; nothing has changed since."""
        self.requests += 1
        return MiniatureContacts(() if sync_token else self.people)


def books(wisp: Wisp) -> Callable[[Account, Gate], AbstractContextManager[Any]]:
    """Return what opens the contacts of any of the wisp's accounts."""
    made = [new_person(card, wisp.id, "night") for card in cards_for(wisp)]
    groups = frozenset({LABEL, MY_CONTACTS})
    people = [
        Person(f"people/c{n}", f"e{n}", f"{n}", f"s{n}", "", each.fields, each.client_data, groups)
        for n, each in enumerate(made)
    ]
    label = Label(LABEL, "e", wisp.label, (label_mark(wisp.id),))

    @contextmanager
    def opened(_account: Account, _gate: Gate) -> Iterator[MiniatureBook]:
        yield MiniatureBook(people, label)

    return opened
