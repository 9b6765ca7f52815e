"""Where customers come from."""

from dataclasses import dataclass
from typing import Protocol

from shared.domain.contact.customer import Customer, Skipped
from shared.domain.contact.customer_list import CustomerList


@dataclass(frozen=True, slots=True)
class Listing:
    """All customers of a wisp, to the proven end of the listing.

    Attributes:
        customers: Of every usable record, each id once.
        skipped: Records that cannot be used, with the reason.
        total: How many records there were, usable or not.
        doubts: Why a customer that is absent here may yet exist (a record without an id …); while there
            is any, absence is no reason to remove a contact.
    """

    customers: CustomerList
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

    def customer(self, customer: str) -> Customer | Skipped | None:
        """One customer by its id; None when SIMPLer says that there is none."""
