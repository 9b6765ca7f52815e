"""Lag: how long after a write readers still see what was before it.

"Writes may have a propagation delay of several minutes for sync requests" (people.connections.list), and a
get may show the contact as it was before an update (googleapis/google-api-python-client#2417). Client data of
a label may not show right after it was written: mrmattwilkins/google-contacts-sync waits for it
(`get_contactGroup_wait_SYNC_TAG`).
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

Reading = Literal["sync", "listing", "get", "labels", "label"]
"""What is read: a listing with a sync token or for one, a plain listing, single people by name; the list of
labels, single labels by name."""


class Thing(Protocol):
    """A thing that is seen: a contact or a label."""

    @property
    def sequence(self) -> int:
        """The number of its last change."""

    @property
    def gone(self) -> bool:
        """Whether that was its deletion."""


T = TypeVar("T", bound=Thing)


class Lag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of the stand-in's clock after which a write is seen; a change of them is for later writes.

    Attributes:
        sync: By listings that have a sync token, or ask for one.
        listing: By other listings.
        get: By people.get and getBatchGet.
        labels: By contactGroups.list, of labels and of who is in them.
        label: By contactGroups.get, of the same.
    """

    sync: float = 0
    listing: float = 0
    get: float = 0
    labels: float = 0
    label: float = 0


@dataclass(frozen=True, slots=True)
class _Change(Generic[T]):
    due: float
    sequence: int
    name: str
    after: T | None


@dataclass(slots=True)
class Sight(Generic[T]):
    """An account as one sort of readers sees it: each change after a while, in the order of the changes.

    The last change that is seen is what a sync token stands for, so that none is ever lost between two.
    """

    _pending: deque[_Change[T]] = field(default_factory=deque)
    _held: dict[str, T | None] = field(default_factory=dict)

    @property
    def behind(self) -> bool:
        """Whether there are changes that are not seen yet."""
        return bool(self._pending)

    def note(self, name: str, before: T | None, after: T | None, sequence: int, due: float) -> None:
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
        """Return the number of the last change that is seen, when `last` is that of the last there was."""
        return self._pending[0].sequence - 1 if self._pending else last

    def one(self, name: str, things: Mapping[str, T]) -> T | None:
        """Return what is seen of one; None for nothing."""
        thing = self.trace(name, things)
        return None if thing is None or thing.gone else thing

    def trace(self, name: str, things: Mapping[str, T]) -> T | None:
        """Return what is seen of one, or of its deletion; None for nothing."""
        return self._held[name] if name in self._held else things.get(name)

    def all(self, things: Mapping[str, T]) -> Collection[T]:
        """Return each that is seen, oldest change first.

        Args:
            things: What there is, in the order of the changes.
        """
        if not self._held:
            return things.values()
        return [thing for thing in self._seen(things) if not thing.gone]

    def changes(self, since: int, there: dict[str, T], gone: dict[str, T]) -> list[T]:
        """Return each that is seen, or seen to be deleted, with a later change, oldest change first.

        Args:
            since: The number of the last change that is known.
            there: What there is, in the order of the changes.
            gone: What was deleted, in that order.
        """
        if self._held:
            return [thing for thing in self._seen({**gone, **there}) if thing.sequence > since]
        later = [*_later(since, there), *_later(since, gone)]
        return sorted(later, key=lambda thing: thing.sequence)

    def _seen(self, things: Mapping[str, T]) -> list[T]:
        others = [thing for name, thing in things.items() if name not in self._held]
        held = [thing for thing in self._held.values() if thing]
        return sorted((*others, *held), key=lambda thing: thing.sequence)


def _later(since: int, things: dict[str, T]) -> Iterator[T]:
    """Yield the things with a later change; they are kept in the order of their changes."""
    for thing in reversed(things.values()):
        if thing.sequence <= since:
            return
        yield thing
