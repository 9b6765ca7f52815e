"""Whose the contacts of an account are: by a listing, and by the ledger with what changed."""

import pytest

from shared.domain.sync.actual import Actual, actual_by_changes, actual_of, in_doubt, is_changed, unlisted
from shared.domain.sync.ledger import Entry, Ledger
from shared.domain.sync.person import Person
from tests.unit.plan_kit import (
    FORMER,
    IN,
    LABEL,
    OUT,
    SECOND,
    both_marks,
    card,
    desired,
    entry,
    ledger,
    own_number,
    person,
)

ONE = desired([card()])
FRIEND = Person("people/f", "%", "id-f", groups=IN)


def test_contacts_are_sorted_by_mark_and_label() -> None:
    """What has no mark is only counted."""
    inside, outside = person(card()), person(card("2"), "c2", groups=OUT)
    found = actual_of([inside, FRIEND, outside], ONE, LABEL, Ledger())

    assert found.labelled == {"1": [inside]}
    assert found.unlabelled == {"2": [outside]}
    assert found.unread == {}
    assert found.unlabelled_entries == {}
    assert found.total == 3


def test_of_a_contact_that_comes_twice_the_last_one_counts() -> None:
    """By its source id, whatever its name is by then; where it has none, by its name."""
    first, last = person(card()), person(card(number=SECOND), "c9", source_id="id-c1")
    nameless = person(card("2"), "c2", source_id="")
    found = actual_of([first, nameless, last, nameless], ONE, LABEL, Ledger())

    assert found.labelled == {"1": [last], "2": [nameless]}
    assert found.total == 2


def test_a_contact_that_lost_its_mark_while_it_was_listed_is_not_ours() -> None:
    """The last one counts."""
    found = actual_of([person(card()), person(card(), client_data=())], ONE, LABEL, Ledger())

    assert found.labelled == {}
    assert found.total == 1


KNOWN: dict[str, tuple[Person, Entry | None, bool]] = {
    "as we left it": (person(card()), entry(card()), True),
    "not in the ledger": (person(card()), None, False),
    "changed since": (person(card(), source_etag="other"), entry(card()), False),
    "outside the label": (person(card(), groups=OUT), entry(card()), False),
    "two marks": (person(card(), client_data=both_marks(card(), card("2"))), entry(card()), False),
    "only seen before": (person(card()), entry(card(), content="unseen"), False),
    "with more in it": (person(card()), entry(card(), content="mixed"), True),
    "with more, to be written": (person(card()), entry(card(number=SECOND), content="mixed"), False),
    "ours, to be written": (person(card()), entry(card(number=SECOND)), True),
}


@pytest.mark.parametrize(("found", "before", "is_known"), KNOWN.values(), ids=KNOWN.keys())
def test_a_contact_of_which_the_ledger_knows_enough_is_not_kept(
    found: Person, before: Entry | None, *, is_known: bool
) -> None:
    """The ledger's entry stands for it."""
    of = ledger({"1": before}) if before else Ledger()
    seen = actual_of([found], ONE, LABEL, of)

    assert seen.unread == ({"1": before} if is_known else {})
    assert bool(seen.labelled or seen.unlabelled) != is_known


@pytest.mark.parametrize(("found", "before", "is_known"), KNOWN.values(), ids=KNOWN.keys())
def test_a_contact_of_which_the_ledger_knows_enough_is_no_news(
    found: Person, before: Entry | None, *, is_known: bool
) -> None:
    """What a listing would not keep need not be kept of the changes either."""
    of = ledger({"1": before}) if before else Ledger()

    assert is_changed(found, ONE, LABEL, of) != is_known


@pytest.mark.parametrize("found", [FRIEND, person(card(), client_data=())], ids=["foreign", "lost its mark"])
def test_a_contact_without_our_mark_is_news(found: Person) -> None:
    """The ledger may have taken it for ours."""
    assert is_changed(found, ONE, LABEL, ledger({"1": entry(card())}))


def test_a_contact_that_had_other_names_is_news() -> None:
    """A user may have merged it, and another customer's is gone by that."""
    merged = person(card(), previous=("people/c9",))

    assert is_changed(merged, ONE, LABEL, ledger({"1": entry(card())}))
    assert not is_changed(person(card()), ONE, LABEL, ledger({"1": entry(card())}))


def test_a_contact_with_more_in_it_of_nobody_wanted_is_known() -> None:
    """Nothing will be written to it."""
    before = entry(card("2", SECOND), "c2", content="mixed")
    found = actual_of([person(card("2"), "c2")], ONE, LABEL, ledger({"2": before}))

    assert found.unread == {"2": before}
    assert found.labelled == {}


def test_changes_stand_for_what_the_ledger_knew_of_those_contacts() -> None:
    """By name, former name, source id, or because they are gone; all others are as they were."""
    before = {f"{n}": entry(card(str(n)), f"c{n}") for n in range(1, 7)}
    before["6"] = before["6"]._replace(content="unlabelled")
    known = ledger(before)
    known.head.total = 42
    changed = [
        person(card("1"), "c1"),
        person(card("2"), "x2", source_id="", previous=("people/c2",)),
        person(card("3"), "x3", source_id="id-c3"),
    ]
    found = actual_by_changes(iter(changed), {"people/c4"}, ONE, known)

    assert found.unread == {"5": before["5"]}
    assert found.unlabelled_entries == {"6": before["6"]}
    assert found.labelled == {"1": [changed[0]], "2": [changed[1]], "3": [changed[2]]}
    assert found.total == 42


def test_contacts_without_a_source_id_are_not_taken_for_each_other() -> None:
    """Neither the ledger's nor the one that was read has one."""
    before = entry(card("2"), "c2")._replace(source_id="")
    found = actual_by_changes([person(card(), source_id="")], (), ONE, ledger({"2": before}))

    assert found.unread == {"2": before}


def test_a_merged_contact_counts_for_a_wanted_customer_who_has_no_other() -> None:
    """The first wanted one; else the first who has none; else the first mark."""
    both = person(card(), client_data=both_marks(card("2"), card("1")))
    alone = actual_of([both], ONE, LABEL, Ledger())
    beside = actual_of([both, person(card(), "c2")], ONE, LABEL, Ledger())
    third = actual_of([both, person(card(), "c2"), person(card("2"), "c3")], ONE, LABEL, Ledger())
    outside = actual_of([person(card(), client_data=both.client_data, groups=OUT)], ONE, LABEL, Ledger())

    assert list(alone.labelled) == ["1"]
    assert {customer: len(persons) for customer, persons in beside.labelled.items()} == {"1": 1, "2": 1}
    assert {customer: len(persons) for customer, persons in third.labelled.items()} == {"1": 1, "2": 2}
    assert list(outside.labelled) == []
    assert list(outside.unlabelled) == ["1"]


def test_the_picture_of_one_customer_has_nobody_else() -> None:
    """Read, known and outside the label; the account's size is the same."""
    everybody = Actual(
        labelled={"1": [person(card())], "2": [person(card("2"), "c2")]},
        unlabelled={"1": [person(card(), "c3")], "2": [person(card("2"), "c4")]},
        former={"1": [person(card(), "c7")], "2": [person(card("2"), "c8")]},
        unread={"1": entry(card()), "2": entry(card("2"))},
        total=9,
        label=LABEL,
        former_label=FORMER,
        unsure={"1", "2"},
        hidden={"people/c5": "1", "people/c6": "2"},
    )
    one = everybody.only("1")

    assert one == Actual(
        labelled={"1": [person(card())]},
        unlabelled={"1": [person(card(), "c3")]},
        former={"1": [person(card(), "c7")]},
        unread={"1": entry(card())},
        total=9,
        label=LABEL,
        former_label=FORMER,
        unsure={"1"},
        hidden={"people/c5": "1"},
    )
    assert everybody.only("3") == Actual(total=9, label=LABEL, former_label=FORMER)


@pytest.mark.parametrize(
    ("found", "has"),
    [
        (Actual(labelled={"1": [person(card())]}), True),
        (Actual(unread={"1": entry(card())}), True),
        (Actual(unlabelled={"1": [person(card())]}, unlabelled_entries={"1": entry(card())}), False),
    ],
)
def test_a_customer_has_a_contact_if_one_is_in_the_label(found: Actual, *, has: bool) -> None:
    """Read or known."""
    assert found.has("1") == has
    assert found.has("2") is False
    assert found.is_labelled("1") == has
    assert found.is_labelled("2") is False


@pytest.mark.parametrize(
    "found",
    [
        Actual(former={"1": [person(card())]}),
        Actual(unlabelled_entries={"1": entry(card(), content="former")}),
    ],
)
def test_a_contact_that_retired_has_a_label_and_not_ours(found: Actual) -> None:
    """Read or known."""
    assert found.is_labelled("1") is True
    assert found.has("1") is False


def test_a_contact_belongs_where_its_labels_are() -> None:
    """Ours before that of former customers; a listing and a ledger know both."""
    both, retired = person(card(), groups=IN | {FORMER}), person(card("2"), "c2", groups=OUT | {FORMER})
    found = actual_of([both, retired], ONE, LABEL, Ledger(), former_label=FORMER)

    assert found.labelled == {"1": [both]}
    assert found.former == {"2": [retired]}
    assert found.unlabelled == {}
    without = actual_of([both, retired], ONE, LABEL, Ledger())
    assert without.unlabelled == {"2": [retired]}
    assert without.former_label == ""


def test_what_the_ledger_knew_of_former_customers_stays_so() -> None:
    """Those that were not read are outside our label; those that were are in the other one."""
    before = entry(card("2"), "c2", content="former")
    known = ledger({"2": before})
    known.head.former_label = FORMER
    retired = person(card(), groups=OUT | {FORMER})
    found = actual_by_changes([retired], (), ONE, known)

    assert found.unlabelled_entries == {"2": before}
    assert found.unread == {}
    assert found.former == {"1": [retired]}


def test_in_doubt_is_what_was_only_seen_and_what_is_wanted_back() -> None:
    """Whatever SIMPLer says of their customers."""
    found = Actual(
        unread={"1": entry(card()), "2": entry(card("2"), "c2", content="unseen")},
        unlabelled_entries={
            "3": entry(card("3"), "c3"),
            "1": entry(card(), "c4"),
            "5": entry(card("5"), "c5", content="former"),
            "6": entry(card("6"), "c6", content="former")._replace(source_etag=""),
            "7": entry(card("7"), "c7", content="unlabelled")._replace(source_etag=""),
        },
    )

    assert list(in_doubt(found, ONE)) == ["people/c2", "people/c4", "people/c6"]


def test_what_a_user_added_makes_no_other_contact_of_it() -> None:
    """It is the same person, kept as it was read."""
    found = person(card(), fields=own_number(card()), source_etag="new")

    assert actual_of([found], ONE, LABEL, ledger({"1": entry(card())})).labelled == {"1": [found]}


def test_what_a_listing_left_out_is_what_the_ledger_knows_beside_it() -> None:
    """By name or by source id; entries that stand for a contact that was listed, and extras, too."""
    known = ledger(
        {
            "1": entry(card(), "old"),
            "2": entry(card("2"), "c2"),
            "3": entry(card("3"), "c3"),
            "4": entry(card("4"), "c4"),
            "5": Entry("people/c5"),
        }
    )
    known.head.extras = {"people/c6": "1", "people/c7": "2"}
    listed = [
        person(card(), "new", source_id="id-old"),
        person(card("2"), "c2", source_id="other"),
        person(card("2"), "c6", groups=OUT),
    ]
    found = actual_of(listed, ONE, LABEL, Ledger())
    found.unread["3"] = entry(card("3"), "c3")

    assert unlisted(found, known) == {"people/c4": "4", "people/c5": "5", "people/c7": "2"}


def test_a_listing_of_nobody_leaves_out_everybody() -> None:
    """A contact without a source id is not taken for another one without."""
    known = ledger({"1": Entry("people/c1")})
    found = actual_of([person(card("2"), "c2", source_id="")], ONE, LABEL, Ledger())

    assert unlisted(found, known) == {"people/c1": "1"}
