"""Customer id: what can be the id of a SIMPLer customer."""

LONGEST_ID = 64
"""Characters of a customer's id."""


def may_be_id(customer: str) -> bool:
    """Return whether a text can be a customer's id: neither empty, nor too long, nor unprintable."""
    return bool(customer.strip()) and len(customer) <= LONGEST_ID and customer.isprintable()
