"""Customer list: the usable records of a listing; each is read as a customer when that is asked for.

Most nights nearly every record is what it was the night before. Its digest tells so, for a hundredth of what
reading it costs: texts to clean, telephone numbers to understand.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from shared.domain.contact.customer import Customer

RULES_VERSION = 3
"""Grows with every change of the rules by which a record becomes a card: all records are then read again."""


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


class CustomerList:
    """The customers of a listing.

    Attributes:
        listed: Their records.
    """

    def __init__(self, listed: Sequence[Listed], read: Callable[[Listed], Customer]) -> None:
        """`read` gives the customer that a record describes."""
        self.listed = listed
        self.read = read

    @classmethod
    def of(cls, customers: Sequence[Customer]) -> "CustomerList":
        """Make a list of customers that were read already."""
        known = {customer.id: customer for customer in customers}
        return cls([Listed(c.id, c.status, "", None) for c in customers], lambda listed: known[listed.id])

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[Customer]:
        return map(self.read, self.listed)
