"""Diary: what the owner of an account has done, and so what must be found again at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Contact = Mapping[str, Any]
"""A contact as the stand-in's snapshot shows it."""


@dataclass(slots=True)
class Diary:
    """What is an owner's own.

    Attributes:
        own: The contacts without our mark, whole, by resource name, as their owner left them.
        additions: What the owner added to contacts of ours: (field, item) by resource name.
        groups: Labels of the owner's and the star, on contacts of ours.
        notes: The owner's notes on contacts of ours.
        edited: Contacts of ours that the owner changed otherwise.
    """

    own: dict[str, Contact] = field(default_factory=dict)
    additions: dict[str, list[tuple[str, Contact]]] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)

    def touched(self, name: str) -> bool:
        """Whether the owner has made a contact of ours his own in any way."""
        return any(name in kept for kept in (self.additions, self.groups, self.notes, self.edited))

    def forget(self, name: str) -> None:
        """A contact of ours is gone, by its owner's own hand."""
        self.edited.discard(name)
        for kept in (self.additions, self.groups, self.notes):
            kept.pop(name, None)

    def merge(self, names: list[str], result: str) -> None:
        """Contacts of ours became one."""
        additions = [item for name in names for item in self.additions.get(name, ())]
        groups = {group for name in names for group in self.groups.get(name, ())}
        notes = [self.notes[name] for name in names if name in self.notes]
        for name in names:
            self.forget(name)
        self.edited.add(result)
        if additions:
            self.additions[result] = additions
        if groups:
            self.groups[result] = groups
        if notes:
            self.notes[result] = notes[0]
