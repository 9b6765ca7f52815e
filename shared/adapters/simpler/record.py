"""Record: a customer as SIMPLer gave it, and all that their card depends on besides.

Members are only put under the names that the domain reads; `shared.domain.contact.customer.read_customer`
trusts none of them. That, and what comes after it, waits until the card is asked for: on most nights nearly
every record is what it was, and its digest tells so in a tenth of the time.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import phonenumbers

from shared.adapters.simpler.profile import SINGLE_MEMBERS, AddressFields, MemberNames, Profile
from shared.domain.contact import card
from shared.domain.contact.card import Card, make_card
from shared.domain.contact.coordinates import apart, map_link
from shared.domain.contact.customer import Customer, Skipped, identify, read_customer
from shared.domain.contact.link import record_address
from shared.domain.contact.name import name_of
from shared.domain.contact.text import TEXT, cut, stated, text_of
from shared.domain.model.scope import PlaceKind
from shared.domain.model.wisp import ShownRow, Wisp
from shared.domain.sync import google_fields
from shared.replace import replace

_MOST_TEXTS = 20
"""Texts of one member that are shown and searched: more than anybody typed."""

_LONGEST_NAME = 40
"""Characters of a nested member's name that are shown."""

_DEEPEST = 5
"""Levels of a record that are shown: none of SIMPLer's has as many."""

_DIGEST = 9
"""Bytes of a record's digest."""


class Absent(Enum):
    """Stands for a missing member, because null is a value."""

    ABSENT = auto()


ABSENT: Literal[Absent.ABSENT] = Absent.ABSENT


def pick(document: Any, path: str) -> Any:
    """Return the value at the path (names joined by dots; empty: everything), or `ABSENT`."""
    if path and "." not in path:  # as nearly all are
        return document.get(path, ABSENT) if isinstance(document, dict) else ABSENT
    for name in path.split(".") if path else ():
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document


def as_bytes(value: object) -> bytes:
    """Write a JSON value as bytes, the same for equal values, whatever strings and numbers are in it."""
    try:
        return msgspec.json.encode(value)
    except (ValueError, OverflowError):  # lone surrogates; integers of more than 64 bits
        return json.dumps(value).encode()


RULES = (Path(__file__), Path(google_fields.__file__), *sorted(Path(card.__file__).parent.glob("*.*")))
"""The texts of the rules by which a record becomes what is sent to Google; they are their own version."""


def _version() -> str:
    digest = hashlib.blake2b(f"{phonenumbers.__version__} {unicodedata.unidata_version}".encode())
    for text in RULES:
        digest.update(text.read_bytes())
    return digest.hexdigest()


_VERSION = _version()


class Reader:
    """Reads one SIMPLer's records, by its profile and its wisp's settings."""

    def __init__(self, wisp: Wisp, profile: Profile, server: str) -> None:
        """Take note of all that a card depends on besides the record.

        Args:
            wisp: Whose customers.
            profile: Says which member holds what.
            server: Host of SIMPLer, and port if not the usual one, for the link.
        """
        self._wisp = wisp
        self._profile = profile
        self._server = server
        settings = (_VERSION, server, wisp.name_template, wisp.country, wisp.rows, profile)
        key = hashlib.blake2b(msgspec.json.encode(settings), digest_size=16).digest()
        self._begun = hashlib.blake2b(key=key, digest_size=_DIGEST)
        fields = profile.fields
        self.places: Mapping[PlaceKind, tuple[str, ...]] = {"site": fields.site, "ap": fields.ap}
        self._brief = {"id": fields.id, "name": fields.name, "status": fields.status}
        self.rows = wisp.rows
        shown = (path for row in wisp.rows for path in row.members)
        paths = (*_paths(msgspec.to_builtins(profile.fields)), *shown)
        self._members = sorted({path.partition(".")[0] for path in paths})

    def record(self, raw: object, position: int) -> "SimplerRecord | Skipped":
        """Return a record, unread as far as possible, or why it cannot be used.

        Args:
            raw: A record as SIMPLer gave it.
            position: Where in the listing it stands, from 1.
        """
        brief: dict[object, object] = {name: _first(raw, paths) for name, paths in self._brief.items()}
        if not (found := identify(brief)):
            read = self.customer(raw, position)
            if isinstance(read, Skipped):
                return read
            found = read.id, read.status
        return SimplerRecord(*found, self._digest(raw), raw, self)

    def customer(self, raw: object, position: int = 0) -> Customer | Skipped:
        """Read the customer that a record describes."""
        return read_customer(canonical(raw, self._profile, self._server), position)

    def typed(self, raw: Any) -> Iterator[tuple[str, str]]:
        """Yield the texts in the members of a record that are read, with the path of each."""
        for member in self._members:
            yield from islice(_texts(member, raw.get(member)), _MOST_TEXTS)

    def card(self, customer: Customer) -> Card:
        """Make the contact that the wisp wants of a customer."""
        return make_card(customer, self._wisp)

    def _digest(self, raw: Any) -> str:
        """Digest what is read of a record; null is as good as nothing."""
        digest = self._begun.copy()  # half as long as beginning anew
        digest.update(as_bytes([*map(raw.get, self._members)]))
        return digest.hexdigest()


class SimplerRecord(NamedTuple):
    """A record that can be used.

    Attributes:
        id: The customer's id.
        status: The customer's status.
        digest: Changes with the record, in what is read of it, with the wisp's settings and with the rules.
        raw: As SIMPLer gave it.
        reader: Reads it.
    """

    id: str
    status: str
    digest: str
    raw: object
    reader: Reader

    def texts(self, member: str) -> tuple[str, ...]:
        """Return what stands at a member, a path into the record; of a list, each one."""
        return tuple(filter(None, map(_text, _each(pick(self.raw, member)))))

    def places(self, kind: PlaceKind) -> tuple[str, ...]:
        """Return where the customer is served; of several members, the first that says anything counts."""
        told = (tuple(filter(None, map(stated, self.texts(path)))) for path in self.reader.places[kind])
        return next(filter(None, told), ())

    def typed(self) -> Iterator[tuple[str, str]]:
        """Yield what SIMPLer has in the members that are read, with the path of each."""
        return self.reader.typed(self.raw)

    def customer(self) -> Customer:
        """Read the customer that it describes."""
        read = self.reader.customer(self.raw)
        assert isinstance(read, Customer), "a record that is listed can be used"
        return read

    def card(self) -> Card:
        """Make the contact that it asks for, with the rows that the wisp wants to see besides."""
        card = self.reader.card(self.customer())
        if not self.reader.rows:
            return card
        shown = ((row.title, cut(self._shown(row), TEXT)) for row in self.reader.rows)
        return replace(card, details=(*card.details, *(row for row in shown if row[1])))

    def named(self, template: str) -> str:
        """Name the contact by a template that may not count yet."""
        return name_of(self.customer(), template).display

    def _shown(self, row: ShownRow) -> str:
        match [", ".join(self.texts(member)) for member in row.members]:
            case [text]:
                return text
            case [latitude, longitude]:
                return map_link(latitude, longitude) or map_link(*apart(latitude))
            case _:
                return ""


def id_in(read: SimplerRecord | Skipped) -> str:
    """Return whose record it is; empty when it has no id that can be used."""
    return read.customer if isinstance(read, Skipped) else read.id


def canonical(raw: object, profile: Profile, server: str) -> object:
    """Put the record under canonical names; hand on what is no object as it is.

    Args:
        raw: A record as SIMPLer gave it.
        profile: Says which member holds what.
        server: Host of SIMPLer, and port if not the usual one, for the link.
    """
    if not isinstance(raw, dict):
        return raw
    fields = profile.fields
    return {
        **{name: _first(raw, getattr(fields, name)) for name in SINGLE_MEMBERS},
        "phones": list(_phones(raw, fields)),
        "emails": [email for path in fields.emails for email in _each(pick(raw, path))],
        "addresses": [_address(raw, address) for address in fields.addresses],
        "link": _link(profile.link, server, _first(raw, fields.id)),
    }


def _text(value: object) -> str:
    """Return a value as people write it; a truth value as JSON has it."""
    return str(value).lower() if isinstance(value, bool) else text_of(value)


def is_empty(value: object) -> bool:
    """Return whether nothing is there: no member, null, blank, an empty list or object."""
    if isinstance(value, str):
        return not value.strip()
    return value is ABSENT or value is None or value in ([], {})


def _first(raw: Any, paths: Iterable[str]) -> Any:
    for path in paths:
        if not is_empty(value := pick(raw, path)):
            return value
    return None


def _each(value: object) -> Iterator[object]:
    """Yield the value, or each of a list's, without empty ones."""
    for one in value if isinstance(value, list) else [value]:
        if not is_empty(one):
            yield one


def _texts(path: str, value: object, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each text in a value, with its path; what is nested deeper than any record is left out."""
    if isinstance(value, dict | list) and depth < _DEEPEST:
        within = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        for name, each in within:
            inner = path if name is None else f"{path}.{text_of(name, _LONGEST_NAME)}"
            yield from _texts(inner, each, depth + 1)
    elif text := text_of(value):
        yield path, text


def _phones(raw: Any, fields: MemberNames) -> Iterator[dict[str, object]]:
    for phone in fields.phones:
        for text in _each(pick(raw, phone.member)):
            yield {"text": text, "kind": phone.kind}


def _address(raw: Any, fields: AddressFields) -> dict[str, object]:
    return {
        "kind": fields.kind,
        "lines": [line for path in fields.lines for line in _each(pick(raw, path))],
        "city": _first(raw, fields.city),
        "region": _first(raw, fields.region),
        "postcode": _first(raw, fields.postcode),
        "country": _first(raw, fields.country),
    }


def _link(template: str, server: str, customer: object) -> str:
    if not template or not isinstance(customer, str | int):
        return ""
    return record_address(template, server, str(customer))


def _paths(fields: object) -> Iterator[str]:
    """Yield every path in the profile's fields; kinds come along and do no harm."""
    match fields:
        case str(path):
            yield path
        case dict(members):
            yield from (path for member in members.values() for path in _paths(member))
        case list(several) | tuple(several):
            yield from (path for one in several for path in _paths(one))
