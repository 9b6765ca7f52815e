"""Plan: the changes that make an account equal to SIMPLer, as a value that `decisions.py` makes."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.domain.model.account import MOST_CONTACTS
from shared.domain.sync.ledger import Entry
from shared.domain.sync.merge import Merge
from shared.domain.sync.person import Person
from shared.replace import replace

Reason = Literal[
    "new",
    "deleted",
    "unlabelled",
    "back",
    "changed",
    "mended",
    "left",
    "gone",
    "outside",
    "former",
    "duplicate",
    "disconnected",
]
"""Why a contact is changed: `make_plan` says when. "disconnected": its account is let go."""

KeptReason = Literal["shared", "held", "setting", "doubt", "unconfirmed", "own", "edited", "again"]
"""Why a contact stays, or none is made: `make_plan` says when. "again": a user changed once more what
was put right a moment ago, which is left to the night."""

NOBODY = Person("", "")
"""Stands for the contact that is still to be made."""


class PlannedChange(msgspec.Struct, frozen=True):
    """One change to an account, whatever its kind. The customer's card says what the contact is to be.

    Attributes:
        customer: The customer's id.
        reason: Why.
        person: The contact as it is known; `NOBODY` where it is to be made.
        fields: For an update: in which fields the contact differs from its card.
        merged: For an update: what the contact is to hold, where it was read; otherwise it holds exactly what
            we wrote last, of which the ledger knows the etag.
        retires: For a removal: the contact only goes over to the label of former customers. For a contact
            that is made: it is made in that label.
    """

    customer: str
    reason: Reason
    person: Person = NOBODY
    fields: tuple[str, ...] = ()
    merged: Merge | None = None
    retires: bool = False

    @property
    def additions(self) -> tuple[str, ...]:
        """In which fields the user's own additions stay."""
        return tuple(self.merged.additions) if self.merged else ()


class Plan(msgspec.Struct):
    """The changes to an account, in the order in which they are made.

    Attributes:
        relabel: Marked contacts that lost our label, or retired and are wanted again.
        update: Contacts that differ from their card.
        create: Customers without a contact.
        remove: Contacts without a card.
        no_room: Customers without a contact for whom the account has no room (`cut_to_room`).
        found: Resource names of the contacts that were read and carry our mark, by customer, labelled or not.
        unread: The ledger's entries of those that were not read, labelled and not.
        seen: The ledger's entries that need no write: unchanged contacts, and ones found equal.
        previous: Earlier resource names that Google told of contacts which need nothing, by customer.
        extras: Contacts with our mark besides the first one of their customer, labelled or not; and those
            that Google hides and no entry of the ledger names: whose, by resource name.
        unsure: Customers whose contact may be there all the same; none is created for them now.
        unchanged: How many contacts need nothing.
        kept: Why contacts stay without a card or untouched, or are not made yet, by customer.
        owned: How many contacts of the account are ours, duplicates included.
        total: How many contacts the account holds, the user's own included.
    """

    relabel: list[PlannedChange] = msgspec.field(default_factory=list)
    update: list[PlannedChange] = msgspec.field(default_factory=list)
    create: list[PlannedChange] = msgspec.field(default_factory=list)
    remove: list[PlannedChange] = msgspec.field(default_factory=list)
    no_room: list[PlannedChange] = msgspec.field(default_factory=list)
    found: dict[str, str] = msgspec.field(default_factory=dict)
    unread: tuple[Mapping[str, Entry], ...] = ()
    seen: dict[str, Entry] = msgspec.field(default_factory=dict)
    previous: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    extras: dict[str, str] = msgspec.field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    unchanged: int = 0
    kept: dict[str, KeptReason] = msgspec.field(default_factory=dict)
    owned: int = 0
    total: int = 0

    @property
    def writes(self) -> int:
        """How many contacts would be written at most."""
        return len(self.relabel) + len(self.update) + len(self.remove) + len(self.create)

    def counts(self) -> dict[str, int]:
        """Return how many contacts are to be changed, by kind; those for whom there is no room included."""
        return {
            "create": len(self.create) + len(self.no_room),
            "update": len(self.update),
            "relabel": len(self.relabel),
            "remove": sum(not each.retires for each in self.remove),
            "retire": sum(each.retires for each in self.remove),
        }

    def has(self, customer: str) -> bool:
        """Return whether there is a contact that carries the customer's mark, labelled or not."""
        return customer in self.found or any(customer in entries for entries in self.unread)

    def pending(self) -> frozenset[str]:
        """Return the customers whose present contact is to be written."""
        return frozenset(change.customer for change in (*self.relabel, *self.update, *self.remove))


def cut_to_room(plan: Plan) -> Plan:
    """Move the creates for which the account has no room to `no_room`."""
    room = max(0, MOST_CONTACTS - plan.total)
    return replace(plan, create=plan.create[:room], no_room=plan.create[room:])
