"""A Google account: its contacts, its trash and its contact groups."""

import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from random import Random
from typing import Any, TypeVar, get_args

from infra.standins.google.clock import timestamp
from infra.standins.google.contact import Contact, Content
from infra.standins.google.errors import GoogleError, not_found
from infra.standins.google.group import ALL, Group, system_groups
from infra.standins.google.journal import Journal
from infra.standins.google.lag import Lag, Reading, Sight
from infra.standins.google.meter import Meter
from shared.replace import replace

T = TypeVar("T", Contact, Group)

TRASH_KEEPS = timedelta(days=30)
"""How long a deleted contact stays in the trash (Google Contacts Help)."""


class Account:
    """Everything the People API keeps for one user.

    Methods are called with `lock` held. Contacts and trash are kept in the order of their last change.

    Attributes:
        email: Its address.
        region: The country, in ISO 3166-1 alpha-2, of phone numbers written without one.
        user_id: The id of the user's own profile.
        lock: Makes one request at a time.
        writers: How many mutate requests are under way.
        contacts: By resource name, oldest change first.
        trash: Deleted contacts, by resource name.
        groups: By resource name, system groups first; deleted ones too.
        former: Resource names that contacts had, and those they have instead.
        sequence: The number of the last change.
        created: How many contacts were ever added.
        meter: What programs have used of its quota.
        sync_era: Grows when Google gives up all sync tokens of the account before their time.
    """

    def __init__(
        self,
        email: str,
        region: str,
        now: Callable[[], datetime],
        random: Random,
        lag: Callable[[], Lag] = Lag,
    ) -> None:
        self.email = email
        self.region = region
        self.user_id = str(random.randrange(10**20, 10**21))
        self.lock = threading.RLock()
        self.writers = 0
        self.contacts: dict[str, Contact] = {}
        self.trash: dict[str, Contact] = {}
        self.groups: dict[str, Group] = system_groups()
        self.former: dict[str, str] = {}
        self.sequence = 0
        self.created = 0
        self.meter = Meter()
        self.sync_era = 0
        self._members: dict[str, dict[str, None]] = {name: {} for name in self.groups}
        self._sights: dict[Reading, Sight[Contact]] = {reading: Sight() for reading in get_args(Reading)}
        self._label_sights: dict[Reading, Sight[Group]] = {"labels": Sight(), "label": Sight()}
        self._past: Journal[Contact] = Journal()
        self._past_labels: Journal[Group] = Journal()
        self._size = 0
        self._now = now
        self._random = random
        self._lag = lag

    def fill(self, contacts: Sequence[Contact], groups: Sequence[Group], sequence: int) -> None:
        """Hold what an account held elsewhere, as it was stored there.

        Args:
            contacts: Oldest change first.
            groups: The user's own.
            sequence: The number of the last change.
        """
        self.groups |= {group.resource_name: group for group in groups}
        self._members |= {group.resource_name: {} for group in groups}
        for contact in contacts:
            self.contacts[contact.resource_name] = contact
            self._size += contact.size
            for group in contact.groups():
                self._members[group][contact.resource_name] = None
        self.sequence, self.created = sequence, len(contacts)

    def new_source_id(self) -> str:
        """Return an id for a contact that is about to be added."""
        return f"{self._random.randrange(2**62, 2**63):x}"

    def new_profile_id(self) -> str:
        """Return an id of a profile that a contact is about to be linked with."""
        return str(self._random.randrange(10**20, 10**21))

    def contact(self, resource_name: str) -> Contact:
        """Return a contact that is not in the trash.

        Raises:
            GoogleError: 404.
        """
        contact = self.contacts.get(resource_name)
        if contact is None:
            raise not_found()
        return contact

    def sight(self, reading: Reading) -> Sight[Contact]:
        """Return how readers of this sort see the contacts now."""
        sight = self._sights[reading]
        sight.catch_up(self._now().timestamp())
        return sight

    def label_sight(self, reading: Reading) -> Sight[Group]:
        """Return how readers of labels see them now."""
        sight = self._label_sights[reading]
        sight.catch_up(self._now().timestamp())
        return sight

    def add(self, source_id: str, content: Content) -> Contact:
        """Add a contact."""
        self.created += 1
        contact = Contact(f"people/c{int(source_id, 16)}", source_id, "", "", 0, {})
        return self._store(contact.holding(content), None)

    def change(self, contact: Contact, content: Content) -> Contact:
        """Replace the content of a contact; every change gives a new etag."""
        return self.supersede(contact, contact.holding(content))

    def supersede(self, old: Contact, new: Contact) -> Contact:
        """Put a contact in the place of one that may have another resource name."""
        renamed = new.resource_name != old.resource_name
        if renamed:
            self._forget(old)
            self.former[old.resource_name] = new.resource_name
        stored = self._store(new, None if renamed else old)
        if renamed:
            self._tell(old.resource_name, old, None)
        return stored

    def delete(self, contact: Contact) -> None:
        """Move a contact to the trash."""
        self._forget(contact)
        deleted = replace(self._stamp(contact), deleted_at=self._now().timestamp())
        self.trash[contact.resource_name] = deleted
        self._size += deleted.size
        self._tell(contact.resource_name, contact, deleted)

    def restore(self, contact: Contact, content: Content) -> None:
        """Put back a contact that is in the trash or was replaced, with this content.

        Its name is no former one any more.
        """
        name = contact.resource_name
        deleted = self.trash.pop(name, None)
        self._size -= deleted.size if deleted else 0
        self.former.pop(name, None)
        for others in (self.contacts, self.trash):
            for other in [one for one in others.values() if name in one.former_names]:
                left = tuple(former for former in other.former_names if former != name)
                others[other.resource_name] = replace(other, former_names=left)
        self._store(replace(contact, deleted_at=None).holding(content), deleted)

    def before(self, seconds: float) -> tuple[dict[str, Contact | None], dict[str, Group | None]]:
        """Return, by resource name, what has changed since then as it was some seconds ago.

        Raises:
            GoogleError: 400, when that is too long ago.
        """
        moment = self._now().timestamp() - seconds
        return self._past.at(moment), self._past_labels.at(moment)

    def empty_trash(self) -> None:
        """Forget what has been in the trash for 30 days."""
        oldest = (self._now() - TRASH_KEEPS).timestamp()
        for contact in list(takewhile(lambda one: (one.deleted_at or 0) <= oldest, self.trash.values())):
            self._size -= self.trash.pop(contact.resource_name).size

    def exhaust(self, seconds: float) -> None:
        """Have every call of a program refused for the long quota for so long."""
        self.meter.exhausted_until = self._now().timestamp() + seconds

    def make_room(self, newcomers: int, limit: int) -> None:
        """See that contacts can be added; what has been in the trash for 30 days is gone.

        Raises:
            GoogleError: 400 MY_CONTACTS_OVERFLOW_COUNT, when they and the trash would be more than the limit.
        """
        self.empty_trash()
        if len(self.contacts) + len(self.trash) + newcomers > limit:
            raise _overflow()

    def make_space(self, growth: int, limit: int) -> None:
        """See that contacts can grow by a number of characters.

        Raises:
            GoogleError: 400 MY_CONTACTS_OVERFLOW_COUNT, when they and the trash would be larger than the
                limit; that the trash counts, and how it is said, are choices.
        """
        self.empty_trash()
        if growth > 0 and self._size + growth > limit:
            raise _overflow()

    def group(self, resource_name: str) -> Group:
        """Return a group that is not deleted.

        Raises:
            GoogleError: 404.
        """
        group = self.groups.get(resource_name)
        if group is None or group.deleted:
            raise not_found()
        return group

    def members(self, group: Group) -> Collection[str]:
        """Return the resource names of the contacts in a group."""
        return self.contacts if group.resource_name == ALL else self._members[group.resource_name]

    def add_group(self, name: str, client_data: Sequence[Mapping[str, str]]) -> Group:
        """Add a group of the user's."""
        resource_name = f"contactGroups/{self._random.getrandbits(63):x}"
        self._members[resource_name] = {}
        return self.store_group(Group(resource_name, name, name, system=False, client_data=client_data))

    def store_group(self, group: Group) -> Group:
        """Keep a new or changed group, with a new etag."""
        stored = replace(group, **self._stamps(self._etag()))
        name = group.resource_name
        before = self.groups.get(name)
        self.groups[name] = stored
        self._past_labels.note(self._now().timestamp(), name, before)
        for reading, sight in self._label_sights.items():
            self._hold_back(reading, sight, name, before, stored)
        return stored

    def _store(self, contact: Contact, before: Contact | None) -> Contact:
        stored = self._stamp(contact)
        known = self.contacts.get(contact.resource_name)
        if known:
            self._forget(known)
        self.contacts[stored.resource_name] = stored
        self._size += stored.size
        for group in stored.groups():
            self._members[group][stored.resource_name] = None
        self._tell(stored.resource_name, before, stored)
        return stored

    def _tell(self, name: str, before: Contact | None, after: Contact | None) -> None:
        """Let those who see changes late see this one when it is time."""
        self._past.note(self._now().timestamp(), name, before)
        for reading, sight in self._sights.items():
            self._hold_back(reading, sight, name, before, after)

    def _hold_back(
        self, reading: Reading, sight: Sight[T], name: str, before: T | None, after: T | None
    ) -> None:
        seconds = getattr(self._lag(), reading)
        if seconds or sight.behind:
            sight.note(name, before, after, self.sequence, self._now().timestamp() + seconds)

    def _forget(self, contact: Contact) -> None:
        del self.contacts[contact.resource_name]
        self._size -= contact.size
        for group in contact.groups():
            del self._members[group][contact.resource_name]

    def _stamp(self, contact: Contact) -> Contact:
        return replace(contact, **self._stamps("#" + self._etag()))

    def _stamps(self, etag: str) -> dict[str, Any]:
        self.sequence += 1
        return {"etag": etag, "updated": timestamp(self._now()), "sequence": self.sequence}

    def _etag(self) -> str:
        return b64encode(self._random.randbytes(8)).decode()


def _overflow() -> GoogleError:
    return GoogleError("FAILED_PRECONDITION", "MY_CONTACTS_OVERFLOW_COUNT")
