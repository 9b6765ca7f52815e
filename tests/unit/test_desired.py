"""What SIMPLer wants of an account."""

import pytest

from shared.domain.contact.card import Card
from shared.domain.model.scope import EVERYBODY, Scope
from shared.domain.sync.desired import NOT_PLACED, Desired, KnownCard
from tests.unit.plan_kit import Placed

DESIRED = Desired(
    "acme", {"1": KnownCard(Card("1", "Ann")), "2": KnownCard(Card("2", "Bob"))}, left=frozenset({"3"})
)


def test_a_customer_is_a_contact_or_is_not() -> None:
    """Those with a card are; who left, and who is unknown, is not."""
    assert [DESIRED.wants(customer) for customer in ("1", "2", "3", "4")] == [True, True, False, False]


def test_contacts_are_counted() -> None:
    """Only those with a card count."""
    assert DESIRED.count == 2


SPREAD = Desired(
    "acme",
    {
        "1": Placed(Card("1", "Ann"), "Blarney", "Blarney-1"),
        "2": Placed(Card("2", "Bob"), "Blarney", "Blarney-2"),
        "3": Placed(Card("3", "Cal"), "Cobh", "Cobh-1", "waiting for install"),
        "4": Placed(Card("4", "Dee")),
    },
    left=frozenset({"5"}),
)


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (EVERYBODY, {"1", "2", "3", "4"}),
        (Scope(sites=("BLARNEY ",)), {"1", "2"}),
        (Scope(sites=("Blarney", "Cobh")), {"1", "2", "3"}),
        (Scope(access_points=("Blarney-2", "Cobh-1")), {"2", "3"}),
        (Scope(statuses=("Current",)), {"1", "2", "4"}),
        (Scope(sites=("Blarney", "Cobh"), statuses=("waiting for install",)), {"3"}),
        (Scope(sites=("Blarney",), access_points=("Cobh-1",)), set()),
    ],
)
def test_an_account_holds_those_of_its_scope(scope: Scope, inside: set[str]) -> None:
    """Who fits every part that names anything; the others are outside, and who left has left."""
    found = SPREAD.within(scope)

    assert found.records.keys() == inside
    assert found.outside.keys() == SPREAD.records.keys() - inside
    assert found.left == {"5"}
    assert found.unfound == ()


def test_names_that_nobody_has_are_told() -> None:
    """By their kind: an access point is no site. A status may be nobody's for a while."""
    scope = Scope(sites=("Blarney", "Mallow", "Cobh-1"), statuses=("current", "post"))

    assert SPREAD.within(scope).unfound == ("Mallow", "Cobh-1")


def test_without_sites_in_simplers_answer_every_site_is_told() -> None:
    """So nobody is removed for it: the guard holds."""
    bare = Desired("acme", {"1": Placed(Card("1", "Ann")), "2": Placed(Card("2", "Bob"))})
    found = bare.within(Scope(sites=("Blarney",)))

    assert found.unfound == ("Blarney",)
    assert found.outside.keys() == {"1", "2"}


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        (Scope(sites=("Blarney",)), {"1": NOT_PLACED}),
        (Scope(sites=("Blarney",), statuses=("waiting for install",)), {}),
        (Scope(statuses=("current",)), {}),
    ],
)
def test_a_customer_who_was_read_alone_is_in_doubt(scope: Scope, held: dict[str, str]) -> None:
    """Where SIMPLer does not tell their place and nothing else decides, their contact stays as it is."""
    alone = Desired("acme", {"1": Placed(Card("1", "Ann"))}, is_alone=True)
    found = alone.within(scope)

    assert found.held == held
    assert not found.outside.keys() & found.held.keys()
    assert found.unfound == ()
