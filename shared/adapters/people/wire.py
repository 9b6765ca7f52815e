"""Wire: Google's JSON ⇄ our values. Answers are checked before they are used.

Of a person's fields only the members that may be written are kept, so that what the user added can be sent
back with ours: the rest is output only, or follows from the metadata (people.v1 description, Person).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from sys import intern
from typing import Any

import msgspec

from shared.adapters.people.answers import CONTACT, PersonWire, Read, Source
from shared.domain.person import OWNED, USERS_OWN, Change, Fields, Item, NewPerson, Person

MY_CONTACTS = "contactGroups/myContacts"
"""Without it a contact shows under its label only, and phones do not see it."""

WRITABLE: Mapping[str, tuple[str, ...]] = {
    "names": (
        "honorificPrefix",
        "givenName",
        "middleName",
        "familyName",
        "honorificSuffix",
        "phoneticFullName",
        "phoneticHonorificPrefix",
        "phoneticGivenName",
        "phoneticMiddleName",
        "phoneticFamilyName",
        "phoneticHonorificSuffix",
        "unstructuredName",
    ),
    "organizations": (
        "type",
        "name",
        "phoneticName",
        "department",
        "title",
        "jobDescription",
        "symbol",
        "domain",
        "location",
        "costCenter",
    ),
    "nicknames": ("value", "type"),
    "phoneNumbers": ("value", "type"),
    "emailAddresses": ("value", "type", "displayName"),
    "addresses": (
        "type",
        "poBox",
        "streetAddress",
        "extendedAddress",
        "city",
        "region",
        "postalCode",
        "country",
        "countryCode",
        "formattedValue",
    ),
    "urls": ("value", "type"),
    "externalIds": ("value", "type"),
    "userDefined": ("key", "value"),
}
"""The text members of each owned field that may be written.

An organization's ``startDate`` and ``endDate`` are left out: Google returns them and answers 500 to them.
"""

_NOT_FOUND = 5
"""google.rpc.Code."""

_WHOLE_AND_PARTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "names": ("unstructuredName", frozenset({"givenName", "middleName", "familyName"})),
    "addresses": (
        "formattedValue",
        frozenset(WRITABLE["addresses"]) - {"type", "countryCode", "formattedValue"},
    ),
}
"""Google builds the whole from the parts. It is the user's own only where there are no parts."""


def _is_contacts_own(item: Mapping[str, Any]) -> bool:
    """Whether the item is from the contact, not from a profile or a domain that is linked with it."""
    metadata = msgspec.convert(item.get("metadata", {}), dict[str, Any])
    return msgspec.convert(metadata.get("source", {}), Source).type in ("", CONTACT)


def _text(member: str, value: Any) -> str:
    """A member's text; kinds and keys are shared, for an account has the same few thousands of times."""
    text = msgspec.convert(value, str)
    return intern(text) if member in ("type", "key") else text


def _writable(field: str, item: Mapping[str, Any]) -> Item:
    kept = {member: _text(member, item[member]) for member in WRITABLE[field] if item.get(member)}
    whole, parts = _WHOLE_AND_PARTS.get(field, ("", frozenset()))
    if parts & kept.keys():
        kept.pop(whole, None)
    return kept


def _items(field: str, items: list[dict[str, Any]]) -> Iterator[Item]:
    for item in items:
        if _is_contacts_own(item) and (kept := _writable(field, item)):
            yield kept


def person_from(answer: Mapping[str, Any]) -> Person:
    """A person with its owned fields; raises `msgspec.ValidationError` when it has another shape."""
    wire = msgspec.convert(answer, PersonWire)
    if not wire.resource_name:
        raise msgspec.ValidationError("a person has no resource name")
    fields: dict[str, tuple[Item, ...]] = {}
    for field in OWNED:
        if items := tuple(_items(field, msgspec.convert(answer.get(field, []), list[dict[str, Any]]))):
            fields[field] = items
    return replace(wire.person(fields), noted=_is_noted(answer))


def is_deleted(answer: Mapping[str, Any]) -> bool:
    """Whether a person, of a shape that was checked, is told as deleted; only answers about changes do."""
    return answer.get("metadata", {}).get("deleted") is True


def _is_noted(answer: Mapping[str, Any]) -> bool:
    """Whether there is anything in the fields that only a user fills; a default picture is Google's."""
    items = ((field, msgspec.convert(answer.get(field, []), list[dict[str, Any]])) for field in USERS_OWN)
    return any(item.get("default") is not True for _, found in items for item in found)


def persons_in(read: Read) -> dict[str, Person]:
    """The persons that were read, by the name that was asked for: their own may have become another."""
    found = ((response.get("requestedResourceName"), response.get("person")) for response in read.responses)
    return {str(name): person_from(person) for name, person in found if isinstance(person, dict)}


def names_gone(read: Read) -> frozenset[str]:
    """The names that were asked for of which Google says that there is no such contact."""
    found = ((response.get("requestedResourceName"), response.get("status")) for response in read.responses)
    return frozenset(
        str(name) for name, status in found if isinstance(status, dict) and status.get("code") == _NOT_FOUND
    )


def client_data_json(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Key-value pairs as Google takes them."""
    return [{"key": key, "value": value} for key, value in pairs]


def _content(fields: Fields, client_data: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Every owned field, also the empty ones: the mask clears what is left out, and so says the body."""
    owned = {field: [dict(item) for item in fields.get(field, ())] for field in OWNED}
    return {**owned, "clientData": client_data_json(client_data)}


def new_person_json(new: NewPerson, label: str) -> dict[str, Any]:
    """A contact to create, in its label and in My Contacts."""
    groups = ({"contactGroupMembership": {"contactGroupResourceName": name}} for name in (label, MY_CONTACTS))
    return {**_content(new.fields, new.client_data), "memberships": [*groups]}


def change_json(change: Change) -> dict[str, Any]:
    """A contact to update: what it shall be, and the etags it was read with."""
    person = change.person
    source = {"type": CONTACT, "id": person.source_id, "etag": person.source_etag}
    return {
        "etag": person.etag,
        "metadata": {"sources": [{name: value for name, value in source.items() if value}]},
        **_content(change.fields, change.client_data),
    }


def _comparable(fields: Fields, client_data: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Without order: "The items in a field have no guaranteed order" (people.v1 description, Person)."""
    items = {field: sorted(sorted(item.items()) for item in fields.get(field, ())) for field in OWNED}
    return {**items, "clientData": sorted(client_data)}


def has_landed(change: Change, person: Person) -> bool:
    """Whether a person, as read again, is what the change asked for."""
    wanted = _comparable(change.fields, change.client_data)
    return wanted == _comparable(person.fields, person.client_data)
