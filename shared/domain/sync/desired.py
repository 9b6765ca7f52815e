"""Desired: what SIMPLer wants of a wisp's accounts; the same for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.contact.card import Card
from shared.domain.model.wisp import Leavers
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.ledger import Entry
from shared.domain.sync.merge import digest


@dataclass(frozen=True, slots=True)
class Desired:
    """What SIMPLer wants.

    Attributes:
        wisp: The wisp's id.
        cards: The card of every customer who is a contact; it may be made when it is asked for.
        held: Customers whose contact stays as it is, with the reason (an unusable record …).
        left: Customers whose status is no longer one of a contact's.
        leavers: What happens to those, and to customers that SIMPLer no longer has.
        doubts: Reasons why a customer that is absent may yet exist; absence then removes nothing.
        records: Digest of the record that a card is made from, by customer, where one was taken: while that
            is the same, the card is.
    """

    wisp: str
    cards: Mapping[str, Card]
    held: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    leavers: Leavers = "remove"
    doubts: tuple[str, ...] = ()
    records: Mapping[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def count(self) -> int:
        """How many customers are contacts."""
        return len(self.cards)

    def wants(self, customer: str) -> bool:
        """Whether the customer is a contact."""
        return customer in self.cards

    def digest(self, customer: str) -> str:
        """Of what we would send for the customer."""
        if customer not in self._digests:
            self._digests[customer] = digest(fields_of(self.cards[customer]))
        return self._digests[customer]

    def record(self, customer: str) -> str:
        """Digest of the customer's record, or empty."""
        return self.records.get(customer, "")

    def is_same(self, customer: str, entry: Entry) -> bool:
        """Whether the customer's record is the one that we sent last; it is then wanted as it was."""
        return bool(entry.record) and entry.record == self.records.get(customer)

    def is_sent(self, customer: str, entry: Entry) -> bool:
        """Whether what we sent last is what we would send now."""
        return self.is_same(customer, entry) or (bool(entry.sent) and entry.sent == self.digest(customer))
