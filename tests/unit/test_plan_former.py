"""Each decision of a plan on former customers' contacts, and on those outside of the account's scope."""

from typing import Any

import pytest

from shared.domain.sync.actual import Actual
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.ledger import Entry, Ledger
from shared.domain.sync.person import Person
from shared.domain.sync.plan import KeptReason, Plan, PlannedChange, Reason
from shared.replace import replace
from tests.unit.plan_kit import (
    FORMER,
    IN,
    LABEL,
    MINE,
    both_marks,
    card,
    created,
    desired,
    entry,
    ledger,
    new,
    own_number,
    person,
)

RETIRED = frozenset({FORMER, MINE})
NOW, BEFORE = 100.0, 50.0
KEPT_FOR: dict[str, Any] = {"leavers": "former", "now": NOW, "former_before": BEFORE}
LEFT: dict[str, Any] = {"left": frozenset({"1"})}
OUTSIDE: dict[str, Any] = {"outside": frozenset({"1"})}


def retired(name: str = "c1", **members: Any) -> Person:
    """Return customer 1's contact in the label of former customers."""
    return person(card(), name, **{"groups": RETIRED} | members)


def known(at: float, name: str = "c1") -> Ledger:
    """Return a ledger by which customer 1's contact retired at that time."""
    return ledger({"1": since(at, name)})


def since(at: float, name: str = "c1") -> Entry:
    """Return what the ledger knows of a contact that retired."""
    return Entry(f"people/{name}", f"id-{name}", f"tag-{name}", content="former", retired_at=at)


def read(*former: Person, labelled: tuple[Person, ...] = ()) -> Actual:
    """Return these contacts of customer 1."""
    sides: dict[str, Any] = {"former": {"1": [*former]}} if former else {}
    if labelled:
        sides["labelled"] = {"1": [*labelled]}
    return Actual(**sides, label=LABEL, former_label=FORMER)


STAYS: list[tuple[dict[str, Any], float, Reason | None, KeptReason | None]] = [
    (KEPT_FOR, BEFORE, None, None),
    (KEPT_FOR, BEFORE - 1, "former", None),
    (KEPT_FOR | LEFT, BEFORE - 1, "former", None),
    (KEPT_FOR | LEFT, BEFORE + 1, None, None),
    (KEPT_FOR | OUTSIDE, BEFORE + 1, "outside", None),
    (KEPT_FOR | OUTSIDE | {"held": {"1": "odd"}}, BEFORE + 1, None, "held"),
    (KEPT_FOR | {"leavers": "keep"}, BEFORE - 1, None, "setting"),
    (KEPT_FOR | {"held": {"1": "odd"}}, BEFORE - 1, None, "held"),
    (KEPT_FOR | {"doubts": ("one",)}, BEFORE - 1, None, "doubt"),
    (KEPT_FOR | {"doubts": ("one",)} | LEFT, BEFORE - 1, "former", None),
]


@pytest.mark.parametrize(("members", "at", "reason", "kept"), STAYS)
@pytest.mark.parametrize("is_read", [False, True])
def test_what_becomes_of_a_contact_that_retired(
    members: dict[str, Any], at: float, reason: Reason | None, kept: KeptReason | None, *, is_read: bool
) -> None:
    """It stays for its days, then goes for good; read, it is noted since when it is there."""
    unread = Actual(unlabelled_entries={"1": since(at)}, label=LABEL, former_label=FORMER)
    plan = make_plan(desired(**members), known(at), read(retired()) if is_read else unread)

    named = retired() if is_read else since(at).person()
    assert plan.remove == ([PlannedChange("1", reason, named)] if reason else [])
    assert plan.kept == ({"1": kept} if kept else {})
    assert plan.seen == ({"1": since(at)} if is_read else {})
    assert plan.writes == len(plan.remove)


def test_a_contact_of_which_the_ledger_was_lost_has_retired_now() -> None:
    """Its days begin anew, rather than be over."""
    lost = Entry("people/c1")
    for before in (Ledger(), ledger({"1": lost})):
        plan = make_plan(desired(**KEPT_FOR), before, read(retired()))

        assert plan.writes == 0
        assert plan.seen == {"1": since(NOW)}


@pytest.mark.parametrize("labels", [RETIRED, RETIRED | IN])
def test_whoever_is_a_contact_again_comes_back(labels: frozenset[str]) -> None:
    """Also from both labels, where a move was cut off."""
    contact = retired(groups=labels)
    found = read(labelled=(contact,)) if labels > RETIRED else read(contact)
    plan = make_plan(desired([card()], **KEPT_FOR), known(60.0), found)

    assert plan.relabel == [PlannedChange("1", "back", contact)]
    assert plan.found == {"1": "people/c1"}
    assert plan.create == []
    assert plan.seen == {}


def test_a_retired_contact_that_is_another_wisps_too_stays() -> None:
    """Whether its customer is a contact or not."""
    contact = retired(client_data=both_marks(card(), card("7"), "mike"))
    noted = Entry("people/c1", "id-c1", "tag-c1", content="shared")
    for wanted in (desired(**KEPT_FOR), desired([card()], **KEPT_FOR)):
        plan = make_plan(wanted, known(1.0), read(contact))

        assert plan.kept == {"1": "shared"}
        assert plan.seen == {"1": noted}
        assert plan.writes == 0


LEAVERS: list[tuple[dict[str, Any], Reason, bool]] = [
    (KEPT_FOR, "gone", True),
    (KEPT_FOR | LEFT, "left", True),
    (KEPT_FOR | OUTSIDE, "outside", False),
    ({"leavers": "keep"} | OUTSIDE, "outside", False),
    ({"leavers": "remove"} | OUTSIDE | {"doubts": ("one",)}, "outside", False),
    ({"leavers": "remove"} | LEFT, "left", False),
]


@pytest.mark.parametrize(("members", "reason", "retires"), LEAVERS)
@pytest.mark.parametrize("is_read", [False, True])
def test_a_leaver_retires_and_who_is_outside_of_the_scope_goes(
    members: dict[str, Any], reason: Reason, *, retires: bool, is_read: bool
) -> None:
    """Where leavers retire; whoever is outside of an account's scope has not left."""
    found = person(card())
    unread = Actual(unread={"1": entry(card())}, label=LABEL, former_label=FORMER)
    plan = make_plan(desired(**members), Ledger(), read(labelled=(found,)) if is_read else unread)

    named = found if is_read else entry(card()).person()
    assert plan.remove == [PlannedChange("1", reason, named, retires=retires)]
    assert plan.kept == {}
    assert plan.seen == {}


def test_of_several_retired_contacts_the_known_one_is_the_first() -> None:
    """The others are extra ones, which stay or go as it does."""
    early, late = retired("c2", updated="1"), retired()
    wanted = make_plan(desired([card()], **KEPT_FOR), known(60.0), read(early, late))
    gone = make_plan(desired(**KEPT_FOR), known(BEFORE - 1), read(early, late))
    stays = make_plan(desired(**KEPT_FOR), known(60.0), read(early, late))

    assert wanted.relabel == [PlannedChange("1", "back", late)]
    assert wanted.remove == [PlannedChange("1", "duplicate", early)]
    assert gone.remove == [PlannedChange("1", "former", late), PlannedChange("1", "former", early)]
    assert stays.writes == 0
    assert stays.seen == {"1": since(60.0)}
    assert [plan.extras for plan in (wanted, gone, stays)] == [{"people/c2": "1"}] * 3


def test_a_retired_contact_beside_one_in_our_label_is_a_further_one() -> None:
    """Of who is a contact the labelled one stays; of a leaver each is judged by itself."""
    old, labelled = retired("c2"), person(card())
    wanted = make_plan(desired([card()], **KEPT_FOR), Ledger(), read(old, labelled=(labelled,)))
    left = make_plan(desired(**KEPT_FOR | LEFT), known(BEFORE - 1, "c2"), read(old, labelled=(labelled,)))

    assert wanted.remove == [PlannedChange("1", "duplicate", old)]
    assert wanted.relabel == []
    assert left.remove == [
        PlannedChange("1", "left", labelled, retires=True),
        PlannedChange("1", "former", old),
    ]
    assert left.extras == {"people/c2": "1"}


def test_a_further_contact_that_only_our_labels_name_is_nobodys_own() -> None:
    """One that somebody edited stays all the same."""
    plain, edited = retired("c2"), retired("c3", fields=own_number(card()))
    plan = make_plan(desired([card()]), Ledger(), read(plain, edited, labelled=(person(card()),)))

    assert plan.remove == [PlannedChange("1", "duplicate", plain)]
    assert plan.kept == {"1": "edited"}


def test_a_further_contact_is_not_noted_for_one_that_was_not_read() -> None:
    """The ledger's entry stands for the customer."""
    found = replace(read(labelled=(person(card(), "c2"),)), unread={"1": entry(card())})
    plan = make_plan(desired(held={"1": "odd"}), ledger({"1": entry(card())}), found)

    assert plan.kept == {"1": "held"}
    assert plan.seen == {}


def test_a_plan_is_counted_by_kind() -> None:
    """Those without room are to be created, and those who retire are not to be removed."""
    gone = PlannedChange("1", "left", person(card()))
    plan = Plan(
        relabel=[gone],
        update=[gone, gone],
        create=[*map(new, "345")],
        remove=[gone, gone, gone, gone, replace(gone, retires=True)],
        no_room=[new("6")],
    )

    assert plan.counts() == {"create": 4, "update": 2, "relabel": 1, "remove": 4, "retire": 1}
    assert created(plan) == ["3", "4", "5"]


def test_a_further_contact_of_a_leaver_retires_by_its_own_label() -> None:
    """One in our label goes over; one that has retired has its days, at the latest from now on."""
    first, second = person(card(), updated="1"), person(card(), "c2", updated="2")
    labelled = make_plan(desired(**KEPT_FOR | LEFT), Ledger(), read(labelled=(first, second)))
    gone_over = make_plan(desired(**KEPT_FOR | LEFT), Ledger(), read(retired(), retired("c2", updated="9")))

    assert labelled.remove == [
        PlannedChange("1", "left", first, retires=True),
        PlannedChange("1", "left", second, retires=True),
    ]
    assert gone_over.writes == 0
    assert gone_over.extras == {"people/c2": "1"}


def test_of_what_is_outside_our_label_and_was_not_read_only_the_retired_goes() -> None:
    """One in neither label is its user's; one that is wanted again is read before it is decided on."""
    apart = Actual(unlabelled_entries={"1": entry(card(), content="unlabelled")}, former_label=FORMER)
    gone_over = Actual(unlabelled_entries={"1": since(BEFORE - 1)}, former_label=FORMER)
    undated = Actual(unlabelled_entries={"1": since(0.0)}, former_label=FORMER)

    for found, wanted in (
        (apart, desired(**KEPT_FOR | LEFT)),
        (gone_over, desired([card()], **KEPT_FOR)),
        (undated, desired(**KEPT_FOR | LEFT)),
    ):
        plan = make_plan(wanted, Ledger(), found)
        assert plan.writes == 0
        assert plan.kept == {}
