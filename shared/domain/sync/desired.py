"""Desired: the contacts that SIMPLer wants in a wisp's accounts; in each of them those of its scope."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from shared.domain.contact.card import Card
from shared.domain.contact.text import folded
from shared.domain.model.scope import EVERYBODY, PlaceKind, Scope
from shared.domain.model.wisp import Leavers, Wisp
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Entry
from shared.replace import replace

NOT_PLACED = "SIMPLer does not tell where this customer is served; the next run looks into its whole list"
"""Why a contact stays that may be outside its account's scope, where only this customer was read."""


class Record(Protocol):
    """SIMPLer's record of a customer; it is not read before its card is asked for."""

    @property
    def status(self) -> str:
        """The customer's status."""

    @property
    def digest(self) -> str:
        """A digest of all that the card depends on; empty where that is not known."""

    def texts(self, member: str) -> tuple[str, ...]:
        """Return what the record has at a member of SIMPLer's, each of a list; nothing that is no text."""

    def places(self, kind: PlaceKind) -> tuple[str, ...]:
        """Return where the customer is served, by SIMPLer's names; nothing where it does not tell."""

    def typed(self) -> Iterator[tuple[str, str]]:
        """Yield what SIMPLer has in the members that are read: each one's name there, and its text."""

    def card(self) -> Card:
        """Return the contact that the record asks for."""

    def named(self, template: str) -> str:
        """Return the contact's name as another name template makes it; raise `Misconfigured` if none can."""


class KnownCard(NamedTuple):
    """A card that stands for its record, such as one that was written once.

    Attributes:
        made: The card.
        status: The customer's status.
        digest: A digest of all that the card depends on; empty: not known.
        retired_at: Since when the customer was a former one (seconds since 1970); 0: they were none.
    """

    made: Card
    status: str = ""
    digest: str = ""
    retired_at: float = 0.0

    def texts(self, member: str) -> tuple[str, ...]:  # noqa: ARG002  as every record's
        """Return nothing: a card has no members of SIMPLer's."""
        return ()

    def places(self, kind: PlaceKind) -> tuple[str, ...]:  # noqa: ARG002  as every record's
        """Return nothing: a card does not tell where its customer is served."""
        return ()

    def typed(self) -> Iterator[tuple[str, str]]:
        """Yield nothing: a card does not tell what it was made from."""
        return iter(())

    def card(self) -> Card:
        """Return the card."""
        return self.made

    def named(self, template: str) -> str:  # noqa: ARG002  as every record's
        """Return the card's own name: it does not tell what that was made from."""
        return self.made.display


def contacts_of(records: Mapping[str, Record], wisp: Wisp) -> dict[str, Record]:
    """Return the records whose customers are contacts: by their status, and not left out."""
    wanted = {status for status in {each.status for each in records.values()} if wisp.wants(status)}
    rules = _rules(wisp)
    return {
        customer: record
        for customer, record in records.items()
        if record.status in wanted and not _left_out(record, rules)
    }


def why_no_contact(record: Record, wisp: Wisp) -> str:
    """Say in a sentence why the customer of a usable record is no contact; empty: they are one."""
    if not wisp.wants(record.status):
        wanted = ", ".join(f"“{status}”" for status in wisp.statuses)
        return f"The status “{record.status}” is none of those that make a contact: {wanted}."
    if found := _left_out(record, _rules(wisp)):
        member, text = found
        return f"The WISP's settings leave records out whose {member} is “{text}”."
    return ""


def _rules(wisp: Wisp) -> list[tuple[str, frozenset[str]]]:
    return [(rule.member, frozenset(map(folded, rule.values))) for rule in wisp.left_out]


def _left_out(record: Record, rules: Iterable[tuple[str, frozenset[str]]]) -> tuple[str, str] | None:
    """Return the member, and its text, by which a record is left out."""
    for member, values in rules:
        for text in record.texts(member):
            if folded(text) in values:
                return member, text
    return None


@dataclass(frozen=True, slots=True)
class Desired:
    """The contacts that SIMPLer wants.

    Attributes:
        wisp: The wisp's id.
        records: Of every customer who is a contact, in SIMPLer's order.
        held: Customers whose contact stays as it is, with the reason (an unusable record …).
        left: Customers who are no contacts by their status, or since their records are left out.
        leavers: What happens to those, and to customers that SIMPLer no longer has.
        outside: Those of customers who are contacts, but not in this account: outside its scope (`within`).
        unfound: Sites and access points of that scope which no contact has: they may have another name now.
        is_alone: Only this one customer was read, which tells nothing of what SIMPLer's list has.
        now: When SIMPLer was read (seconds since 1970).
        former_before: Contacts that retired before this (likewise) are removed.
        doubts: Reasons why a customer that is absent may yet exist; absence then removes nothing.
        is_past: It is what was once, and not what SIMPLer has.
        former: Who was a former customer then, and is to have a contact in their label again.
        made_since: Who had no contact then; that it was made since is certain.
    """

    wisp: str
    records: Mapping[str, Record] = field(repr=False)
    held: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    leavers: Leavers = "remove"
    outside: Mapping[str, Record] = field(default_factory=dict, repr=False)
    unfound: tuple[str, ...] = ()
    is_alone: bool = False
    now: float = 0.0
    former_before: float = 0.0
    doubts: tuple[str, ...] = ()
    is_past: bool = False
    former: Mapping[str, KnownCard] = field(default_factory=dict, repr=False)
    made_since: frozenset[str] = frozenset()
    _made: dict[str, tuple[Card, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def count(self) -> int:
        """How many customers are contacts."""
        return len(self.records)

    def within(self, scope: Scope) -> "Desired":
        """Return what an account of this scope is to hold.

        Whoever is outside of it is no leaver. A customer who is no contact at all has no scope either.
        """
        if scope == EVERYBODY:
            return self
        statuses = frozenset(map(folded, scope.statuses))
        parts: list[tuple[PlaceKind, tuple[str, ...]]] = [("site", scope.sites), ("ap", scope.access_points)]
        asked = [(kind, {folded(name): name for name in names}) for kind, names in parts if names]
        at = {
            customer: [frozenset(map(folded, record.places(kind))) for kind, _ in asked]
            for customer, record in self.records.items()
        }
        fitting = {
            customer: record
            for customer, record in self.records.items()
            if not statuses or folded(record.status) in statuses
            if not any(
                found and found.isdisjoint(names)
                for (_, names), found in zip(asked, at[customer], strict=True)
            )
        }
        untold = {customer for customer in fitting if not all(at[customer])}
        inside = {customer: record for customer, record in fitting.items() if customer not in untold}
        held = dict.fromkeys(untold, NOT_PLACED) if self.is_alone else {}
        known = [frozenset().union(*(found[part] for found in at.values())) for part in range(len(asked))]
        unfound = [
            name
            for (_, names), found in zip(asked, known, strict=True)
            for key, name in names.items()
            if key not in found
        ]
        return replace(
            self,
            records=inside,
            held={**self.held, **held},
            outside={
                customer: record
                for customer, record in self.records.items()
                if customer not in inside and customer not in held
            },
            unfound=() if self.is_alone else tuple(unfound),
        )

    def wants(self, customer: str) -> bool:
        """Return whether the customer is a contact."""
        return customer in self.records

    def card(self, customer: str) -> Card:
        """Return the contact that is wanted for the customer, here or outside, or was for a former one."""
        return self._card_and_digest(customer)[0]

    def digest(self, customer: str) -> str:
        """Digest what we would send for the customer."""
        return self._card_and_digest(customer)[1]

    def record(self, customer: str) -> str:
        """Return the digest of the customer's record, or empty."""
        return self.records[customer].digest

    def is_sent(self, customer: str, entry: Entry) -> bool:
        """Return whether we would send what we sent last; only another record is read to find out."""
        is_same_record = bool(entry.record) and entry.record == self.records[customer].digest
        return is_same_record or (bool(entry.sent) and entry.sent == self.digest(customer))

    def _card_and_digest(self, customer: str) -> tuple[Card, str]:
        """Make them once, whichever account asks first."""
        if customer not in self._made:
            record = self.records.get(customer) or self.outside.get(customer) or self.former[customer]
            card = record.card()
            self._made[customer] = card, digest(fields_of(card))
        return self._made[customer]
