"""Answers: the shapes that Google's answers must have; members that we do not look at may vary."""

from functools import lru_cache
from sys import intern
from typing import Any

import msgspec

from shared.domain.sync.person import Fields, Label, Person

CONTACT = "CONTACT"
"""The type of the source that is the contact itself, not a linked profile."""


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
    """One set for the thousands of contacts that are in the same groups."""
    return frozenset(groups) - {""}


class PersonWire(msgspec.Struct, rename="camel"):
    """A person as Google sends it; without a name it is nobody."""

    resource_name: str = ""
    etag: str = ""
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    client_data: list[_Pair] = []
    memberships: list[_Membership] = []

    def person(self, fields: Fields | None = None) -> Person:
        """The person, with these fields."""
        source = next((source for source in self.metadata.sources if source.type == CONTACT), Source())
        groups = tuple(one.contact_group_membership.contact_group_resource_name for one in self.memberships)
        return Person(
            self.resource_name,
            self.etag,
            source.id,
            source.etag,
            source.update_time,
            fields or {},
            tuple((intern(pair.key), pair.value) for pair in self.client_data),
            _shared(groups),
            tuple(self.metadata.previous_resource_names),
        )


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

    The persons are left as they came, for read they take ten times the room.
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
        """The label."""
        pairs = tuple((pair.key, pair.value) for pair in self.client_data)
        members = tuple(self.member_resource_names)
        return Label(self.resource_name, self.etag, self.name, pairs, self.member_count, members)


class Labels(msgspec.Struct, rename="camel"):
    """A page of contactGroups.list."""

    contact_groups: list[LabelWire] = []
    next_page_token: str = ""


class Modified(msgspec.Struct, rename="camel"):
    """The answer to contactGroups.members.modify."""

    not_found_resource_names: list[str] = []
