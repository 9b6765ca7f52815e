"""How a customer stands in an account, by SIMPLer's record and by the ledger."""

import pytest

from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Content, Entry, Head
from shared.domain.sync.standing import Standing, standing_of
from shared.replace import replace
from tests.unit.plan_kit import card

WANTED = Desired("acme", {"1": KnownCard(card(), "current")})
LEFT = Desired("acme", {}, left=frozenset({"1"}))
HELD = Desired("acme", {}, held={"1": "it has no name"})
OUTSIDE = Desired("acme", {}, outside={"1": KnownCard(card(), "current")}, leavers="former")
WHOLE, NEW = Head(whole=True), Head()
IN_DOUBT = Head(whole=True, unconfirmed={"1": 7.0})
SENT = digest(fields_of(card()))


def contact(content: Content = "ours", sent: str = SENT) -> Entry:
    """Return what the ledger knows of the customer's contact."""
    return Entry("people/c1", "id-c1", "tag-c1", sent, content=content)


RETIRED = contact("former")._replace(retired_at=8)


@pytest.mark.parametrize(
    ("desired", "head", "entry", "expected"),
    [
        (WANTED, WHOLE, contact(), "current"),
        (WANTED, WHOLE, contact("mixed"), "current"),
        (WANTED, WHOLE, contact(sent="other"), "outdated"),
        (WANTED, WHOLE, contact("unseen"), "unchecked"),
        (WANTED, WHOLE, contact("unlabelled"), "unlabelled"),
        (WANTED, WHOLE, None, "missing"),
        (WANTED, NEW, None, "unknown"),
        (WANTED, IN_DOUBT, None, "unsure"),
        (WANTED, NEW, contact(), "current"),
        (LEFT, WHOLE, contact(), "leaving"),
        (LEFT, WHOLE, contact("unseen"), "leaving"),
        (LEFT, WHOLE, contact("unlabelled"), "kept"),
        (LEFT, WHOLE, None, "absent"),
        (LEFT, NEW, None, "unknown"),
        (LEFT, IN_DOUBT, None, "unsure"),
        (replace(LEFT, leavers="keep"), WHOLE, contact(), "kept"),
        (replace(LEFT, leavers="former"), WHOLE, contact(), "retiring"),
        (replace(LEFT, leavers="former", former_before=7), WHOLE, RETIRED, "former"),
        (replace(LEFT, leavers="former", former_before=9), WHOLE, RETIRED, "leaving"),
        (WANTED, WHOLE, RETIRED, "returning"),
        (HELD, WHOLE, contact(), "kept"),
        (HELD, WHOLE, None, "absent"),
        (OUTSIDE, WHOLE, None, "outside"),
        (OUTSIDE, NEW, None, "unknown"),
        (OUTSIDE, IN_DOUBT, None, "unsure"),
        (OUTSIDE, WHOLE, contact(), "leaving"),
        (OUTSIDE, WHOLE, contact("unlabelled"), "kept"),
        (OUTSIDE, WHOLE, RETIRED, "leaving"),
    ],
)
def test_how_a_customer_stands(desired: Desired, head: Head, entry: Entry | None, expected: Standing) -> None:
    """Wanted or not, known or not, and as SIMPLer has them or not."""
    assert standing_of("1", desired, head, entry) == expected
