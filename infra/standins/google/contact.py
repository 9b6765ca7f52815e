"""A contact as it is stored, and a person as it is read."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from zlib import crc32

import msgspec

from shared.replace import replace

Item = Mapping[str, Any]
"""One entry of a person's field, in the form in which it is answered. Never changed in place."""

_LISTED_AT_MOST = 100
_CAPPED = ("emailAddresses", "phoneNumbers")
_ETAG_LENGTH = 12
_ENCODE = msgspec.json.Encoder().encode
_CONTACT = "READ_SOURCE_TYPE_CONTACT"


@dataclass(frozen=True, slots=True)
class Content:
    """A contact's wanted content.

    Attributes:
        fields: The non-empty fields, without `metadata`.
        size: How much of the account's space they take.
    """

    fields: Mapping[str, Sequence[Item]]
    size: int

    @classmethod
    def of(cls, fields: Mapping[str, Sequence[Item]]) -> "Content":
        """Return these fields, measured by the characters of their texts."""
        size = 0
        for items in fields.values():
            for item in items:
                for value in item.values():
                    if isinstance(value, str):
                        size += len(value)
        return cls(fields, size)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of an account; a change makes a new one.

    Attributes:
        resource_name: `people/c` and the source id in decimal, or whatever it became afterwards.
        source_id: The id of its CONTACT source, in hexadecimal.
        etag: The etag of its CONTACT source, which does not depend on what is read.
        updated: When it was changed last, as a google-datetime.
        sequence: The number of that change in its account; grows with every change.
        fields: The non-empty fields, without `metadata`.
        deleted_at: When it went to the trash, in seconds since 1970; None while it is there.
        former_names: Resource names that it had, or that contacts had which were merged into it.
        encoded: The fields as JSON, because listings ask for the same again and again.
        size: How much of the account's space it takes.
    """

    resource_name: str
    source_id: str
    etag: str
    updated: str
    sequence: int
    fields: Mapping[str, Sequence[Item]]
    deleted_at: float | None = None
    former_names: tuple[str, ...] = ()
    encoded: Mapping[str, msgspec.Raw] = field(default_factory=dict, repr=False)
    size: int = 0

    def holding(self, content: Content) -> "Contact":
        """Return the contact with this content instead."""
        encoded = {
            name: self.encoded[name] if self.fields.get(name) is items else msgspec.Raw(_ENCODE(items))
            for name, items in content.fields.items()
        }
        return replace(self, fields=content.fields, encoded=encoded, size=content.size)

    @property
    def gone(self) -> bool:
        """Whether it is in the trash."""
        return self.deleted_at is not None

    def groups(self) -> tuple[str, ...]:
        """Return the resource names of the groups it is in."""
        items = self.fields.get("memberships", ())
        return tuple(item["contactGroupMembership"]["contactGroupResourceName"] for item in items)

    def metadata(self) -> dict[str, Any]:
        """Return its PersonMetadata."""
        source = {"type": "CONTACT", "id": self.source_id, "etag": self.etag, "updateTime": self.updated}
        deleted = {"deleted": True} if self.gone else {}
        return {**deleted, "sources": [source], "objectType": "PERSON"}

    def name_key(self, first: str, second: str) -> str:
        """Return the key by which people are sorted by name."""
        name = next(iter(self.fields.get("names", ())), {})
        return f"{name.get(first, '')}\n{name.get(second, '')}".casefold()


@dataclass(frozen=True, slots=True)
class View:
    """The parts of people that a request wants to see.

    Attributes:
        paths: The field mask.
        etag_prefix: What a person's etag says about the mask.
        with_contact: Whether the CONTACT source is read at all.
        listed: Whether it is a list, which shows 100 phone numbers and e-mail addresses at most.
        synced: Whether it is a list of what has changed, which tells former resource names.
        shuffle: Puts the items of a field into another order at each read; None keeps them as written.
    """

    paths: tuple[str, ...]
    etag_prefix: bytes
    with_contact: bool
    listed: bool
    synced: bool
    shuffle: Random | None

    @classmethod
    def of(
        cls,
        paths: Sequence[str],
        sources: Sequence[str],
        *,
        listed: bool = False,
        synced: bool = False,
        shuffle: Random | None = None,
    ) -> "View":
        """Return the view of a field mask and a list of read sources, which may both be empty."""
        ids = crc32(",".join(paths).encode()).to_bytes(4, "big")
        prefix = bytes((0x12, len(ids))) + ids + b"\x1a\x04\x01\x02\x05\x07\x22" + bytes((_ETAG_LENGTH,))
        return cls(tuple(paths), prefix, not sources or _CONTACT in sources, listed, synced, shuffle)

    def person(self, contact: Contact) -> dict[str, Any]:
        """Return the Person that is answered: resource name and etag always, the rest by the mask."""
        person: dict[str, Any] = {"resourceName": contact.resource_name, "etag": self._etag(contact)}
        if contact.gone:
            return {**person, "metadata": self._metadata(contact)}
        if not self.with_contact:
            return person
        for path in self.paths:
            if path == "metadata":
                person["metadata"] = self._metadata(contact)
            elif path in contact.fields:
                person[path] = self._items(path, contact)
        return person

    def _metadata(self, contact: Contact) -> dict[str, Any]:
        former = (
            {"previousResourceNames": contact.former_names} if self.synced and contact.former_names else {}
        )
        return {**contact.metadata(), **former}

    def _items(self, path: str, contact: Contact) -> Any:
        items = contact.fields[path]
        capped = self.listed and path in _CAPPED and len(items) > _LISTED_AT_MOST
        if not capped and not self.shuffle:
            return contact.encoded[path]
        if self.shuffle:
            items = self.shuffle.sample(items, len(items))
        return items[:_LISTED_AT_MOST] if capped else items

    def _etag(self, contact: Contact) -> str:
        return "%" + b64encode(self.etag_prefix + contact.etag[1:].encode()).decode()


def source_etag_within(person_etag: str) -> str:
    """Return the CONTACT source's etag that a person's etag carries; "" when it carries none."""
    try:
        content = b64decode(person_etag[1:], validate=True) if person_etag.startswith("%") else b""
    except ValueError:
        return ""
    return "#" + content[-_ETAG_LENGTH:].decode("ascii", "replace") if content else ""
