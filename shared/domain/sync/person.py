"""Person: Google's resource, as far as this service reads and writes it."""

from collections.abc import Mapping

import msgspec

Item = Mapping[str, str]
"""One entry of a list field, writable members only, e.g. ``{"value": "+353 …", "type": "mobile"}``."""

Fields = Mapping[str, tuple[Item, ...]]
"""The fields that we own, by Google's names."""

OWNED = (
    "names",
    "organizations",
    "nicknames",
    "phoneNumbers",
    "emailAddresses",
    "addresses",
    "urls",
    "externalIds",
    "userDefined",
)
"""Fields we own and always send whole, in this order. Everything else on a person is the user's."""


USERS_OWN = ("biographies", "birthdays", "events", "photos", "relations")
"""Fields that we never write: what is there, a user put there."""

MY_CONTACTS = "contactGroups/myContacts"
"""The system group that every contact of ours is in, besides our label: without it, phones do not see it."""

SYSTEM_GROUPS = frozenset(
    f"contactGroups/{name}"
    for name in ("myContacts", "starred", "friends", "family", "coworkers", "chatBuddies", "blocked", "all")
)
"""The groups that every account has, as contactGroups.list answers; others would be asked for in vain."""


class Person(msgspec.Struct, frozen=True):
    """A contact in a Google account, as it was read or as a write's answer described it.

    Attributes:
        resource_name: ``people/c…``; may change (discovery document, PersonMetadata).
        etag: Sent back with an update; differs with the field mask of the read, so never compared.
        source_id: ``metadata.sources[type=CONTACT].id``: stable.
        source_etag: ``metadata.sources[type=CONTACT].etag``: changes exactly when the contact does.
        updated: ``metadata.sources[type=CONTACT].updateTime``, RFC 3339.
        fields: The owned fields as read.
        client_data: All of the person's key-value pairs, ours and other programs', in order.
        groups: Resource names of the contact groups it is in.
        previous: Resource names that it had before; told in lists of changes only.
        deleted: Whether it was deleted; told in lists of changes only.
        has_user_data: Whether a user added a note, a birthday, a photo …; known after a second look only.
    """

    resource_name: str
    etag: str
    source_id: str = ""
    source_etag: str = ""
    updated: str = ""
    fields: Fields = msgspec.field(default_factory=dict)
    client_data: tuple[tuple[str, str], ...] = ()
    groups: frozenset[str] = frozenset()
    previous: tuple[str, ...] = ()
    has_user_data: bool = False
    deleted: bool = False


class Label(msgspec.Struct, frozen=True):
    """A contact group.

    Attributes:
        resource_name: ``contactGroups/…``.
        etag: Needed to change it.
        name: As the user sees it; the user may rename it.
        client_data: Key-value pairs; ours is the mark by which it is found again.
        count: How many contacts are in it, as Google says.
        members: Resource names of at most 1,000 of them; told only of a label that was asked for by name.
    """

    resource_name: str
    etag: str
    name: str
    client_data: tuple[tuple[str, str], ...] = ()
    count: int = 0
    members: tuple[str, ...] = ()


class NewPerson(msgspec.Struct, frozen=True):
    """A contact to create: `key` names it in the answer and is one of its `client_data` values."""

    key: str
    fields: Fields
    client_data: tuple[tuple[str, str], ...]


class Change(msgspec.Struct, frozen=True):
    """A contact to update: the person as it was read (its etag guards the write), and what it is to be."""

    person: Person
    fields: Fields
    client_data: tuple[tuple[str, str], ...]
