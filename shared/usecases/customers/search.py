"""Search: finds customers in SIMPLer's list by what somebody types: a name, a number, an id.

SIMPLer's API has no search. Its list is read once and remembered for some minutes in this process, so that
one click after the other does not read it again.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from phonenumbers import country_code_for_region

from shared.domain.contact.customer import why_unusable
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import contacts_of
from shared.ports import Listing
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services

MOST_FOUND = 50
"""Customers that a search shows; the count includes the others."""

LONGEST_QUERY = 100
"""Characters of a query that count."""

_FEWEST_DIGITS = 4
"""Digits that make a query a telephone number."""

_NUMBER = re.compile(r"[\d\s()+./-]+")
_NO_DIGITS = re.compile(r"[^\d\n]+")


@dataclass(frozen=True, slots=True)
class Match:
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


@dataclass(frozen=True, slots=True)
class Matches:
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


@dataclass(frozen=True, slots=True)
class _Index:
    """SIMPLer's list, ready for searches.

    Attributes:
        listing: The list.
        words: What is typed in each record, by customer: without case and accents, a line for each member.
        digits: The digits in that.
    """

    listing: Listing
    words: Mapping[str, str]
    digits: Mapping[str, str]


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
    key = ("customers", msgspec.json.encode(wisp, order="deterministic"))
    now, asked = services.clock.now(), " ".join(query.split())[:LONGEST_QUERY]
    known = services.memory.get(key, now, lambda: _read(services, wisp), anew=anew)
    found = list(_matching(known.value, asked, wisp)) if asked else []
    if asked and not found and known.at < now:  # whoever is looked for may have come since
        known = services.memory.get(key, now, lambda: _read(services, wisp), anew=True)
        found = list(_matching(known.value, asked, wisp))
    index = known.value
    found.sort(key=lambda customer: customer != asked)
    return Matches(
        query=asked,
        matches=[_match(index.listing, customer, wisp) for customer in found[:MOST_FOUND]],
        count=len(found),
        listed=index.listing.total,
        at=known.at,
    )


def _read(services: Services, wisp: Wisp) -> _Index:
    listing = services.source(wisp).customers()
    words = {
        customer: _folded("\n".join([customer, *(text for _, text in record.typed())]))
        for customer, record in listing.records.items()
    }
    words |= {each.customer: _folded(each.customer) for each in listing.skipped if each.customer}
    return _Index(listing, words, {customer: _NO_DIGITS.sub("", text) for customer, text in words.items()})


def _folded(text: str) -> str:
    """Return a text without case and accents, as hurried people type it."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _matching(index: _Index, query: str, wisp: Wisp) -> Iterator[str]:
    words, number = _folded(query).split(), _significant(query, wisp)
    for customer, text in index.words.items():
        if all(word in text for word in words) or (number and number in index.digits[customer]):
            yield customer


def _significant(query: str, wisp: Wisp) -> str:
    """Return the digits that a number has at home and abroad; empty if the query is no number."""
    digits = _NO_DIGITS.sub("", query)
    if len(digits) < _FEWEST_DIGITS or not _NUMBER.fullmatch(query):
        return ""
    is_abroad = query.startswith("+") or digits.startswith("00")
    own = digits.lstrip("0")
    if is_abroad:
        own = own.removeprefix(str(country_code_for_region(wisp.country))).lstrip("0")
    return own


def _match(listing: Listing, customer: str, wisp: Wisp) -> Match:
    record = listing.records.get(customer)
    if record is not None:
        is_contact = bool(contacts_of({customer: record}, wisp))
        return Match(customer, record.card().display, record.status, is_contact)
    skipped = next(each for each in listing.skipped if each.customer == customer)
    return Match(customer, "", "", is_contact=False, reason=why_unusable(skipped.reason))
