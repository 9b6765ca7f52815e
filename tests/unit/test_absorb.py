"""What the ledger takes over from a look at Google, before anything is written."""

from shared.domain.sync.absorb import absorb, absorb_all
from shared.domain.sync.actual import Actual
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.ledger import MOST_EXTRAS, Entry
from shared.domain.sync.mark import Mark
from shared.domain.sync.merge import merge
from shared.domain.sync.plan import Plan, PlannedChange
from tests.unit.plan_kit import LABEL, SECOND, card, desired, entry, ledger, new, person

ONE = desired([card()])


def test_what_was_found_is_noted_by_its_name() -> None:
    """A contact that the ledger did not know, or by another name; what it knows by this one stays."""
    known = ledger({"2": entry(card("2"), "old"), "3": entry(card("3"), "c3")})
    absorb(known, Plan(found={"1": "people/c1", "2": "people/new", "3": "people/c3"}), ONE)

    assert dict(known.entries()) == {
        "1": Entry("people/c1"),
        "2": Entry("people/new"),
        "3": entry(card("3"), "c3"),
    }


def test_what_was_found_equal_is_noted_with_its_card() -> None:
    """The card is kept for an undo, where it is known to be what we sent and is not kept yet."""
    known = ledger({"1": entry(card(number=SECOND))})
    absorb(known, Plan(seen={"1": entry(card(), record="r")}), ONE)
    new = ledger({})
    absorb(new, Plan(seen={"1": entry(card())}), ONE)
    again = ledger({"1": entry(card(), record="r")})
    absorb(again, Plan(seen={"1": entry(card(), record="r")}), ONE)
    kept = ledger({})
    absorb(kept, Plan(seen={"1": Entry("people/c1", content="mixed")}), desired())

    assert known.get("1") == entry(card(), record="r")
    assert known.shards[0].cards == {"1": card()}
    assert new.get("1") == entry(card())
    assert new.shards[0].cards == {"1": card()}
    assert again.touched == set()
    assert again.shards[0].cards == {}
    assert kept.get("1") == Entry("people/c1", content="mixed")
    assert kept.shards[0].cards == {}


def test_a_record_that_changed_without_its_card_is_noted_alone() -> None:
    """The card that is kept is still the one, so that the shard's cards need not be packed anew."""
    known = ledger({"1": entry(card(), record="old")})
    absorb(known, Plan(seen={"1": entry(card(), record="new")}), ONE)

    assert known.get("1") == entry(card(), record="new")
    assert known.shards[0].cards == {}
    assert known.touched == {0}


def test_earlier_names_are_noted_of_a_contact_that_needs_nothing() -> None:
    """As it was known, or as its card says; one that is to be written is not as we left it yet."""
    as_known, as_said = (
        person(card(), previous=("people/c9",)),
        person(card("2"), "c2", previous=("people/c8",)),
    )
    other = person(card("3", SECOND), "c3", previous=("people/c7",), source_etag="another")
    wanted = desired([card(), card("2"), card("3")])
    known = ledger({"1": entry(card()), "3": entry(card("3"), "c3")})
    found = Actual(labelled={"1": [as_known], "2": [as_said], "3": [other]}, label=LABEL)
    absorb(known, make_plan(wanted, known, found), wanted)

    assert known.knows_previous("1", as_known.previous)
    assert known.knows_previous("2", as_said.previous)
    assert not known.knows_previous("3", other.previous)


def test_what_is_to_be_written_is_doubted_until_it_is() -> None:
    """A contact that was read, and one that is put back; an unread one is as the ledger has it."""
    known = ledger({"1": entry(card()), "2": entry(card("2"), "c2"), "3": entry(card("3"), "c3")})
    plan = Plan(
        update=[
            PlannedChange(
                "1",
                "changed",
                person(card()),
                merged=merge(fields_of(card()), person(card()), Mark("acme", "1")),
            ),
            PlannedChange("2", "changed", person(card("2"), "c2")),
        ],
        relabel=[PlannedChange("3", "unlabelled", person(card("3"), "c3"))],
    )
    absorb(known, plan, ONE)

    assert dict(known.entries()) == {
        "1": Entry("people/c1", "id-c1"),
        "2": entry(card("2"), "c2"),
        "3": Entry("people/c3", "id-c3"),
    }


def test_what_is_to_be_removed_is_noted_as_it_was_read() -> None:
    """The guard may refuse it. An unread one is known; a surplus one is not the ledger's."""
    known = ledger({"1": entry(card()), "2": entry(card("2"), "c2"), "3": entry(card("3"), "c3")})
    plan = Plan(
        found={"1": "people/c1", "3": "people/c3"},
        remove=[
            PlannedChange("1", "gone", person(card())),
            PlannedChange("2", "gone", entry(card("2"), "c2").person()),
            PlannedChange("3", "duplicate", person(card("3"), "c9")),
        ],
    )
    absorb(known, plan, ONE)

    assert dict(known.entries()) == {
        "1": Entry("people/c1", "id-c1", "tag-c1", content="mixed"),
        "2": entry(card("2"), "c2"),
        "3": entry(card("3"), "c3"),
    }


def test_who_was_not_found_has_no_contact() -> None:
    """The ledger then is the whole account."""
    known = ledger(
        {
            "1": Entry("people/c1"),
            "2": entry(card("2"), "c2"),
            "3": entry(card("3"), "c3"),
            "4": Entry("people/c4"),
        }
    )
    plan = Plan(
        found={"1": "people/c1"},
        unread=({"2": entry(card("2"), "c2")}, {"3": entry(card("3"), "c3")}),
        seen={"1": entry(card(), record="r")},
    )
    absorb_all(known, plan, ONE)

    assert [customer for customer, _ in known.entries()] == ["1", "2", "3"]
    assert known.head.whole is True
    assert known.shards[0].cards == {"1": card(), "4": None}


def test_a_creation_in_doubt_stays_so_while_it_may_yet_show() -> None:
    """Looked for, not found, and not old enough; who is made after all is suspected of the failure."""
    known = ledger({})
    known.head.unconfirmed = {"young": 1.0, "found": 2.0, "equal": 3.0, "old": 4.0, "left": 5.0}
    known.head.suspects = {"before"}
    plan = Plan(
        create=[new("old"), new("new")],
        kept={"equal": "edited"},
        unsure=frozenset({"young"}),
        seen={"equal": Entry("people/c1", content="mixed")},
        found={"found": "people/c2"},
    )
    absorb_all(known, plan, ONE)

    assert known.head.unconfirmed == {"young": 1.0}
    assert known.head.suspects == {"before", "old"}


def test_a_contact_that_is_neither_shown_nor_gone_stays_in_the_ledger() -> None:
    """Its customer may have left: it is still to be removed once Google shows it."""
    known = ledger({"1": entry(card()), "2": entry(card("2"), "c2"), "3": entry(card("3"), "c3")})
    absorb_all(known, Plan(found={"1": "people/c1"}, unsure=frozenset({"2"})), ONE)

    assert dict(known.entries()) == {"1": entry(card()), "2": entry(card("2"), "c2")}


def test_extra_contacts_are_those_of_the_plan() -> None:
    """After a full comparison a surplus contact that became its customer's first is no surplus any more."""
    known = ledger({})
    known.head.extras = {"people/c9": "9", "people/c2": "2"}
    one, everybody = (
        Plan(found={"2": "people/c2"}, extras={"people/c3": "2"}),
        Plan(extras={"people/c4": "4"}),
    )
    absorb(known, one, ONE)
    after_one = dict(known.head.extras)
    absorb_all(known, everybody, ONE)

    assert after_one == {"people/c9": "9", "people/c3": "2"}
    assert known.head.extras == {"people/c4": "4"}


def test_no_more_extra_contacts_are_kept_than_a_document_holds() -> None:
    """The first ones; the run then lists everything the next time."""
    known = ledger({})
    absorb_all(known, Plan(extras={f"people/c{n}": "1" for n in range(MOST_EXTRAS + 1)}), ONE)

    assert list(known.head.extras) == [f"people/c{n}" for n in range(MOST_EXTRAS)]
