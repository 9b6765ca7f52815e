"""Schema: the shapes that Google's answers must have, and our values of them.

Members that we do not look at may vary. Of a person's fields only the members that may be written are kept,
so that what the user added can be sent back with ours.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import Any

import msgspec

from shared.domain.sync.person import OWNED, Fields, Item, Label, Person
from shared.replace import replace
from shared.typed import decoder

CONTACT = "CONTACT"
"""The type of the source that is the contact itself, not a linked profile."""

_NOT_FOUND = 5
"""google.rpc.Code."""


class Source(msgspec.Struct, rename="camel"):
    """Where an item of a person, or the person, comes from."""

    type: str = ""
    id: str = ""
    etag: str = ""
    update_time: str = ""


class _Metadata(msgspec.Struct, rename="camel"):
    sources: list[Source] = []
    deleted: bool = False
    previous_resource_names: list[str] = []


class _Pair(msgspec.Struct):
    key: str = ""
    value: str = ""


class _Group(msgspec.Struct, rename="camel"):
    contact_group_resource_name: str = ""


class _Membership(msgspec.Struct, rename="camel"):
    contact_group_membership: _Group = msgspec.field(default_factory=_Group)


@lru_cache(maxsize=64)
def _shared(groups: tuple[str, ...]) -> frozenset[str]:
    """Make one set for the thousands of contacts that are in the same groups."""
    return frozenset(groups) - {""}


class PersonWire(msgspec.Struct, rename="camel"):
    """A person as Google sends it."""

    resource_name: str = ""
    etag: str = ""
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    client_data: list[_Pair] = []
    memberships: list[_Membership] = []

    def person(self, fields: Fields | None = None) -> Person:
        """Return the person, with these fields."""
        source = next((source for source in self.metadata.sources if source.type == CONTACT), Source())
        groups = tuple(one.contact_group_membership.contact_group_resource_name for one in self.memberships)
        return Person(
            self.resource_name,
            self.etag,
            source_id=source.id,
            source_etag=source.etag,
            updated=source.update_time,
            fields=fields or {},
            client_data=tuple((intern(pair.key), pair.value) for pair in self.client_data),
            groups=_shared(groups),
            previous=tuple(self.metadata.previous_resource_names),
        )


class _ItemMetadata(msgspec.Struct):
    source: Source = msgspec.field(default_factory=Source)


class ItemWire(msgspec.Struct, rename="camel", omit_defaults=True):
    """An entry of a person's list fields, as far as it may be written.

    The rest is output only, or follows from the metadata (people.v1 description, Person).
    """

    metadata: _ItemMetadata | None = None

    def is_contacts_own(self) -> bool:
        """Return whether it is from the contact, not from a profile or a domain that is linked with it."""
        return self.metadata is None or self.metadata.source.type in ("", CONTACT)

    def members(self) -> dict[str, str]:
        """Return its texts that are not empty."""
        self.metadata = None
        members: dict[str, str] = msgspec.to_builtins(self)
        return members


class NameWire(ItemWire):
    """One of ``names``. Google builds `unstructured_name` from the parts where there are any."""

    honorific_prefix: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    honorific_suffix: str = ""
    phonetic_full_name: str = ""
    phonetic_honorific_prefix: str = ""
    phonetic_given_name: str = ""
    phonetic_middle_name: str = ""
    phonetic_family_name: str = ""
    phonetic_honorific_suffix: str = ""
    unstructured_name: str = ""

    def members(self) -> dict[str, str]:
        """Leave out the whole where there are parts: without them it is the user's own."""
        if self.given_name or self.middle_name or self.family_name:
            self.unstructured_name = ""
        return super().members()


class OrganizationWire(ItemWire):
    """One of ``organizations``, without its dates: Google returns them, and answers 500 to them."""

    type: str = ""
    name: str = ""
    phonetic_name: str = ""
    department: str = ""
    title: str = ""
    job_description: str = ""
    symbol: str = ""
    domain: str = ""
    location: str = ""
    cost_center: str = ""


class ValueWire(ItemWire):
    """One of ``nicknames``, ``phoneNumbers``, ``urls`` or ``externalIds``."""

    value: str = ""
    type: str = ""


class EmailWire(ValueWire):
    """One of ``emailAddresses``."""

    display_name: str = ""


class AddressWire(ItemWire):
    """One of ``addresses``. Google builds `formatted_value` from the parts where there are any."""

    type: str = ""
    po_box: str = ""
    street_address: str = ""
    extended_address: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    country_code: str = ""
    formatted_value: str = ""

    def members(self) -> dict[str, str]:
        """Leave out the whole where there are parts: without them it is the user's own."""
        parts = (self.po_box, self.street_address, self.extended_address, self.city, self.region)
        if any(parts) or self.postal_code or self.country:
            self.formatted_value = ""
        return super().members()


class UserDefinedWire(ItemWire):
    """One of ``userDefined``."""

    key: str = ""
    value: str = ""


class UsersOwnWire(msgspec.Struct):
    """Something in a field that only a user fills; a default picture is Google's."""

    default: bool = False


class PersonRead(PersonWire):
    """A person as Google sends it when it is read: all that `PersonWire` has, and what it holds.

    Those of `shared.domain.sync.person.OWNED`, then those of `USERS_OWN`.
    """

    names: tuple[NameWire, ...] = ()
    organizations: tuple[OrganizationWire, ...] = ()
    nicknames: tuple[ValueWire, ...] = ()
    phone_numbers: tuple[ValueWire, ...] = ()
    email_addresses: tuple[EmailWire, ...] = ()
    addresses: tuple[AddressWire, ...] = ()
    urls: tuple[ValueWire, ...] = ()
    external_ids: tuple[ValueWire, ...] = ()
    user_defined: tuple[UserDefinedWire, ...] = ()
    biographies: tuple[UsersOwnWire, ...] = ()
    birthdays: tuple[UsersOwnWire, ...] = ()
    events: tuple[UsersOwnWire, ...] = ()
    photos: tuple[UsersOwnWire, ...] = ()
    relations: tuple[UsersOwnWire, ...] = ()

    def has_user_data(self) -> bool:
        """Return whether a user added a note, a birthday, a picture and the like."""
        own = (self.biographies, self.birthdays, self.events, self.photos, self.relations)
        return any(not item.default for items in own for item in items)


class PersonResponse(msgspec.Struct, rename="camel"):
    """One person's part of a batch's answer."""

    requested_resource_name: str = ""
    status: dict[str, Any] = {}
    person: PersonWire | None = None


class Created(msgspec.Struct, rename="camel"):
    """The answer to batchCreateContacts."""

    created_people: list[PersonResponse] = []


class Updated(msgspec.Struct, rename="camel"):
    """The answer to batchUpdateContacts."""

    update_result: dict[str, PersonResponse] = {}


class Persons(msgspec.Struct, rename="camel"):
    """A page of people.connections.list; the key is missing when there are none.

    The persons stay as they came: once read they take ten times the room.
    """

    connections: list[msgspec.Raw] = []
    total_items: int = 0
    next_page_token: str = ""
    next_sync_token: str = ""


class ReadResponse(msgspec.Struct, rename="camel"):
    """One person's part of it; the key is missing when there is none of the name."""

    requested_resource_name: str = ""
    status: dict[str, Any] = {}
    person: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class Read(msgspec.Struct):
    """The answer to getBatchGet."""

    responses: list[ReadResponse] = []


class _LabelMetadata(msgspec.Struct, rename="camel"):
    deleted: bool = False


class LabelWire(msgspec.Struct, rename="camel"):
    """A contact group as Google sends it."""

    resource_name: str
    etag: str = ""
    name: str = ""
    metadata: _LabelMetadata = msgspec.field(default_factory=_LabelMetadata)
    client_data: list[_Pair] = []
    member_count: int = 0
    member_resource_names: list[str] = []

    def label(self) -> Label:
        """Return the label."""
        pairs = tuple((pair.key, pair.value) for pair in self.client_data)
        members = tuple(self.member_resource_names)
        names = self.resource_name, self.etag, self.name
        return Label(*names, client_data=pairs, count=self.member_count, members=members)


class Labels(msgspec.Struct, rename="camel"):
    """A page of contactGroups.list."""

    contact_groups: list[LabelWire] = []
    next_page_token: str = ""


class Modified(msgspec.Struct, rename="camel"):
    """The answer to contactGroups.members.modify."""

    not_found_resource_names: list[str] = []
    can_not_remove_last_contact_group_resource_names: list[str] = []


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
    """Return a person with its owned fields; raise `msgspec.ValidationError` if it has no resource name."""
    if not wire.resource_name:
        raise msgspec.ValidationError("a person has no resource name")
    return replace(
        wire.person(dict(_fields(wire))), has_user_data=wire.has_user_data(), deleted=wire.metadata.deleted
    )


def read_person(answer: msgspec.Raw | bytes) -> PersonRead:
    """Read a person in Google's JSON; raise `msgspec.ValidationError` if it has another shape."""
    return _READ.decode(answer)


def persons_in(read: Read) -> dict[str, Person]:
    """Return the persons that were read, by the name asked for: their own may have become another."""
    found = ((response.requested_resource_name, response.person) for response in read.responses)
    return {name: person_of(read_person(person)) for name, person in found if bytes(person)}


def names_gone(read: Read) -> frozenset[str]:
    """Return the names asked for of which Google says that there is no such contact."""
    return frozenset(
        response.requested_resource_name
        for response in read.responses
        if response.status.get("code") == _NOT_FOUND
    )
