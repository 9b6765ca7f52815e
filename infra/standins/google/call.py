"""One call of an API method, checked and ready to be done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, View
from infra.standins.google.discovery import Discovery
from infra.standins.google.fieldmask import read_mask
from infra.standins.google.fields import FieldShape
from infra.standins.google.group import Group
from infra.standins.google.lag import Reading, Sight
from infra.standins.google.mishap import LeftOut, Mishap
from infra.standins.google.rules import Rules

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a method.

    Attributes:
        account: Whose data it is about.
        resource: The resource name in the path, or "".
        params: The query parameters, converted.
        body: The body, checked against its schema.
        method: The method's name.
        now: The time.
        discovery: The API's description.
        shapes: The fields that can be written.
        rules: What the stand-in's user has chosen.
        random: For shuffling.
        fault: What goes wrong inside of the method; None for nothing.
        by_owner: Whether the account's owner calls, who sees at once what is so.
    """

    account: Account
    resource: str
    params: Mapping[str, Any]
    body: Mapping[str, Any]
    method: str
    now: datetime
    discovery: Discovery
    shapes: Mapping[str, FieldShape]
    rules: Rules
    random: Random
    fault: Mishap | None
    by_owner: bool

    def sight(self, reading: Reading) -> Sight[Contact]:
        """Return how the caller sees the account's contacts."""
        return Sight() if self.by_owner else self.account.sight(reading)

    def label_sight(self, reading: Reading) -> Sight[Group]:
        """Return how the caller sees the account's labels."""
        return Sight() if self.by_owner else self.account.label_sight(reading)

    def leaves_out(self, what: LeftOut) -> bool:
        """Return whether a planned fault leaves it out of the answer."""
        return self.fault is not None and self.fault.left_out == what

    def shuffled(self, answers: Iterable[T]) -> list[T]:
        """Return the answers for the people of a batch, in the order in which they are sent."""
        found = list(answers)
        return self.random.sample(found, len(found)) if self.rules.shuffle_answers else found

    def view(self, paths: tuple[str, ...], *, listed: bool = False, synced: bool = False) -> View:
        """Return how people are shown, from the sources that the query or the body asks for."""
        sources = self.params.get("sources") or self.body.get("sources") or ()
        shuffle = self.random if self.rules.shuffle_items else None
        return View.of(paths, sources, listed=listed, synced=synced, shuffle=shuffle)

    def body_mask(self, schema: str, member: str) -> tuple[str, ...]:
        """Return the paths of a field mask in the body, none when it is absent or empty."""
        return read_mask(member, self.body.get(member), self.discovery.mask_paths(schema, member))

    def person_paths(self) -> frozenset[str]:
        """Return every path that a person can be read with."""
        return self.discovery.mask_paths("BatchCreateContactsRequest", "readMask")


Play = Callable[[Call], dict[str, Any]]
"""Plays a method: from the call to the JSON of the answer, or a GoogleError."""
