"""One call of an API method, checked and ready to be played."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Literal

from infra.local.google.account import Account
from infra.local.google.contact import View
from infra.local.google.discovery import Discovery
from infra.local.google.fieldmask import read_mask
from infra.local.google.fields import FieldShape


@dataclass(frozen=True, slots=True)
class Rules:
    """Where Google is silent, or where a test wants another world.

    Attributes:
        max_contacts: Contacts in an account, its trash included (Google Contacts Help: 25,000).
        missing_in_batch_delete: Whether a name that does not exist has the whole batch refused with 404 or is
            passed over. Google does not say.
        refuse_overlaps: Whether a mutate request that begins while another one of the same account is under
            way is answered 409 ABORTED. Google says only "increased latency and failures".
        shuffle_items: Whether the items of a field come in another order at each read: "the items in a field
            have no guaranteed order".
    """

    max_contacts: int = 25_000
    missing_in_batch_delete: Literal["refuse", "ignore"] = "refuse"
    refuse_overlaps: bool = False
    shuffle_items: bool = False


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

    def view(self, paths: tuple[str, ...], *, listed: bool = False) -> View:
        """How people are shown, from the sources asked for in the query or the body."""
        sources = self.params.get("sources") or self.body.get("sources") or ()
        shuffle = self.random if self.rules.shuffle_items else None
        return View.of(paths, sources, listed=listed, shuffle=shuffle)

    def body_mask(self, schema: str, member: str) -> tuple[str, ...]:
        """The paths of a field mask in the body, none when it is absent or empty."""
        return read_mask(member, self.body.get(member), self.discovery.mask_paths(schema, member))

    def person_paths(self) -> frozenset[str]:
        """Every path that a person can be read with."""
        return self.discovery.mask_paths("BatchCreateContactsRequest", "readMask")


Play = Callable[[Call], dict[str, Any]]
"""Plays a method: from the call to the JSON of the answer, or a GoogleError."""
