"""Findings: what somebody should correct in the records of customers, by the contacts they ask for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from shared.domain.contact.card import NOT_READ, Card
from shared.domain.sync.desired import Record


class Unreachable(msgspec.Struct, frozen=True):
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


class NotShown(msgspec.Struct, frozen=True):
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


class Owner(msgspec.Struct, frozen=True):
    """One of the customers of a number: the id, the name as the contact shows it, the record in SIMPLer."""

    customer: str
    name: str
    link: str = ""


class Shared(msgspec.Struct, frozen=True):
    """A number that several customers share; a phone can show only one of them.

    Attributes:
        number: In international format.
        customers: These customers.
    """

    number: str
    customers: tuple[Owner, ...]


class Findings(msgspec.Struct, frozen=True):
    """What was found in records.

    Attributes:
        without_number: Contacts without a usable number.
        shared: Numbers that several contacts share, the most shared first.
        not_shown: Other texts that were not understood, or left out.
    """

    without_number: tuple[Unreachable, ...]
    shared: tuple[Shared, ...]
    not_shown: tuple[NotShown, ...]


def findings_of(contacts: Mapping[str, Record]) -> Findings:
    """Read the record of every customer who is a contact, and say what to correct."""
    cards = [record.card() for record in contacts.values()]
    return Findings(
        without_number=tuple(_unreachable(cards)),
        shared=tuple(_shared(cards)),
        not_shown=tuple(found for card in cards for found in _not_shown(card)),
    )


def _unreachable(cards: Iterable[Card]) -> Iterable[Unreachable]:
    for card in cards:
        if not card.phones:
            given = tuple(text for cause, text in card.findings if cause == NOT_READ)
            yield Unreachable(card.customer, card.display, given, card.link)


def _not_shown(card: Card) -> Iterable[NotShown]:
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
