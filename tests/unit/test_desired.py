"""What SIMPLer wants of an account."""

from shared.domain.contact.card import Card
from shared.domain.sync.desired import Desired, KnownCard

DESIRED = Desired(
    "acme", {"1": KnownCard(Card("1", "Ann")), "2": KnownCard(Card("2", "Bob"))}, left=frozenset({"3"})
)


def test_a_customer_is_a_contact_or_is_not() -> None:
    """Those with a card are; who left, and who is unknown, is not."""
    assert [DESIRED.wants(customer) for customer in ("1", "2", "3", "4")] == [True, True, False, False]


def test_contacts_are_counted() -> None:
    """Only those with a card count."""
    assert DESIRED.count == 2
