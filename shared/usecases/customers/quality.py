"""Quality: what in SIMPLer's records keeps a contact from being useful. Reads live, stores nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.contact.card import Card
from shared.domain.contact.customer import Skipped
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import read_desired

AS_GIVEN = "Phone as given"
"""How a card's details call a number that could not be read."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A customer without a number that an incoming call could be matched with.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it.
        given: What SIMPLer has instead of a number, as typed.
    """

    customer: str
    name: str
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A number of several customers: a phone can show one of them only.

    Attributes:
        number: In international format.
        customers: Ids and names of its customers.
    """

    number: str
    customers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What somebody should mend in SIMPLer.

    Attributes:
        listed: Records in SIMPLer's list.
        contacts: Customers of those who are contacts.
        without_number: Contacts without a usable number.
        shared: Numbers of several contacts, the most shared first.
        skipped: Records that cannot become a contact.
    """

    listed: int
    contacts: int
    without_number: tuple[Unreachable, ...]
    shared: tuple[Shared, ...]
    skipped: tuple[Skipped, ...]


def quality(services: Services, wisp_id: str) -> Quality:
    """Look through SIMPLer's list.

    Raises:
        StopRun: SIMPLer's list cannot be read, or is empty.
        Misconfigured: There is no such wisp.
    """
    wisp = load_wisp(services.state, wisp_id)
    gathered = read_desired(services.source(wisp), wisp)
    desired = gathered.desired
    cards = desired.cards.values()
    return Quality(
        gathered.listed, desired.count, tuple(_unreachable(cards)), tuple(_shared(cards)), gathered.skipped
    )


def _unreachable(cards: Iterable[Card]) -> Iterable[Unreachable]:
    for card in cards:
        if not card.phones:
            given = tuple(text for name, text in card.details if name == AS_GIVEN)
            yield Unreachable(card.customer, card.display, given)


def _shared(cards: Iterable[Card]) -> Iterable[Shared]:
    owners: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for card in cards:
        for phone in card.phones:
            owners[phone.number].append((card.customer, card.display))
    several = (Shared(number, tuple(found)) for number, found in owners.items() if len(found) > 1)
    return sorted(several, key=lambda number: (-len(number.customers), number.number))
