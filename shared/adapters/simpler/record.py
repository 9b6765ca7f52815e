"""Record: a customer as SIMPLer gave it, its members put under the names that the domain reads.

Nothing is checked or converted here, only moved: `shared.domain.contact.customer.read_customer` reads with
mistrust.
"""

import json
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from shared.adapters.simpler.profile import AddressFields, Fields, Profile


class Absent(Enum):
    """What stands for a member that is not there, since null is a value."""

    ABSENT = auto()


ABSENT: Literal[Absent.ABSENT] = Absent.ABSENT


def pick(document: Any, path: str) -> Any:
    """What stands at the path (names joined by dots; empty: all of it), or `ABSENT`."""
    if path and "." not in path:  # as nearly all are
        return document.get(path, ABSENT) if isinstance(document, dict) else ABSENT
    for name in path.split(".") if path else ():
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document


def as_bytes(value: object) -> bytes:
    """A JSON value as bytes: equal ones for equal values, whatever strings and numbers are in it."""
    try:
        return msgspec.json.encode(value)
    except (ValueError, OverflowError):  # lone surrogates; integers of more than 64 bits
        return json.dumps(value).encode()


def canonical(raw: object, profile: Profile, server: str) -> object:
    """The record under canonical names; what is no object is handed on as it is.

    Args:
        raw: A record as SIMPLer gave it.
        profile: Says which member holds what.
        server: Host of SIMPLer, and port if not the usual one, for the link.
    """
    if not isinstance(raw, dict):
        return raw
    fields = profile.fields
    return {
        **{name: _first(raw, getattr(fields, name)) for name in _SINGLE},
        "phones": list(_phones(raw, fields)),
        "emails": [email for path in fields.emails for email in _each(pick(raw, path))],
        "addresses": [_address(raw, address) for address in fields.addresses],
        "link": _link(profile.link, server, _first(raw, fields.id)),
    }


_SINGLE = ("id", "name", "company", "first_name", "last_name", "nickname", "status", "site", "ap", "plan")


def is_empty(value: object) -> bool:
    """Whether nothing stands there: no member, null, blank, an empty list or object."""
    if isinstance(value, str):
        return not value.strip()
    return value is ABSENT or value is None or value in ([], {})


def _first(raw: Any, paths: Iterable[str]) -> Any:
    for path in paths:
        if not is_empty(value := pick(raw, path)):
            return value
    return None


def _each(value: object) -> Iterator[object]:
    """The value, or each of a list's; the empty ones left out."""
    for one in value if isinstance(value, list) else [value]:
        if not is_empty(one):
            yield one


def _phones(raw: Any, fields: Fields) -> Iterator[dict[str, object]]:
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
    return template.format(server=server, id=quote(str(customer), safe="", errors="replace"))
