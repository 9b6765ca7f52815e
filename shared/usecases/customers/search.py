"""Search: finds customers in SIMPLer's list by what somebody types: a name, a number, an id."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from phonenumbers import country_code_for_region

from shared.domain.contact.customer import why_unusable
from shared.domain.model.wisp import Wisp
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services
from shared.usecases.customers.known_list import NO_DIGITS, KnownList, known_list, without_accents

MOST_FOUND = 50
"""Customers that a search shows; the count includes the others."""

LONGEST_QUERY = 100
"""Characters of a query that count."""

_FEWEST_DIGITS = 4
"""Digits that make a query a telephone number."""

_NUMBER = re.compile(r"[\d\s()+./-]+")


class Match(msgspec.Struct, frozen=True):
    """A customer whom a search found.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it; empty when the record cannot be used.
        status: SIMPLer's.
        is_contact: Whether they belong into the accounts.
        reason: Why the record cannot be used, for people; otherwise empty.
    """

    customer: str
    name: str
    status: str
    is_contact: bool
    reason: str = ""


class Matches(msgspec.Struct, frozen=True):
    """The result of a search.

    Attributes:
        query: What counted of what was typed.
        matches: The customers found, at most `MOST_FOUND`; whose id was typed comes first.
        count: How many there are.
        listed: How many records SIMPLer listed.
        at: When it listed them.
    """

    query: str
    matches: Sequence[Match]
    count: int
    listed: int
    at: datetime


def search(services: Services, wisp_id: str, query: str, *, anew: bool = False) -> Matches:
    """Find customers by parts of what is typed in their records; every word must be there.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        query: What somebody typed.
        anew: Have SIMPLer list its customers anew.

    Raises:
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The wisp does not exist, or its address, profile or credentials are wrong.
    """
    wisp = load_wisp(services.state, wisp_id)
    now, asked = services.clock.now(), " ".join(query.split())[:LONGEST_QUERY]
    known = known_list(services, wisp, anew=anew)
    found = list(_matching(known.value, asked, wisp)) if asked else []
    if asked and not found and known.at < now:  # whoever is looked for may have come since
        known = known_list(services, wisp, anew=True)
        found = list(_matching(known.value, asked, wisp))
    found.sort(key=lambda customer: customer != asked)
    return Matches(
        query=asked,
        matches=[_match(known.value, customer) for customer in found[:MOST_FOUND]],
        count=len(found),
        listed=known.value.listing.total,
        at=known.at,
    )


def _matching(known: KnownList, query: str, wisp: Wisp) -> Iterator[str]:
    words, number = without_accents(query).split(), _significant(query, wisp)
    for customer, text in known.words.items():
        if all(word in text for word in words) or (number and number in known.digits[customer]):
            yield customer


def _significant(query: str, wisp: Wisp) -> str:
    """Return the digits that a number has at home and abroad; empty if the query is no number."""
    digits = NO_DIGITS.sub("", query)
    if len(digits) < _FEWEST_DIGITS or not _NUMBER.fullmatch(query):
        return ""
    is_abroad = query.startswith("+") or digits.startswith("00")
    own = digits.lstrip("0")
    if is_abroad:
        own = own.removeprefix(str(country_code_for_region(wisp.country))).lstrip("0")
    return own


def _match(known: KnownList, customer: str) -> Match:
    record = known.listing.records.get(customer)
    if record is not None:
        is_contact = customer in known.contacts
        return Match(customer, record.card().display, record.status, is_contact)
    skipped = next(each for each in known.listing.skipped if each.customer == customer)
    return Match(customer, "", "", is_contact=False, reason=why_unusable(skipped.reason))
