"""A Google account: its contacts, its trash and its contact groups."""

import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from infra.local.google.clock import timestamp
from infra.local.google.contact import Contact, Item
from infra.local.google.errors import GoogleError, not_found
from infra.local.google.group import ALL, Group, system_groups

TRASH_KEEPS = timedelta(days=30)
"""How long a deleted contact stays in the trash (Google Contacts Help)."""


class Account:
    """Everything the People API keeps for one user.

    Methods are called with `lock` held. Contacts are kept in the order of their last change.

    Attributes:
        email: Its address.
        region: The country, in ISO 3166-1 alpha-2, of phone numbers written without one.
        user_id: The id of the user's own profile.
        lock: Makes one request at a time.
        writers: How many mutate requests are under way.
        contacts: By resource name, oldest change first.
        trash: Deleted contacts, by resource name.
        groups: By resource name, system groups first; deleted ones too.
        sequence: The number of the last change.
        created: How many contacts were ever added.
    """

    def __init__(self, email: str, region: str, now: Callable[[], datetime], random: Random) -> None:
        self.email = email
        self.region = region
        self.user_id = str(random.randrange(10**20, 10**21))
        self.lock = threading.RLock()
        self.writers = 0
        self.contacts: dict[str, Contact] = {}
        self.trash: dict[str, Contact] = {}
        self.groups: dict[str, Group] = system_groups()
        self.sequence = 0
        self.created = 0
        self._members: dict[str, dict[str, None]] = {name: {} for name in self.groups}
        self._now = now
        self._random = random

    def new_source_id(self) -> str:
        """An id for a contact that is about to be added."""
        return f"{self._random.randrange(2**62, 2**63):x}"

    def contact(self, resource_name: str) -> Contact:
        """A contact that is not in the trash.

        Raises:
            GoogleError: 404.
        """
        contact = self.contacts.get(resource_name)
        if contact is None:
            raise not_found()
        return contact

    def add(self, source_id: str, fields: Mapping[str, Sequence[Item]]) -> Contact:
        """Add a contact."""
        self.created += 1
        contact = Contact(f"people/c{int(source_id, 16)}", source_id, "", "", 0, fields)
        return self._store(contact)

    def change(self, contact: Contact, fields: Mapping[str, Sequence[Item]]) -> Contact:
        """Replace the fields of a contact; every change gives a new etag."""
        return self._store(replace(contact, fields=fields))

    def delete(self, contact: Contact) -> None:
        """Move a contact to the trash."""
        self._forget(contact)
        stamped = self._stamp(contact)
        self.trash[contact.resource_name] = replace(stamped, deleted_at=self._now().timestamp())

    def make_room(self, newcomers: int, limit: int) -> None:
        """See that contacts can be added; what has been in the trash for 30 days is gone.

        Raises:
            GoogleError: 400 MY_CONTACTS_OVERFLOW_COUNT, when they and the trash would be more than the limit.
        """
        oldest = (self._now() - TRASH_KEEPS).timestamp()
        self.trash = {
            name: contact for name, contact in self.trash.items() if (contact.deleted_at or 0) > oldest
        }
        if len(self.contacts) + len(self.trash) + newcomers > limit:
            raise GoogleError("FAILED_PRECONDITION", "MY_CONTACTS_OVERFLOW_COUNT")

    def group(self, resource_name: str) -> Group:
        """A group that is not deleted.

        Raises:
            GoogleError: 404.
        """
        group = self.groups.get(resource_name)
        if group is None or group.deleted:
            raise not_found()
        return group

    def members(self, group: Group) -> Collection[str]:
        """The resource names of the contacts in a group."""
        return self.contacts if group.resource_name == ALL else self._members[group.resource_name]

    def add_group(self, name: str, client_data: Sequence[Mapping[str, str]]) -> Group:
        """Add a group of the user's."""
        resource_name = f"contactGroups/{self._random.getrandbits(63):x}"
        self._members[resource_name] = {}
        return self.store_group(Group(resource_name, name, name, system=False, client_data=client_data))

    def store_group(self, group: Group) -> Group:
        """Keep a new or changed group, with a new etag."""
        stored = replace(group, **self._stamps(self._etag()))
        self.groups[group.resource_name] = stored
        return stored

    def _store(self, contact: Contact) -> Contact:
        stored = self._stamp(contact)
        before = self.contacts.get(contact.resource_name)
        if before:
            self._forget(before)
        self.contacts[stored.resource_name] = stored
        for group in stored.groups():
            self._members[group][stored.resource_name] = None
        return stored

    def _forget(self, contact: Contact) -> None:
        del self.contacts[contact.resource_name]
        for group in contact.groups():
            del self._members[group][contact.resource_name]

    def _stamp(self, contact: Contact) -> Contact:
        return replace(contact, **self._stamps("#" + self._etag()))

    def _stamps(self, etag: str) -> dict[str, Any]:
        self.sequence += 1
        return {"etag": etag, "updated": timestamp(self._now()), "sequence": self.sequence}

    def _etag(self) -> str:
        return b64encode(self._random.randbytes(8)).decode()
