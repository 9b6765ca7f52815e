"""A person lets through exactly what they saw, in the account in which they saw it."""

import pytest

from shared.domain.sync.guard import Verdict, judge, let_through, permit
from shared.domain.sync.person import Person
from shared.domain.sync.plan import Plan, PlannedChange, Reason
from shared.replace import replace


def removals(*customers: str, reason: Reason = "gone") -> tuple[PlannedChange, ...]:
    """Return removals of these customers' contacts."""
    return tuple(PlannedChange(customer, reason, Person(f"people/{customer}", "%")) for customer in customers)


REFUSED = Verdict(removals("9"), removals("1", "2"), "Too many.")


def test_a_permit_is_the_same_in_any_order_and_for_nothing_else() -> None:
    """It names the account, the customers and their contacts."""
    mine = permit(REFUSED, "acme-0")
    others = [
        permit(REFUSED, "acme-1"),
        permit(Verdict((), removals("1")), "acme-0"),
        permit(Verdict((), removals("1", "2", "3")), "acme-0"),
        permit(
            Verdict((), (removals("1")[0], PlannedChange("2", "gone", Person("people/x", "%")))), "acme-0"
        ),
        permit(
            Verdict((), (removals("1")[0], PlannedChange("x", "gone", Person("people/2", "%")))), "acme-0"
        ),
    ]

    assert mine == permit(Verdict((), removals("2", "1")), "acme-0")
    assert len(mine) == 16
    assert len({mine, *others}) == 6
    assert set(mine) <= set("0123456789abcdef")
    assert permit(Verdict(removals("1")), "acme-0") == ""


def test_a_permit_outlives_a_new_version() -> None:
    """A person may have looked before a deployment, and decide after it."""
    assert permit(REFUSED, "acme-0") == "20daef6e81934b57"


def test_its_own_permit_lets_the_removals_through() -> None:
    """Alone, or among those of other accounts; nothing is refused any more."""
    mine = permit(REFUSED, "acme-0")

    for allow in (mine, f"0123456789abcdef.{mine}", f"{mine}.x"):
        assert let_through(REFUSED, "acme-0", allow) == Verdict(removals("9", "1", "2"))


@pytest.mark.parametrize("allow", ["0123456789abcdef", permit(REFUSED, "acme-1")])
def test_another_permit_lets_nothing_through(allow: str) -> None:
    """The guard's verdict stands, and the reason says why."""
    verdict = let_through(REFUSED, "acme-0", allow)

    assert verdict.allowed == REFUSED.allowed
    assert verdict.refused == REFUSED.refused
    assert verdict.reason == "Too many. What was approved is not what would be removed now."


def test_without_a_decision_or_a_refusal_the_verdict_stands() -> None:
    """Nobody decided; or there was nothing to decide."""
    allowed = Verdict(removals("1"))

    assert let_through(REFUSED, "acme-0", "") == REFUSED
    assert let_through(allowed, "acme-0", "0123456789abcdef") == allowed
    assert let_through(allowed, "acme-0", "") == allowed


def test_the_reasons_say_how_many() -> None:
    """With thousands marked, and what there was the last time."""
    many = Plan(remove=list(removals(*map(str, range(1500)))), owned=9000)
    short = judge(many, listed=1000, listed_before=12_000)
    first = judge(many, listed=0, listed_before=None)

    assert judge(many, listed=9000, listed_before=9000).reason == (
        "1,500 of 9,000 contacts would be removed; a person must approve that."
    )
    assert short.reason == "SIMPLer listed 1,000 customers, 12,000 last time, so nothing is removed."
    assert first.reason == "SIMPLer listed 0 customers, 0 last time, so nothing is removed."


def test_surplus_contacts_go_beside_what_is_refused() -> None:
    """They are allowed first, in each of the guard's verdicts."""
    surplus, gone = removals("1", "2", reason="duplicate"), removals(*map(str, range(10, 60)))
    plan = Plan(remove=[*gone, *surplus], owned=100)
    few = Plan(remove=[gone[0], *surplus], owned=100)

    assert judge(plan, listed=1, listed_before=100).allowed == surplus
    assert judge(plan, listed=100, listed_before=100).allowed == surplus
    assert len(gone) == 50
    assert judge(few, listed=100, listed_before=100) == Verdict((*surplus, gone[0]))
    assert judge(Plan(remove=list(surplus)), listed=1, listed_before=100) == Verdict(surplus)


def test_who_let_contacts_retire_has_let_none_be_removed() -> None:
    """The WISP's setting may change between the preview and the run."""
    gone = PlannedChange("1", "left", Person("people/c1", "e"))
    retiring = Verdict((), (replace(gone, retires=True),), "many")

    assert permit(retiring, "acme-1") != permit(Verdict((), (gone,), "many"), "acme-1")
