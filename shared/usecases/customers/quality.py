"""Data quality: finds what to correct in SIMPLer's records. Reads them live, and stores nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.contact.card import NOT_READ, Card
from shared.domain.contact.customer import Skipped
from shared.usecases.base.documents import active_accounts, load_accounts, load_wisp
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import read_desired


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A customer without a number that could match an incoming call.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it.
        given: What SIMPLer has instead of a number, as typed.
        link: The record in SIMPLer, or empty.
    """

    customer: str
    name: str
    given: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class NotShown:
    """Something typed into a record that its contact does not show in its place; one for each cause.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it.
        cause: A code, as `shared.domain.contact.card.Card.findings` has it.
        texts: As typed.
        link: The record in SIMPLer, or empty.
    """

    customer: str
    name: str
    cause: str
    texts: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """One of the customers of a number: the id, the name as the contact shows it, the record in SIMPLer."""

    customer: str
    name: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """A number that several customers share; a phone can show only one of them.

    Attributes:
        number: In international format.
        customers: These customers.
    """

    number: str
    customers: tuple[Owner, ...]


@dataclass(frozen=True, slots=True)
class Unfound:
    """Sites and access points that an account is to hold, and that no contact has: are they renamed?"""

    account: str
    email: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything that somebody should correct in SIMPLer.

    Attributes:
        listed: How many records SIMPLer listed.
        contacts: How many of their customers are contacts.
        without_number: Contacts without a usable number.
        shared: Numbers that several contacts share, the most shared first.
        findings: Other texts that were not understood, or left out.
        skipped: Records that cannot become a contact.
        nowhere: Contacts who are outside the scope of every account.
        unfound: Accounts whose scope names what no contact has.
    """

    listed: int
    contacts: int
    without_number: tuple[Unreachable, ...]
    shared: tuple[Shared, ...]
    findings: tuple[NotShown, ...]
    skipped: tuple[Skipped, ...]
    nowhere: tuple[Owner, ...] = ()
    unfound: tuple[Unfound, ...] = ()


def quality(services: Services, wisp_id: str) -> Quality:
    """Read SIMPLer's list and report what to correct.

    Raises:
        StopRun: SIMPLer's list cannot be read, or is empty.
        Misconfigured: The wisp does not exist.
    """
    wisp = load_wisp(services.state, wisp_id)
    gathered = read_desired(services.source(wisp), wisp, services.clock.now())
    desired = gathered.desired
    cards = [desired.card(customer) for customer in desired.records]
    accounts = active_accounts(load_accounts(services.state, wisp.id))
    within = [(account, desired.within(account.scope)) for account in accounts]
    nowhere = set(desired.records).intersection(*(each.outside for _, each in within)) if within else set()
    return Quality(
        listed=gathered.listed,
        contacts=desired.count,
        without_number=tuple(_unreachable(cards)),
        shared=tuple(_shared(cards)),
        findings=tuple(found for card in cards for found in _findings(card)),
        skipped=gathered.skipped,
        nowhere=tuple(
            Owner(card.customer, card.display, card.link) for card in cards if card.customer in nowhere
        ),
        unfound=tuple(Unfound(a.id, a.email, each.unfound) for a, each in within if each.unfound),
    )


def _unreachable(cards: Iterable[Card]) -> Iterable[Unreachable]:
    for card in cards:
        if not card.phones:
            given = tuple(text for cause, text in card.findings if cause == NOT_READ)
            yield Unreachable(card.customer, card.display, given, card.link)


def _findings(card: Card) -> Iterable[NotShown]:
    """Yield one finding for each cause; numbers not read are listed elsewhere if there is no other number."""
    texts: dict[str, list[str]] = {}
    for cause, text in card.findings:
        if card.phones or cause != NOT_READ:
            texts.setdefault(cause, []).append(text)
    for cause, found in texts.items():
        yield NotShown(card.customer, card.display, cause, texts=tuple(found), link=card.link)


def _shared(cards: Iterable[Card]) -> Iterable[Shared]:
    owners: dict[str, list[Owner]] = defaultdict(list)
    for card in cards:
        for phone in card.phones:
            owners[phone.number].append(Owner(card.customer, card.display, card.link))
    several = (Shared(number, tuple(found)) for number, found in owners.items() if len(found) > 1)
    return sorted(several, key=lambda number: (-len(number.customers), number.number))
