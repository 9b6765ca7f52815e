"""Prepared: contacts as they are sent, prepared batch by batch.

A contact costs more processor time to make than to send, so the next batch is made ready while the present
one is under way. Nothing here looks at the ledger, which changes meanwhile.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from shared.domain.contact.card import Card
from shared.domain.sync.desired import Desired
from shared.domain.sync.person import Change, NewPerson
from shared.domain.sync.plan import PlannedChange
from shared.domain.sync.requests import changed, new_person
from shared.prefetch import prefetch
from shared.usecases.base.batches import batches

UPDATES = 200
"""Contacts in one request (people.v1 description, people.batchUpdateContacts)."""


@dataclass(frozen=True, slots=True)
class PreparedCreate:
    """A contact to create, with the card that it is made from."""

    card: Card
    person: NewPerson

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.card.customer


@dataclass(frozen=True, slots=True)
class PreparedUpdate:
    """A contact to update, with its card and what is sent for it."""

    update: PlannedChange
    card: Card
    change: Change

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.update.customer


def prepared_creates(
    desired: Desired, run: str, parts: Iterable[Sequence[str]]
) -> Generator[list[PreparedCreate]]:
    """The contacts of these customers, part by part, the next part ahead."""
    return prefetch([_newcomer(desired, run, customer) for customer in part] for part in parts)


def _newcomer(desired: Desired, run: str, customer: str) -> PreparedCreate:
    card = desired.cards[customer]
    desired.digest(customer)  # it will be asked for
    return PreparedCreate(card, new_person(card, desired.wisp, run))


def prepared_updates(
    desired: Desired, run: str, updates: Sequence[PlannedChange]
) -> Generator[list[PreparedUpdate]]:
    """These updates in batches, in their order, the next batch ahead."""
    parts = batches(updates, UPDATES)
    return prefetch([_revision(desired, run, update) for update in part] for part in parts)


def _revision(desired: Desired, run: str, update: PlannedChange) -> PreparedUpdate:
    card = desired.cards[update.customer]
    return PreparedUpdate(update, card, changed(update, card, desired.wisp, run))
