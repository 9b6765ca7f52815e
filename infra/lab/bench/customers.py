"""Customers: records that are all contacts, and changes to some of them."""

from typing import Any

from infra.standins.simpler.generator import make_customers

SEED = 2026


def contacts(count: int) -> list[dict[str, Any]]:
    """Return customers in order, of all countries and kinds, each with the status of a contact."""
    return [{**record, "status": "current"} for record in make_customers(count, SEED, odd=False)]


def changed(records: list[dict[str, Any]], share: float, generation: int) -> list[dict[str, Any]]:
    """Return the customers with another mobile number for a share of them, evenly spread.

    Args:
        records: All customers.
        share: 0 to 1.
        generation: Another one gives other numbers.
    """
    every = round(1 / share)
    return [
        {**record, "mobile": f"08{5 + generation} {2_000_000 + number}"} if number % every == 0 else record
        for number, record in enumerate(records)
    ]
