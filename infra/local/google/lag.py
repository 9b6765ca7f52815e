"""Lag: how long after a write readers still see what was before it.

"Writes may have a propagation delay of several minutes for sync requests" (people.connections.list), and a
get may show the contact as it was before an update (googleapis/google-api-python-client#2417).
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from infra.local.google.contact import Contact

Reading = Literal["sync", "listing", "get"]
"""What is read: a listing with a sync token or for one, a plain listing, single people by name."""


class Lag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of the stand-in's clock after which a write is seen; a change of them is for later writes.

    Attributes:
        sync: By listings that have a sync token, or ask for one.
        listing: By other listings.
        get: By people.get and getBatchGet.
    """

    sync: float = 0
    listing: float = 0
    get: float = 0


@dataclass(frozen=True, slots=True)
class _Change:
    due: float
    sequence: int
    name: str
    after: Contact | None


@dataclass(slots=True)
class Sight:
    """How one sort of readers sees an account: each change after a while, in the order of the changes.

    The last change that is seen is what a sync token stands for, so that none is ever lost between two.
    """

    _pending: deque[_Change] = field(default_factory=deque)
    _held: dict[str, Contact | None] = field(default_factory=dict)

    @property
    def behind(self) -> bool:
        """Whether there are changes that are not seen yet."""
        return bool(self._pending)

    def note(
        self, name: str, before: Contact | None, after: Contact | None, sequence: int, due: float
    ) -> None:
        """Hold back a change.

        Args:
            name: The resource name.
            before: What there was of that name; None for nothing.
            after: What there is; None for nothing.
            sequence: The number of the change.
            due: When it is seen, in seconds since 1970; never before an earlier change.
        """
        if self._pending:
            due = max(due, self._pending[-1].due)
        self._pending.append(_Change(due, sequence, name, after))
        self._held.setdefault(name, before)

    def catch_up(self, now: float) -> None:
        """See every change that is due."""
        while self._pending and self._pending[0].due <= now:
            change = self._pending.popleft()
            self._held[change.name] = change.after
        if not self._pending:
            self._held.clear()

    def position(self, last: int) -> int:
        """The number of the last change that is seen, when `last` is that of the last there was."""
        return self._pending[0].sequence - 1 if self._pending else last

    def person(self, name: str, contacts: Mapping[str, Contact]) -> Contact | None:
        """What is seen of a contact; None for nothing."""
        contact = self._held[name] if name in self._held else contacts.get(name)
        return None if contact is None or contact.deleted_at is not None else contact

    def people(self, contacts: Mapping[str, Contact]) -> Collection[Contact]:
        """Every contact that is seen, oldest change first."""
        if not self._held:
            return contacts.values()
        return [contact for contact in self._seen(contacts) if contact.deleted_at is None]

    def changes(self, since: int, contacts: dict[str, Contact], trash: dict[str, Contact]) -> list[Contact]:
        """Every contact that is seen, or seen to be deleted, with a later change, oldest change first."""
        if self._held:
            return [contact for contact in self._seen({**trash, **contacts}) if contact.sequence > since]
        later = [*_later(since, contacts), *_later(since, trash)]
        return sorted(later, key=lambda contact: contact.sequence)

    def _seen(self, contacts: Mapping[str, Contact]) -> list[Contact]:
        others = [contact for name, contact in contacts.items() if name not in self._held]
        held = [contact for contact in self._held.values() if contact]
        return sorted((*others, *held), key=lambda contact: contact.sequence)


def _later(since: int, contacts: dict[str, Contact]) -> Iterator[Contact]:
    """Those with a later change, of contacts that are kept in the order of their changes."""
    for contact in reversed(contacts.values()):
        if contact.sequence <= since:
            return
        yield contact
