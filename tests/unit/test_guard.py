"""The guard's two limits, and what it thinks of SIMPLer's list."""

import pytest

from shared.domain.model.wisp import Wisp
from shared.domain.sync.guard import USUAL, Bound, has_shrunk, judge, let_through, permit
from shared.domain.sync.person import Person
from shared.domain.sync.plan import Plan, PlannedChange, Reason
from shared.replace import replace


def plan_removing(count: int, owned: int, reason: Reason = "gone") -> Plan:
    """Return a plan for an account with `owned` contacts of ours."""
    removals = [PlannedChange(str(n), reason, Person(f"people/c{n}", "e")) for n in range(count)]
    return Plan(remove=removals, owned=owned)


@pytest.mark.parametrize(
    ("count", "owned", "refused"),
    [(20, 20, 0), (21, 210, 0), (21, 209, 21), (20, 30, 0), (100, 1000, 0), (101, 1000, 101)],
)
def test_it_refuses_more_than_ten_percent_and_more_than_twenty(count: int, owned: int, refused: int) -> None:
    """Both limits must be exceeded: small accounts may change much, large ones by little."""
    assert refused == len(judge(plan_removing(count, owned), listed=owned, listed_before=owned).refused)


@pytest.mark.parametrize(
    ("now", "before", "shrunk"),
    [
        (0, None, True),
        (0, 5, True),
        (1, None, False),
        (980, 1000, False),
        (899, 1000, True),
        (900, 1000, False),
    ],
)
def test_a_shrunken_list_is_not_believed(now: int, before: int | None, shrunk: bool) -> None:
    """A list that lost more than 10 % and more than 20 records, or all of them."""
    assert shrunk == has_shrunk(now, before)


def test_a_wisp_that_sets_no_limits_has_the_usual_ones() -> None:
    """They stand at the guard; a WISP's settings begin with them, and may be others."""
    wisp = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example", "acme", "simpler-acme")

    assert Bound.of(wisp) == USUAL
    assert Bound.of(replace(wisp, guard_count=3, guard_percent=4)) == Bound(3, 4)


def test_after_a_shrunken_list_not_one_contact_is_removed() -> None:
    """Even a single removal waits when the list cannot be believed."""
    verdict = judge(plan_removing(1, 1000), listed=800, listed_before=1000)

    assert len(verdict.refused) == 1
    assert len(verdict.allowed) == 0
    assert "800" in verdict.reason


def test_a_list_has_shrunk_by_the_wisps_own_limits() -> None:
    """They hold for SIMPLer's list as for an account's removals."""
    lenient = judge(plan_removing(1, 1000), listed=800, listed_before=1000, bound=Bound(200, 10))
    strict = judge(plan_removing(1, 1000), listed=995, listed_before=1000, bound=Bound(4, 0))

    assert lenient.refused == ()
    assert len(strict.refused) == 1


def test_surplus_contacts_of_a_customer_are_not_losses() -> None:
    """Duplicates go whatever the list looks like: their customer keeps its contact."""
    verdict = judge(plan_removing(50, 100, "duplicate"), listed=1, listed_before=1000)

    assert len(verdict.allowed) == 50
    assert len(verdict.refused) == 0
    assert verdict.reason == ""


def test_who_is_outside_waits_while_a_name_of_the_scope_is_gone() -> None:
    """A site that nobody has any more may have another name; who left SIMPLer goes all the same."""
    reasons: tuple[Reason, ...] = ("outside", "gone", "duplicate")
    removals = [
        PlannedChange(str(n), reason, Person(f"people/c{n}", "e")) for n, reason in enumerate(reasons)
    ]
    plan = Plan(remove=removals, owned=40)

    verdict = judge(plan, listed=40, listed_before=40, unfound=("Blarney", "Cobh"))

    assert [removal.reason for removal in verdict.refused] == ["outside"]
    assert [removal.reason for removal in verdict.allowed] == ["duplicate", "gone"]
    assert verdict.reason.startswith("SIMPLer has no contact at 2 of the sites")
    assert "Blarney" not in verdict.reason  # it is logged, and places have customers' names
    assert let_through(verdict, "acme-1", permit(verdict, "acme-1")).refused == ()


def test_who_approves_many_is_told_of_a_name_that_is_gone() -> None:
    """A large site with another name looks like a scope that was narrowed; nobody may take it for one."""
    verdict = judge(plan_removing(30, 100, "outside"), listed=100, listed_before=100, unfound=("Cobh",))

    assert verdict.reason.startswith(
        "30 of 100 contacts would be removed; a person must approve that. SIMPLer"
    )
    assert "another name" in verdict.reason


def test_many_who_are_outside_wait_as_many_leavers_do() -> None:
    """A scope that was narrowed by mistake takes nobody's contacts away."""
    assert len(judge(plan_removing(30, 100, "outside"), listed=100, listed_before=100).refused) == 30


def test_a_name_that_is_gone_holds_nobody_back_but_those_outside() -> None:
    """Nor does it where nobody is outside; and who is outside goes where every name is found."""
    gone = judge(plan_removing(1, 40), listed=40, listed_before=40, unfound=("Cobh",))
    outside = judge(plan_removing(1, 40, "outside"), listed=40, listed_before=40)
    held = judge(plan_removing(1, 40, "outside"), listed=40, listed_before=40, unfound=("Cobh",))

    assert gone.refused == ()
    assert gone.reason == ""
    assert outside.refused == ()
    assert held.reason == (
        "SIMPLer has no contact at 1 of the sites and access points that this account is to hold, which may"
        " have another name now: please look at what it holds."
        " Until then nobody is removed for being elsewhere."
    )


def test_many_who_retire_are_told_as_such() -> None:
    """Only where each of them does: a person approves what is told."""
    plan = plan_removing(30, 100)
    retiring = [replace(removal, retires=True) for removal in plan.remove]
    all_of_them = judge(replace(plan, remove=retiring), listed=100, listed_before=100)
    some = judge(replace(plan, remove=[*retiring[1:], plan.remove[0]]), listed=100, listed_before=100)

    whose = "30 of 100 contacts would"
    assert all_of_them.reason == f"{whose} go over to the former customers; a person must approve that."
    assert some.reason == f"{whose} be removed; a person must approve that."
