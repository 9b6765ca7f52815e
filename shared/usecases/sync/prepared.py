"""Ready: contacts as they are sent, made ready batch by batch.

A contact costs more processor time to make than to send, so the next batch is made ready while the present
one is under way. Nothing here looks at the ledger, which changes meanwhile.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.domain.contact.card import Card
from shared.domain.model.quota import WORTH_A_BATCH
from shared.domain.sync.desired import Wanted
from shared.domain.sync.ledger import Entry
from shared.domain.sync.person import Change, NewPerson
from shared.domain.sync.plan import Update, renewal
from shared.domain.sync.requests import changed, new_person
from shared.prefetch import ahead
from shared.usecases.base.batches import batches

UPDATES = 200
"""Contacts in one request (people.v1 description, people.batchUpdateContacts)."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A contact to create, with the card that it is made from."""

    card: Card
    person: NewPerson

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.card.customer


@dataclass(frozen=True, slots=True)
class Revised:
    """A contact to update, and what is sent for it."""

    update: Update
    change: Change

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.update.customer


@dataclass(slots=True)
class Revisions:
    """A batch of updates.

    Attributes:
        revised: Contacts to update.
        same: The ledger's entries of those that turned out to need none.
    """

    revised: list[Revised] = field(default_factory=list)
    same: dict[str, Entry] = field(default_factory=dict)


def newcomers(wanted: Wanted, run: str, parts: Iterable[Sequence[str]]) -> Generator[list[Newcomer]]:
    """The contacts of these customers, part by part, the next part ahead."""
    return ahead([_newcomer(wanted, run, customer) for customer in part] for part in parts)


def _newcomer(wanted: Wanted, run: str, customer: str) -> Newcomer:
    card = wanted.cards[customer]
    wanted.digest(customer)  # it will be asked for
    return Newcomer(card, new_person(card, wanted.wisp, run))


def revisions(
    wanted: Wanted, run: str, subjects: Iterable[tuple[str, Update | Entry]]
) -> Generator[Revisions]:
    """The updates of these customers' contacts in batches, the next one ahead.

    Args:
        wanted: What SIMPLer wants.
        run: The run's id.
        subjects: By customer, in the order of the batches: an update, or an entry of which it is to be found
            whether it needs one.
    """
    return ahead(_revisions(wanted, run, subjects))


def _revisions(
    wanted: Wanted, run: str, subjects: Iterable[tuple[str, Update | Entry]]
) -> Iterator[Revisions]:
    """Full batches as soon as the rest cannot be too short; the rest in parts of one length."""
    batch = Revisions()
    for customer, subject in subjects:
        found = renewal(wanted, customer, subject) if isinstance(subject, Entry) else subject
        if isinstance(found, Entry):
            batch.same[customer] = found
        else:
            batch.revised.append(Revised(found, changed(found, wanted.wisp, run)))
        if len(batch.revised) == UPDATES + WORTH_A_BATCH:
            yield Revisions(batch.revised[:UPDATES], batch.same)
            batch = Revisions(batch.revised[UPDATES:])
    if batch.same:
        yield Revisions(same=batch.same)
    yield from map(Revisions, map(list, batches(batch.revised, UPDATES)))
