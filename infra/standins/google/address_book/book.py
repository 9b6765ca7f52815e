"""Book: an account's contacts and labels as people see them, and restoring what was deleted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact
from infra.standins.google.errors import GoogleError
from infra.standins.google.group import ALL, MY_CONTACTS, STARRED, Group
from infra.standins.google.merging import merge
from infra.standins.google.trash import take_out
from infra.standins.google.undoing import undo_changes

_HIDDEN = frozenset({ALL, "contactGroups/chatBuddies", "contactGroups/blocked"})


@dataclass(frozen=True, slots=True)
class Label:
    """A contact group as people see it.

    Attributes:
        id: The last part of its resource name.
        name: For people.
        count: Contacts in it.
        own: Whether its owner made it, and may rename or delete it.
    """

    id: str
    name: str
    count: int
    own: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact as people see it.

    Attributes:
        id: The last part of its resource name.
        name: Its name, or whatever else it can be recognised by.
        fields: As the API shows them.
        labels: Of the user's own labels, those it is in.
        starred: Whether it has the star.
        updated: When it was changed last, ISO 8601.
    """

    id: str
    name: str
    fields: Mapping[str, Sequence[Mapping[str, Any]]]
    labels: tuple[str, ...]
    starred: bool
    updated: str

    def values(self, field: str) -> list[str]:
        """Return the values of a field, such as all phone numbers."""
        return [str(item["value"]) for item in self.fields.get(field, ()) if "value" in item]

    def holds(self, words: Iterable[str]) -> bool:
        """Return whether the contact holds each of these lower-case words; digits in a number count."""
        texts = [self.name, *self.values("emailAddresses"), *self.values("biographies"), *self.labels]
        digits = ["".join(filter(str.isdigit, number)) for number in self.values("phoneNumbers")]
        everything = " ".join([*texts, *self.values("phoneNumbers"), *digits]).casefold()
        return all(word in everything for word in words)


class Book:
    """An account, read under its lock."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def size(self) -> int:
        """How many contacts there are."""
        return len(self._account.contacts)

    def labels(self) -> list[Label]:
        """Return the groups that a person uses, the user's own last."""
        with self._account.lock:
            groups = [group for group in self._account.groups.values() if self._is_shown(group)]
            return [_label(group, len(self._account.members(group))) for group in groups]

    def entries(self, label: str = "", query: str = "") -> list[Entry]:
        """Return by name the contacts of a label, or of all, that a search finds."""
        with self._account.lock:
            found = list(map(self._entry, self._in(label)))
        return _sorted(entry for entry in found if entry.holds(query.casefold().split()))

    def entry(self, contact: str) -> Entry | None:
        """Return a contact by its id, or None."""
        with self._account.lock:
            found = self._account.contacts.get(f"people/{contact}")
            return self._entry(found) if found else None

    def trash(self) -> list[Entry]:
        """Return deleted contacts by name."""
        with self._account.lock:
            self._account.empty_trash()
            return _sorted(map(self._entry, self._account.trash.values()))

    def restore(self, contact: str) -> None:
        """Take a contact out of the trash, into those of its labels that there still are.

        Raises:
            GoogleError: 404, when it is not in it.
        """
        with self._account.lock:
            take_out(self._account, f"people/{contact}")

    def undo(self, seconds: float) -> None:
        """Undo the changes of the last seconds.

        Raises:
            GoogleError: 400, when that is too long ago.
        """
        with self._account.lock:
            undo_changes(self._account, seconds)

    def merge(self, contacts: Iterable[str]) -> str:
        """Merge contacts by their ids into the first one; gives the id that it has then.

        Raises:
            GoogleError: 404 for a contact that there is not, 400 for fewer than two.
        """
        names = [f"people/{contact}" for contact in contacts]
        with self._account.lock:
            return merge(self._account, names, new_name=True).resource_name.removeprefix("people/")

    def _is_shown(self, group: Group) -> bool:
        if group.deleted or group.resource_name in _HIDDEN:
            return False
        everyday = not group.system or group.resource_name in (MY_CONTACTS, STARRED)
        return everyday or bool(self._account.members(group))

    def _in(self, label: str) -> Collection[Contact]:
        contacts = self._account.contacts
        if not label:
            return list(contacts.values())
        try:
            group = self._account.group(f"contactGroups/{label}")
        except GoogleError:
            return []
        return [contacts[name] for name in self._account.members(group)]

    def _entry(self, contact: Contact) -> Entry:
        groups = [self._account.groups[name] for name in contact.groups()]
        labels = tuple(group.name for group in groups if not group.system and not group.deleted)
        starred = STARRED in contact.groups()
        name = contact.resource_name.removeprefix("people/")
        return Entry(name, display_name(contact.fields), contact.fields, labels, starred, contact.updated)


def display_name(fields: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return the name that people recognise a contact by."""
    for field, member in (
        ("names", "displayName"),
        ("organizations", "name"),
        ("nicknames", "value"),
        ("emailAddresses", "value"),
        ("phoneNumbers", "value"),
    ):
        for item in fields.get(field, ()):
            if text := item.get(member):
                return str(text)
    return "(no name)"


def _label(group: Group, count: int) -> Label:
    name = group.resource_name.removeprefix("contactGroups/")
    return Label(name, group.formatted_name, count, not group.system)


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id))
