"""Each decision of a plan by itself: what was found, what is wanted, and what becomes of it."""

from typing import Any

import pytest

from shared.domain.contact.card import Card
from shared.domain.model.account import MOST_CONTACTS
from shared.domain.sync import former_fingerprint
from shared.domain.sync.actual import Actual
from shared.domain.sync.decisions import make_plan, to_be_read
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Content, Entry, Ledger
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import Fields, Person
from shared.domain.sync.plan import KeptReason, Plan, PlannedChange, Reason, cut_to_room
from shared.replace import replace
from tests.unit.plan_kit import (
    IN,
    LABEL,
    OUT,
    SECOND,
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

ONE = desired([card()])


def read(*persons: Person, total: int = 0) -> Actual:
    """Return these contacts of customer 1, read and labelled."""
    return Actual(labelled={"1": list(persons)}, total=total, label=LABEL)


def known(found: Entry) -> Actual:
    """Return customer 1's contact, not read."""
    return Actual(unread={"1": found})


def test_a_customer_without_a_contact_gets_one() -> None:
    """In SIMPLer's order; those whose contact may have been made a moment ago wait."""
    plan = make_plan(desired([card("2"), card("1"), card("3")]), Ledger(), Actual(), frozenset({"1", "9"}))

    assert created(plan) == ["2", "3"]
    assert plan.kept == {"1": "unconfirmed"}
    assert plan.writes == 2


def test_a_contact_that_the_ledger_knew_is_made_again_as_such() -> None:
    """Somebody deleted it in Google, and SIMPLer still has its customer."""
    plan = make_plan(desired([card(), card("2")]), ledger({"1": entry(card())}), Actual())

    assert plan.create == [PlannedChange("1", "deleted"), PlannedChange("2", "new")]


@pytest.mark.parametrize(
    ("total", "room"), [(MOST_CONTACTS - 1, 1), (MOST_CONTACTS + 7, 0), (MOST_CONTACTS - 3, 3)]
)
def test_whoever_has_no_room_is_not_created(total: int, room: int) -> None:
    """The others fail before anything is sent; an account that holds too many already takes nobody."""
    plan = Plan(create=[*map(new, "123")], update=[PlannedChange("4", "changed")], total=total)
    cut = cut_to_room(plan)

    assert created(cut) == ["1", "2", "3"][:room]
    assert [change.customer for change in cut.no_room] == ["1", "2", "3"][room:]
    assert cut.update == plan.update
    assert cut.total == total
    assert cut.counts() == {"create": 3, "update": 1, "relabel": 0, "remove": 0, "retire": 0}


def test_contacts_of_ours_are_counted_with_duplicates() -> None:
    """Those that were read and those that were not; beside all of the account."""
    found = Actual(
        labelled={"1": [person(card()), person(card(), "c2")]}, unread={"2": entry(card("2"), "c3")}, total=77
    )
    plan = make_plan(desired([card(), card("2")]), Ledger(), found)

    assert plan.owned == 3
    assert plan.total == 77


def test_an_unread_contact_of_an_unchanged_record_needs_nothing() -> None:
    """Neither a write nor a note in the ledger."""
    plan = make_plan(desired([card()], digests={"1": "r"}), Ledger(), known(entry(card(), record="r")))

    assert plan.unchanged == 1
    assert plan.seen == {}
    assert plan.writes == 0
    assert plan.has("1") is True


def test_an_unread_contact_of_the_same_card_needs_no_write() -> None:
    """Where no digest of its record was taken, the card is compared at once."""
    plan = make_plan(ONE, Ledger(), known(entry(card(), record="old")))

    assert plan.unchanged == 1
    assert plan.writes == 0
    assert plan.seen == {}


def test_a_record_that_changed_without_its_card_is_noted() -> None:
    """Nothing is written, and the next run need not read the record again."""
    of = desired([card()], digests={"1": "new"})
    plan = make_plan(of, Ledger(), known(entry(card(), record="old")))

    assert plan.unchanged == 1
    assert plan.writes == 0
    assert plan.seen == {"1": entry(card(), record="new")}


def test_an_unread_contact_of_another_record_and_card_is_updated() -> None:
    """The record is read when the plan is made."""
    before = entry(card(number=SECOND), record="old")
    plan = make_plan(desired([card()], digests={"1": "new"}), Ledger(), known(before))

    assert plan.update == [PlannedChange("1", "changed", before.person(), ("phoneNumbers",))]
    assert plan.unchanged == 0
    assert plan.seen == {}
    assert plan.pending() == {"1"}


def test_whoever_needs_nothing_is_counted() -> None:
    """Unread and read, of the same record or another one that makes the same card, in the ledger or not."""
    cards = [card(str(number)) for number in range(1, 9)]
    entries = [entry(each, f"c{each.customer}", record="r") for each in cards]
    persons = [person(each, f"c{each.customer}") for each in cards]
    found = Actual(
        unread={each.customer: known for each, known in zip(cards[:4], entries[:4], strict=True)},
        labelled={each.customer: [read_] for each, read_ in zip(cards[4:], persons[4:], strict=True)},
    )
    of = ledger({"5": entries[4], "6": entries[5]})
    plan = make_plan(desired(cards, digests={"1": "r", "2": "r", "3": "r", "5": "new"}), of, found)

    assert plan.unchanged == 8
    assert plan.writes == 0
    assert plan.owned == 8


def test_an_unread_contact_of_another_card_is_updated_by_its_known_etag() -> None:
    """It holds exactly what we wrote, so that it need not be read."""
    before = entry(card(number=SECOND))
    plan = make_plan(ONE, Ledger(), known(before))

    assert plan.update == [PlannedChange("1", "changed", before.person(), ("phoneNumbers",))]
    assert plan.update[0].additions == ()
    assert set(plan.pending()) == {"1"}


def test_an_unread_contact_that_is_also_another_wisps_is_left_alone() -> None:
    """Even where its record is the same, and where its customer has left."""
    shared = known(entry(card(), content="shared", record="r"))
    plans = [
        make_plan(desired([card()], digests={"1": "r"}), Ledger(), shared),
        make_plan(desired(left=frozenset({"1"})), Ledger(), shared),
    ]

    assert [(plan.kept, plan.writes, plan.unchanged) for plan in plans] == [({"1": "shared"}, 0, 0)] * 2


LEAVING: list[tuple[dict[str, Any], Reason | None, KeptReason | None]] = [
    ({"left": frozenset({"1"})}, "left", None),
    ({}, "gone", None),
    ({"left": frozenset({"1"}), "doubts": ("one", "two")}, "left", None),
    ({"doubts": ("one", "two")}, None, "doubt"),
    ({"leavers": "keep", "left": frozenset({"1"})}, None, "setting"),
    ({"held": {"1": "unusable"}, "leavers": "keep", "left": frozenset({"1"})}, None, "held"),
]


@pytest.mark.parametrize(("members", "reason", "kept"), LEAVING)
@pytest.mark.parametrize("is_read", [False, True])
def test_what_becomes_of_a_contact_whose_customer_is_none(
    members: dict[str, Any], reason: Reason | None, kept: KeptReason | None, *, is_read: bool
) -> None:
    """Removed with the reason, or kept with the reason; what was kept after it was read is noted so."""
    found = person(card())
    plan = make_plan(desired(**members), Ledger(), read(found) if is_read else known(entry(card())))

    named = found if is_read else entry(card()).person()
    assert plan.remove == ([PlannedChange("1", reason, named)] if reason else [])
    assert plan.kept == ({"1": kept} if kept else {})
    has_user_data = Entry(found.resource_name, found.source_id, found.source_etag, content="mixed")
    assert plan.seen == ({"1": has_user_data} if kept and is_read else {})


@pytest.mark.parametrize(("records", "seen"), [({"1": "new"}, "new"), ({}, "old")])
def test_a_contact_that_is_as_we_left_it_is_not_compared(records: dict[str, str], seen: str) -> None:
    """Its source etag is the ledger's, and the card the one that was sent: whatever else Google shows."""
    odd = person(card(), fields={})
    plan = make_plan(
        desired([card()], digests=records), ledger({"1": entry(card(), record="old")}), read(odd)
    )

    assert plan.unchanged == 1
    assert plan.writes == 0
    assert plan.seen == {"1": entry(card(), record=seen)}


@pytest.mark.parametrize(
    ("before", "reason"),
    [(None, "changed"), (entry(card()), "mended"), (entry(card(number="+353 1 1")), "changed")],
    ids=["not known", "known and sent before", "sent otherwise"],
)
def test_a_contact_that_differs_is_updated(before: Entry | None, reason: Reason) -> None:
    """What the user added is told; mended is said where SIMPLer has not changed."""
    found = person(
        card(number=SECOND), source_etag="other", fields=own_number(card(number=SECOND), "+353 1 555 0000")
    )
    plan = make_plan(ONE, ledger({"1": before}) if before else Ledger(), read(found))

    [update] = plan.update
    assert update.customer == "1"
    assert update.person == found
    assert update.merged is not None
    assert update.fields == ("phoneNumbers", "clientData")
    assert update.additions == ("phoneNumbers",)
    assert update.reason == reason
    assert plan.unchanged == 0
    assert plan.seen == {}


@pytest.mark.parametrize(
    ("fields", "content"),
    [(fields_of(card()), "ours"), (own_number(card()), "mixed")],
    ids=["as written", "with more"],
)
def test_a_contact_that_is_found_equal_is_noted_as_it_is(fields: Any, content: Content) -> None:
    """With what it holds of us, and whether it holds more."""
    plan = make_plan(desired([card()], digests={"1": "r"}), Ledger(), read(person(card(), fields=fields)))

    assert plan.unchanged == 1
    assert plan.writes == 0
    has_user_data = Entry("people/c1", "id-c1", "tag-c1", digest(fields_of(card())), "r")
    assert plan.seen == {"1": has_user_data._replace(content=content)}


def test_a_contact_that_is_also_another_wisps_is_noted_so() -> None:
    """It is kept, wanted or not."""
    found = person(card(), client_data=both_marks(card(), card("7"), "other"))
    plan = make_plan(ONE, Ledger(), read(found))

    assert plan.kept == {"1": "shared"}
    assert plan.writes == 0
    assert plan.unchanged == 0
    assert plan.seen == {"1": Entry("people/c1", "id-c1", "tag-c1", content="shared")}


def test_a_wanted_contact_outside_the_label_is_put_back() -> None:
    """The one that was left alone longest, and no new one is made."""
    older, newer = (
        person(card(), "c2", updated="1", groups=OUT),
        person(card(), "c1", updated="2", groups=OUT),
    )
    plan = make_plan(ONE, Ledger(), Actual(unlabelled={"1": [newer, older]}))

    assert plan.relabel == [PlannedChange("1", "unlabelled", older)]
    assert plan.writes == 1
    assert plan.found == {"1": "people/c2"}
    assert set(plan.pending()) == {"1"}


def test_an_unwanted_contact_outside_the_label_is_noted_and_left_alone() -> None:
    """It may be wanted again one day."""
    plan = make_plan(desired(), Ledger(), Actual(unlabelled={"1": [person(card(), groups=OUT)]}))

    assert plan.seen == {"1": Entry("people/c1", "id-c1", "tag-c1", content="unlabelled")}
    assert plan.writes == 0
    assert plan.found == {"1": "people/c1"}


@pytest.mark.parametrize(
    "found",
    [
        Actual(labelled={"1": [person(card())]}, unlabelled={"1": [person(card(), "c2", groups=OUT)]}),
        Actual(unread={"1": entry(card())}, unlabelled={"1": [person(card(), "c2", groups=OUT)]}),
    ],
    ids=["read", "known"],
)
def test_a_second_contact_outside_the_label_is_left_alone(found: Actual) -> None:
    """The customer has one in it."""
    plan = make_plan(ONE, Ledger(), found)

    assert plan.writes == 0
    assert plan.unchanged == 1


def test_a_known_contact_outside_the_label_is_not_made_again() -> None:
    """It was not read, since it is as the ledger has it."""
    plan = make_plan(ONE, Ledger(), Actual(unlabelled_entries={"1": entry(card(), content="unlabelled")}))

    assert created(plan) == []
    assert plan.has("1") is True
    assert plan.owned == 0


@pytest.mark.parametrize(
    ("one", "other", "ledger_has", "kept"),
    [
        (("c1", "2"), ("c2", "1"), "c1", "c1"),
        (("c1", "2"), ("c2", "1"), "", "c2"),
        (("c1", "1"), ("c2", "2"), "", "c1"),
        (("c2", "1"), ("c1", "1"), "", "c1"),
    ],
    ids=["known", "older", "older first", "by name"],
)
def test_of_two_contacts_the_known_one_stays_or_else_the_older(
    one: tuple[str, str], other: tuple[str, str], ledger_has: str, kept: str
) -> None:
    """The other one is unedited, and goes."""
    persons = [person(card(), name, updated=updated) for name, updated in (one, other)]
    of = ledger({"1": entry(card(), ledger_has)}) if ledger_has else Ledger()
    plan = make_plan(ONE, of, read(*persons))

    [removal] = plan.remove
    assert removal.reason == "duplicate"
    assert removal.person.resource_name != f"people/{kept}"
    assert plan.found == {"1": f"people/{kept}"}
    assert plan.unchanged == 1


SURPLUS = {
    "another number": {"fields": own_number(card())},
    "another name": {"fields": {**fields_of(card()), "names": ({"givenName": "Mine"},)}},
    "two marks": {"client_data": both_marks(card(), card("9"))},
    "another wisp's mark": {"client_data": both_marks(card(), card("1"), "other")},
}


@pytest.mark.parametrize("members", SURPLUS.values(), ids=SURPLUS.keys())
def test_a_second_contact_that_was_edited_stays_and_is_told(members: dict[str, Any]) -> None:
    """Only what is unmistakably ours and unedited goes."""
    plan = make_plan(ONE, Ledger(), read(person(card(), updated="1"), person(card(), "c2", **members)))

    assert plan.remove == []
    assert plan.kept == {"1": "edited"}


def test_a_second_contact_from_before_the_customer_was_renamed_goes() -> None:
    """It holds what we wrote then: out of the trash, or a copy, and nobody has edited it."""
    now, then = card(name="Áine Walsh", number=SECOND), card()
    plan = make_plan(desired([now]), ledger({"1": entry(now, "c1")}), read(person(now), person(then, "c2")))

    assert [(removal.person.resource_name, removal.reason) for removal in plan.remove] == [
        ("people/c2", "duplicate")
    ]


def former(of: Card, fields: Fields | None = None, **members: Any) -> Person:
    """Return a contact that an earlier version wrote, with the fingerprints of its time."""
    prints = former_fingerprint.former_prints(fields_of(of))
    data = marked(Mark("acme", of.customer, "run"), prints, kind="v1")
    return person(of, fields=fields or fields_of(of), client_data=data, **members)


def test_a_second_contact_of_former_fingerprints_goes_if_it_has_the_customers_name() -> None:
    """They say nothing of a name, so one with another name stays."""
    alike, other = former(card(), name="c2"), former(card(), name="c2")
    other = replace(other, fields={**other.fields, "names": ({"givenName": "Mine"},)})
    known = ledger({"1": entry(card())})

    assert [r.reason for r in make_plan(ONE, known, read(person(card()), alike)).remove] == ["duplicate"]
    assert make_plan(ONE, known, read(person(card()), other)).kept == {"1": "edited"}


def test_another_form_is_written_to_a_contact_of_former_fingerprints_only_as_news() -> None:
    """They do not tell a change of a mere form from what Google made of it; what was sent last does."""
    shouted = {**fields_of(card()), "names": ({"givenName": "ÁINE BYRNE"},)}
    found = former(card(), shouted, source_etag="new")
    known = make_plan(ONE, ledger({"1": entry(card())}), read(found))
    unknown = make_plan(ONE, Ledger(), read(found))

    assert known.update == []
    assert known.unchanged == 1
    assert [update.fields for update in unknown.update] == [("names", "clientData")]


def test_a_contact_beside_a_known_one_is_surplus() -> None:
    """The known one was not read; the read one goes if it is unedited."""
    second = person(card(), "c2")
    plan = make_plan(
        ONE, Ledger(), Actual(unread={"1": entry(card())}, labelled={"1": [second]}, label=LABEL)
    )

    assert plan.remove == [PlannedChange("1", "duplicate", second)]
    assert plan.unchanged == 1
    assert plan.create == []


@pytest.mark.parametrize("members", [{}, {"client_data": both_marks(card(), card(), "other")}])
def test_a_second_contact_of_a_customer_who_left_does_not_take_the_place_of_the_first(
    members: dict[str, Any],
) -> None:
    """The ledger goes on knowing the contact that was not read, whatever the guard lets go."""
    second = person(card(), "c2", **members)
    found = Actual(unread={"1": entry(card())}, labelled={"1": [second]}, label=LABEL)
    plan = make_plan(desired(left=frozenset({"1"})), ledger({"1": entry(card())}), found)

    assert plan.found == {}
    assert plan.seen == {}
    assert plan.extras == {"people/c2": "1"}
    assert plan.kept == ({"1": "shared"} if members else {})
    assert [removal.person.resource_name for removal in plan.remove] == [
        "people/c1",
        *([] if members else ["people/c2"]),
    ]


def test_every_contact_of_a_customer_who_left_goes() -> None:
    """Both, each by itself."""
    first, second = person(card(), updated="1"), person(card(), "c2")
    plan = make_plan(desired(left=frozenset({"1"})), Ledger(), read(first, second))

    assert plan.remove == [PlannedChange("1", "left", first), PlannedChange("1", "left", second)]
    assert plan.pending() == {"1"}


def test_what_is_kept_of_two_is_noted_of_the_first() -> None:
    """The ledger has one contact a customer."""
    first, second = person(card(), updated="1"), person(card(), "c2")
    plan = make_plan(desired(held={"1": "odd"}), Ledger(), read(first, second))

    assert plan.seen == {"1": Entry("people/c1", "id-c1", "tag-c1", content="mixed")}
    assert plan.found == {"1": "people/c1"}


def test_the_writes_of_a_plan_are_all_of_them() -> None:
    """Relabelled, updated, created and removed ones."""
    person_ = person(card())
    plan = Plan(
        relabel=[PlannedChange("1", "unlabelled", person_)],
        update=[PlannedChange("2", "changed", person_), PlannedChange("3", "mended", person_)],
        create=[*map(new, "4567")],
        remove=[PlannedChange(str(n), "gone", person_) for n in range(10, 18)],
    )

    assert plan.writes == 15
    assert plan.pending() == {"1", "2", "3", *(str(n) for n in range(10, 18))}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"unread": {"1": entry(card(), content="mixed")}}, []),
        ({"unread": {"1": entry(card(number=SECOND), content="mixed")}}, ["people/c1"]),
        ({"unread": {"2": entry(card("2", SECOND), content="mixed")}}, []),
        ({"unread": {"1": entry(card(number=SECOND), content="ours")}}, []),
        ({"unread": {"1": entry(card(), content="unseen")}}, ["people/c1"]),
        ({"unlabelled_entries": {"1": entry(card(), content="unlabelled")}}, ["people/c1"]),
        ({"unlabelled_entries": {"2": entry(card("2"), content="unlabelled")}}, []),
    ],
    ids=["sent", "to be written", "not wanted", "exactly ours", "unseen", "wanted, apart", "apart"],
)
def test_what_must_be_read_before_it_can_be_planned(found: dict[str, Any], expected: list[str]) -> None:
    """Contacts are read that hold more than ours and change, that are in doubt, or that lack the label."""
    assert list(to_be_read(Actual(**found), ONE)) == expected


def test_the_name_is_compared_too() -> None:
    """A record whose name alone has changed is an update of the name."""
    [update] = make_plan(desired([card(name="Áine Walsh")]), Ledger(), read(person(card()))).update

    assert update.fields == ("names", "clientData")
    assert update.additions == ()


def test_every_contact_beside_the_first_is_told() -> None:
    """Whether it goes or stays: until it is gone, somebody must look at it."""
    edited = person(card(), "c2", fields=own_number(card()), updated="3")
    plan = make_plan(ONE, ledger({"1": entry(card())}), read(person(card()), edited, person(card(), "c3")))
    beside = make_plan(ONE, Ledger(), Actual(unread={"1": entry(card())}, labelled={"1": [edited]}))

    assert plan.extras == {"people/c2": "1", "people/c3": "1"}
    assert beside.extras == {"people/c2": "1"}
    assert make_plan(ONE, Ledger(), read(edited)).extras == {}


def test_every_contact_outside_the_label_is_told_but_the_one_that_is_put_back() -> None:
    """When its customer comes back after the others are gone, it is theirs: nobody need be made."""
    outside = [person(card(), name, groups=OUT, updated=name) for name in ("c3", "c2")]
    labelled = {"1": [person(card())]}
    beside = make_plan(ONE, Ledger(), Actual(labelled=labelled, unlabelled={"1": outside}, label=LABEL))
    alone = make_plan(ONE, Ledger(), Actual(unlabelled={"1": outside}, label=LABEL))

    assert beside.extras == {"people/c2": "1", "people/c3": "1"}
    assert alone.extras == {"people/c3": "1"}
    assert [change.person.resource_name for change in alone.relabel] == ["people/c2"]


@pytest.mark.parametrize(
    "members", [{"has_user_data": True}, {"groups": IN | {"contactGroups/starred"}}], ids=["a note", "a star"]
)
def test_a_second_contact_that_a_user_made_their_own_stays(members: dict[str, Any]) -> None:
    """And is told as what it is."""
    plan = make_plan(ONE, Ledger(), read(person(card(), updated="1"), person(card(), "c2", **members)))

    assert plan.remove == []
    assert plan.kept == {"1": "own"}


def test_nobody_is_made_for_whom_google_does_not_tell() -> None:
    """Unless there is a contact of theirs all the same; those who left are remembered as well."""
    found = Actual(unread={"3": entry(card("3"), "c3")}, unsure={"1", "3", "9"})
    plan = make_plan(desired([card(), card("2"), card("3")]), Ledger(), found, frozenset({"4"}))

    assert plan.unsure == frozenset({"1", "4", "9"})
    assert created(plan) == ["2"]
    assert plan.kept == {"1": "unconfirmed"}


def test_a_hidden_contact_is_an_extra_one_where_no_entry_will_name_it() -> None:
    """Its customer has another contact now, or it was an extra one before; else it is the customer's own."""
    known = ledger({"3": entry(card("3"), "c3")})
    known.head.extras = {"people/c2": "2"}
    hidden = {"people/c1": "1", "people/c2": "2", "people/c3": "3"}
    found = Actual(labelled={"1": [person(card(), "c9")]}, hidden=hidden, label=LABEL)
    plan = make_plan(desired([card(), card("3")]), known, found)

    assert plan.extras == {"people/c1": "1", "people/c2": "2"}
