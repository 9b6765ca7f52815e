"""Source: a wisp's customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # reading records loads patterns and the numbering plans, which most functions never need
    from shared.domain.contact.customer import Skipped
    from shared.domain.sync.desired import Record


@dataclass(frozen=True, slots=True)
class Listing:
    """All customers of a wisp, to the proven end of the listing.

    Attributes:
        records: The usable records, by the customer's id, in SIMPLer's order.
        skipped: Records that cannot be used, with the reason.
        total: How many records were listed, usable or not.
        doubts: Why a customer that is absent here may still exist: a record without an id, for example. With
            any doubt, absence is no reason to remove a contact.
    """

    records: "Mapping[str, Record]" = field(repr=False)
    skipped: "tuple[Skipped, ...]"
    total: int
    doubts: tuple[str, ...] = ()


class CustomerSource(Protocol):
    """A source of a wisp's customers.

    Every method may raise `StopRun`: SIMPLer failed, refused or cannot be understood (its `reason` says
    which); and `Misconfigured`: the address, the profile or the credentials are wrong.
    """

    def customers(self, *, is_awaited: bool = False) -> Listing:
        """List every customer, to the proven end of the listing; in minutes where somebody waits for it."""

    def customer(self, customer: str) -> "Record | Skipped | None":
        """Return one customer by id; None if SIMPLer says that it has no such customer."""

    def some(self, customers: Sequence[str], listed: int | None) -> "Mapping[str, Record | Skipped | None]":
        """Return several customers by id, as `customer` returns one; in as few seconds as that may take.

        Args:
            customers: Their ids.
            listed: How many records the list had when it was read last; None: not known.
        """
