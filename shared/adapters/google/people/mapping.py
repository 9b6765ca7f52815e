"""Mapping: Google's JSON ⇄ our values. Answers are checked before they are used.

Of a person's fields only the members that may be written are kept, so that what the user added can be sent
back with ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from shared.adapters.google.people.schema import CONTACT, ItemWire, PersonRead, Read
from shared.domain.sync.person import MY_CONTACTS, OWNED, Change, Fields, Item, NewPerson, Person
from shared.typed import decoder

_NOT_FOUND = 5
"""google.rpc.Code."""

_READ = decoder(PersonRead)
_ATTRIBUTES = {field.encode_name: field.name for field in msgspec.structs.fields(PersonRead)}


def _items(items: Sequence[ItemWire]) -> Iterator[Item]:
    for item in items:
        if item.is_contacts_own() and (members := item.members()):
            yield members


def _fields(wire: PersonRead) -> Iterator[tuple[str, tuple[Item, ...]]]:
    for field in OWNED:
        if items := tuple(_items(getattr(wire, _ATTRIBUTES[field]))):
            yield field, items


def person_of(wire: PersonRead) -> Person:
    """A person with its owned fields; raises `msgspec.ValidationError` when it has no name."""
    if not wire.resource_name:
        raise msgspec.ValidationError("a person has no resource name")
    return replace(
        wire.person(dict(_fields(wire))), has_user_data=wire.is_noted(), deleted=wire.metadata.deleted
    )


def read_person(answer: msgspec.Raw | bytes) -> PersonRead:
    """A person in Google's JSON; raises `msgspec.ValidationError` when it has another shape."""
    return _READ.decode(answer)


def persons_in(read: Read) -> dict[str, Person]:
    """The persons that were read, by the name that was asked for: their own may have become another."""
    found = ((response.requested_resource_name, response.person) for response in read.responses)
    return {name: person_of(read_person(person)) for name, person in found if bytes(person)}


def names_gone(read: Read) -> frozenset[str]:
    """The names that were asked for of which Google says that there is no such contact."""
    return frozenset(
        response.requested_resource_name
        for response in read.responses
        if response.status.get("code") == _NOT_FOUND
    )


def client_data_json(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Key-value pairs as Google takes them."""
    return [{"key": key, "value": value} for key, value in pairs]


def _content(fields: Fields, client_data: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Every owned field, also the empty ones: the mask clears what is left out, and so says the body."""
    owned = {field: fields.get(field, ()) for field in OWNED}
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
    """Return whether a person, as read again, is what the change asked for."""
    wanted = _comparable(change.fields, change.client_data)
    return wanted == _comparable(person.fields, person.client_data)
