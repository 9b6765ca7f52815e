"""What becomes of a contact that a list does not show: it is shown by its name, gone, or unsure."""

from collections.abc import Mapping

import pytest

from shared.domain.sync.actual import Actual, unlisted
from shared.domain.sync.ledger import Entry, Ledger
from shared.domain.sync.person import Person
from shared.usecases.sync.missing import LAG, add_missing
from tests.unit.plan_kit import LABEL, card, desired, ledger, person

NOW = 1_000_000.0
ONE = desired([card()])


def looked(known: Ledger, says: Mapping[str, Person | None]) -> Actual:
    """Return the picture of an account whose list shows nobody."""
    found = Actual(label=LABEL)
    add_missing(found, known, ONE, unlisted(found, known), says, now=NOW)
    return found


def test_one_that_is_shown_by_its_name_is_there() -> None:
    """As it was read now, under the name that it has now."""
    known = ledger({"1": Entry("people/old")})
    shown = person(card(), "new")

    assert looked(known, {"people/old": shown}).labelled == {"1": [shown]}
    assert known.head.unconfirmed == {}


@pytest.mark.parametrize(("made", "is_gone"), [(NOW - LAG, True), (NOW - LAG + 1, False)])
def test_one_of_which_google_says_that_it_is_gone_is_gone(made: float, *, is_gone: bool) -> None:
    """But not while a contact was made a moment ago, which may not be found by its name either."""
    known = ledger({"1": Entry("people/c1")})
    known.head.last_created_at = made
    found = looked(known, {"people/c1": None})

    assert found.labelled == {}
    assert found.unsure == (set() if is_gone else {"1"})
    assert known.head.unconfirmed == ({} if is_gone else {"1": made})


@pytest.mark.parametrize("since", [None, NOW - LAG + 1, NOW - 9 * LAG])
def test_one_of_which_google_says_nothing_is_unsure(since: float | None) -> None:
    """However long that lasts."""
    known = ledger({"1": Entry("people/c1")})
    known.head.unconfirmed = {"1": since} if since else {}
    found = looked(known, {})

    assert found.unsure == {"1"}
    assert found.hidden == {"people/c1": "1"}
    assert known.head.unconfirmed == {"1": since or NOW}


def test_a_second_contact_that_nobody_shows_leaves_its_customer_sure() -> None:
    """Only the contact that the entry names tells whether the customer has one."""
    known = ledger({})
    known.head.extras = {"people/c2": "1"}

    assert looked(known, {}).unsure == set()
