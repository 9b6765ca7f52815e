"""A contact as it is stored, and a person as it is read."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

Item = Mapping[str, Any]
"""One entry of a person's field, in the form in which it is answered. Never changed in place."""

_LISTED_AT_MOST = 100
_CAPPED = ("emailAddresses", "phoneNumbers")
_ETAG_LENGTH = 12
_CONTACT = "READ_SOURCE_TYPE_CONTACT"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of an account; a change makes a new one.

    Attributes:
        resource_name: `people/c` and the source id in decimal.
        source_id: The id of its CONTACT source, in hexadecimal.
        etag: The etag of its CONTACT source, which does not depend on what is read.
        updated: When it was changed last, as a google-datetime.
        sequence: The number of that change in its account; grows with every change.
        fields: The non-empty fields, without `metadata`.
        deleted_at: When it went to the trash, in seconds since 1970; None while it is there.
    """

    resource_name: str
    source_id: str
    etag: str
    updated: str
    sequence: int
    fields: Mapping[str, Sequence[Item]]
    deleted_at: float | None = None

    def groups(self) -> tuple[str, ...]:
        """The resource names of the groups it is in."""
        items = self.fields.get("memberships", ())
        return tuple(item["contactGroupMembership"]["contactGroupResourceName"] for item in items)

    def metadata(self) -> dict[str, Any]:
        """Its PersonMetadata."""
        source = {"type": "CONTACT", "id": self.source_id, "etag": self.etag, "updateTime": self.updated}
        deleted = {} if self.deleted_at is None else {"deleted": True}
        return {**deleted, "sources": [source], "objectType": "PERSON"}

    def name_key(self, first: str, second: str) -> str:
        """What it is sorted by when people are sorted by name."""
        name = next(iter(self.fields.get("names", ())), {})
        return f"{name.get(first, '')}\n{name.get(second, '')}".casefold()


@dataclass(frozen=True, slots=True)
class View:
    """What a request wants to see of people.

    Attributes:
        paths: The field mask.
        etag_prefix: What a person's etag says about the mask.
        with_contact: Whether the CONTACT source is read at all.
        listed: Whether it is a list, which shows 100 phone numbers and e-mail addresses at most.
        shuffle: Puts the items of a field into another order at each read; None keeps them as written.
    """

    paths: tuple[str, ...]
    etag_prefix: bytes
    with_contact: bool
    listed: bool
    shuffle: Random | None

    @classmethod
    def of(
        cls,
        paths: Sequence[str],
        sources: Sequence[str],
        *,
        listed: bool = False,
        shuffle: Random | None = None,
    ) -> "View":
        """The view of a field mask and a list of read sources, which may both be empty."""
        ids = crc32(",".join(paths).encode()).to_bytes(4, "big")
        prefix = bytes((0x12, len(ids))) + ids + b"\x1a\x04\x01\x02\x05\x07\x22" + bytes((_ETAG_LENGTH,))
        return cls(tuple(paths), prefix, not sources or _CONTACT in sources, listed, shuffle)

    def person(self, contact: Contact) -> dict[str, Any]:
        """The Person that is answered: resource name and etag always, the rest by the mask."""
        person: dict[str, Any] = {"resourceName": contact.resource_name, "etag": self._etag(contact)}
        if contact.deleted_at is not None:
            return {**person, "metadata": contact.metadata()}
        if not self.with_contact:
            return person
        for path in self.paths:
            if path == "metadata":
                person["metadata"] = contact.metadata()
            elif path in contact.fields:
                person[path] = self._items(path, contact.fields[path])
        return person

    def _items(self, path: str, items: Sequence[Item]) -> Sequence[Item]:
        if self.shuffle:
            items = self.shuffle.sample(items, len(items))
        return items[:_LISTED_AT_MOST] if self.listed and path in _CAPPED else items

    def _etag(self, contact: Contact) -> str:
        return "%" + b64encode(self.etag_prefix + contact.etag[1:].encode()).decode()


def source_etag_within(person_etag: str) -> str:
    """The CONTACT source's etag that a person's etag carries; "" when it carries none."""
    try:
        content = b64decode(person_etag[1:], validate=True) if person_etag.startswith("%") else b""
    except ValueError:
        return ""
    return "#" + content[-_ETAG_LENGTH:].decode("ascii", "replace") if content else ""
