"""Source: where customers come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from shared.domain.contact.customer import Skipped

if TYPE_CHECKING:  # reading records loads the numbering plans, which most functions never need
    from shared.domain.sync.desired import Record


@dataclass(frozen=True, slots=True)
class Listing:
    """All customers of a wisp, to the proven end of the listing.

    Attributes:
        records: Every usable one, by the customer's id, in SIMPLer's order.
        skipped: Records that cannot be used, with the reason.
        total: How many records there were, usable or not.
        doubts: Why a customer that is absent here may yet exist (a record without an id …); while there
            is any, absence is no reason to remove a contact.
    """

    records: "Mapping[str, Record]" = field(repr=False)
    skipped: tuple[Skipped, ...]
    total: int
    doubts: tuple[str, ...] = ()


class CustomerSource(Protocol):
    """Where a wisp's customers come from.

    Raises, from every method: `StopRun` when SIMPLer failed, refused or cannot be understood (its `reason`
    tells which), `Misconfigured` when the address, the profile or the credentials are wrong.
    """

    def customers(self) -> Listing:
        """Every customer, to the proven end of the listing."""

    def customer(self, customer: str) -> "Record | Skipped | None":
        """One customer by its id; None when SIMPLer says that there is none."""
