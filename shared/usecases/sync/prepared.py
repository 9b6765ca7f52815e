"""Prepared: contacts as they are sent, prepared batch by batch.

A contact costs more processor time to make than to send, so the next batch is made ready while the present
one is under way. Nothing here looks at the ledger, which changes meanwhile.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.domain.contact.card import Card
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Entry
from shared.domain.sync.person import Change, NewPerson
from shared.domain.sync.plan import Update, renewal
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
    """A contact to update, and what is sent for it."""

    update: Update
    change: Change

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.update.customer


@dataclass(slots=True)
class PreparedUpdates:
    """A batch of updates.

    Attributes:
        revised: Contacts to update.
        same: The ledger's entries of those that turned out to need none.
    """

    revised: list[PreparedUpdate] = field(default_factory=list)
    same: dict[str, Entry] = field(default_factory=dict)


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
    desired: Desired, run: str, subjects: Iterable[tuple[str, Update | Entry]]
) -> Generator[PreparedUpdates]:
    """The updates of these customers' contacts in batches, the next one ahead.

    Args:
        desired: What SIMPLer wants.
        run: The run's id.
        subjects: By customer, in the order of the batches: an update, or an entry of which it is to be found
            whether it needs one.
    """
    return prefetch(_revisions(desired, run, subjects))


def _revisions(
    desired: Desired, run: str, subjects: Iterable[tuple[str, Update | Entry]]
) -> Iterator[PreparedUpdates]:
    """Full batches as soon as the rest cannot be too short; the rest in parts of one length."""
    batch = PreparedUpdates()
    for customer, subject in subjects:
        found = renewal(desired, customer, subject) if isinstance(subject, Entry) else subject
        if isinstance(found, Entry):
            batch.same[customer] = found
        else:
            batch.revised.append(PreparedUpdate(found, changed(found, desired.wisp, run)))
        if len(batch.revised) == UPDATES + WORTH_A_BATCH:
            yield PreparedUpdates(batch.revised[:UPDATES], batch.same)
            batch = PreparedUpdates(batch.revised[UPDATES:])
    if batch.same:
        yield PreparedUpdates(same=batch.same)
    yield from map(PreparedUpdates, map(list, batches(batch.revised, UPDATES)))
