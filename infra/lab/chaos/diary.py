"""Diary: what the owner of an account has done, and so what must be found again at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.replace import replace

Contact = Mapping[str, Any]
"""A contact as the stand-in's snapshot shows it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An owner's deeds to one contact of ours."""

    additions: tuple[tuple[str, Contact], ...] = ()
    groups: frozenset[str] = frozenset()
    note: str = ""
    edited: bool = False


@dataclass(slots=True)
class Diary:
    """The things that are an owner's own.

    Attributes:
        own: The contacts without our mark, whole, by resource name, as their owner left them.
        additions: What the owner added to contacts of ours: (field, item) by resource name.
        groups: Labels of the owner's and the star, on contacts of ours.
        notes: The owner's notes on contacts of ours.
        edited: Contacts of ours that the owner changed otherwise.
        reworded: Contacts of ours that a phone saved in other words.
        trashed: What there was to contacts of ours that their owner put into the trash.
        labels_back: Whether the owner has brought a former label back.
    """

    own: dict[str, Contact] = field(default_factory=dict)
    additions: dict[str, list[tuple[str, Contact]]] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    reworded: set[str] = field(default_factory=set)
    trashed: dict[str, Kept] = field(default_factory=dict)
    labels_back: bool = False

    def touched(self, name: str) -> bool:
        """Return whether a contact of ours has become its owner's own in any way."""
        everything = (self.additions, self.groups, self.notes, self.edited, self.reworded)
        return any(name in kept for kept in everything)

    def kept(self, name: str) -> Kept:
        """Return what the owner has done to a contact of ours."""
        additions, groups = tuple(self.additions.get(name, ())), frozenset(self.groups.get(name, ()))
        return Kept(additions, groups, self.notes.get(name, ""), name in self.edited)

    def keep(self, name: str, kept: Kept) -> None:
        """Have that be what the owner has done to a contact of ours."""
        self.forget(name)
        if kept.additions:
            self.additions[name] = list(kept.additions)
        if kept.groups:
            self.groups[name] = set(kept.groups)
        if kept.note:
            self.notes[name] = kept.note
        if kept.edited:
            self.edited.add(name)

    def forget(self, name: str) -> None:
        """Note that nothing of an owner's is on a contact of ours."""
        self.edited.discard(name)
        self.reworded.discard(name)
        for kept in (self.additions, self.groups, self.notes):
            kept.pop(name, None)

    def note_trashed(self, name: str) -> None:
        """Note that the owner put a contact of ours into the trash."""
        self.trashed[name] = self.kept(name)
        self.forget(name)

    def note_restored(self, name: str) -> None:
        """Note that a contact of ours is back from the trash."""
        if name in self.trashed:
            self.keep(name, self.trashed.pop(name))

    def copy(self, name: str, copy: str, *, labels: bool) -> None:
        """Note that there is a copy of a contact of ours, with or without its labels."""
        kept = self.kept(name)
        self.keep(copy, kept if labels else replace(kept, groups=frozenset()))

    def merge(self, names: list[str], result: str) -> None:
        """Note that contacts of ours became one."""
        kept = [self.kept(name) for name in names]
        for name in names:
            self.note_trashed(name)
        additions = tuple(item for each in kept for item in each.additions)
        groups = frozenset[str]().union(*(each.groups for each in kept))
        notes = [each.note for each in kept if each.note]
        self.keep(result, Kept(additions, groups, notes[0] if notes else "", edited=True))

    def at_this_moment(self) -> "Diary":
        """Return a copy, which stays as it is now."""
        return Diary(
            dict(self.own),
            {name: list(items) for name, items in self.additions.items()},
            {name: set(groups) for name, groups in self.groups.items()},
            dict(self.notes),
            set(self.edited),
            set(self.reworded),
            dict(self.trashed),
            self.labels_back,
        )
