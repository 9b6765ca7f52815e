"""Roll: the usable records of a listing; each is read as a customer when that is asked for.

Most nights nearly every record is what it was the night before. Its digest tells so, for a hundredth of what
reading it costs: texts to clean, telephone numbers to understand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, overload

from shared.domain.card import Card, make_card
from shared.domain.customer import Customer
from shared.domain.wisp import Wisp

RULES = 1
"""Grows with every change of the rules by which a record becomes a card: all records are then read again."""

_READ_BEFORE = 1024
"""Cards that are remembered: accounts that are written side by side want the same ones."""


class Listed(NamedTuple):
    """A record that can become a customer.

    Attributes:
        id: The customer's id.
        status: The customer's status.
        digest: Changes when the record does, in what is read of it; empty where none was taken.
        raw: The record.
    """

    id: str
    status: str
    digest: str
    raw: object


class Roll(Sequence[Customer]):
    """The customers of a listing.

    Attributes:
        listed: Their records.
    """

    def __init__(self, listed: Sequence[Listed], read: Callable[[Listed], Customer]) -> None:
        """`read` gives the customer that a record describes."""
        self.listed = listed
        self.read = read

    @classmethod
    def of(cls, customers: Sequence[Customer]) -> "Roll":
        """A roll of customers that were read already."""
        known = {customer.id: customer for customer in customers}
        return cls([Listed(c.id, c.status, "", None) for c in customers], lambda listed: known[listed.id])

    def __len__(self) -> int:
        return len(self.listed)

    @overload
    def __getitem__(self, index: int) -> Customer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Customer]: ...
    def __getitem__(self, index: int | slice) -> Customer | Sequence[Customer]:
        found = self.listed[index]
        return self.read(found) if isinstance(found, Listed) else [self.read(one) for one in found]


class Cards(Mapping[str, Card]):
    """The cards of those customers on a roll who are contacts, by id; each is made when it is asked for."""

    def __init__(self, roll: Roll, wisp: Wisp) -> None:
        """Take those whose status the wisp wants."""
        wants = {status: wisp.wants(status) for status in {listed.status for listed in roll.listed}}
        self._roll = roll
        self._wisp = wisp
        self._listed = {listed.id: listed for listed in roll.listed if wants[listed.status]}
        self._make = lru_cache(_READ_BEFORE)(self._made)

    def __getitem__(self, customer: str) -> Card:
        return self._make(customer)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def __contains__(self, customer: object) -> bool:
        return customer in self._listed

    def digests(self) -> Mapping[str, str]:
        """The digests of the records that they are made from, where any were taken."""
        return {id_: listed.digest for id_, listed in self._listed.items() if listed.digest}

    def _made(self, customer: str) -> Card:
        return make_card(self._roll.read(self._listed[customer]), self._wisp)
