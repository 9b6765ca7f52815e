"""Leavers whose contacts retire: to the label of former customers, back from it, and out of the account."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.ports import Put
from shared.replace import replace
from shared.usecases.accounts.full_listing import force_full_listing
from shared.usecases.accounts.restore import Restored, restore, resume
from shared.usecases.base.documents import load_wisp, wisp_put
from shared.usecases.base.leases import TTL
from shared.usecases.base.ledger_store import ledger_drops, load_known, load_ledger
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.snapshots import runs
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.leaving_kit import leave, removed
from tests.world import LABEL, World, a_world, customer

FORMER = f"{LABEL} \N{EN DASH} Former"
DAY = timedelta(days=1).total_seconds()


def set_up(world: World, **settings: Any) -> None:
    """Let settings count, as if they had been checked."""
    world.services.state.write(wisp_put(replace(load_wisp(world.services.state, "acme"), **settings)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The wisp ``acme``, whose leavers retire for ten days, with five customers in its account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        set_up(world, leavers="former", former_days=10)
        world.run()
        yield world


def members(world: World, label: str) -> dict[str, str]:
    """Return the resource names of a label's contacts, by customer."""
    everything = world.snapshot()
    names = [n for g in everything["groups"].values() if g["name"] == label for n in g["members"]]
    return {everything["contacts"][name]["externalIds"][0]["value"]: name for name in names}


def whole(world: World) -> None:
    """Have the next run list everything."""
    force_full_listing(world.services, world.accounts[0], by="test")


def by_changes(_: World) -> None:
    """Have it ask for what changed."""


ways = pytest.mark.parametrize("way", [by_changes, whole])


@ways
def test_a_leavers_contact_retires(world: World, way: Callable[[World], None]) -> None:
    """It is the same contact with the same content, in another label; a calm night costs one request."""
    before = world.snapshot()["contacts"]
    names = members(world, LABEL)
    world.leave(1)
    world.simpler.state.customers.delete("2")
    way(world)
    run = world.run()
    [outcome] = run.accounts
    after = world.snapshot()["contacts"]

    assert outcome.state == "complete"
    assert outcome.retired == 2
    assert outcome.removed == 0
    assert outcome.held == 3
    assert load_known(world.services.state, world.accounts[0].id, "1").writers.last == run.run
    assert [(note.what, note.why) for note in outcome.notes] == [("retired", "left"), ("retired", "gone")]
    assert members(world, FORMER) == {"1": names["1"], "2": names["2"]}
    assert members(world, LABEL).keys() == {"3", "4", "5"}
    assert all(after[name]["names"] == before[name]["names"] for name in names.values())
    assert world.run().accounts[0].writes == 0
    calm = world.run().accounts[0]
    assert calm.requests == 1
    assert calm.writes == 0
    assert calm.notes == []
    assert calm.held == 3


@ways
def test_it_is_removed_when_its_days_are_over(world: World, way: Callable[[World], None]) -> None:
    """Counted from when it retired, and not before."""
    world.leave(1)
    world.run()
    world.clock.advance(9 * DAY)
    world.run()
    early = members(world, FORMER)
    world.clock.advance(1 * DAY)
    way(world)
    outcome = world.run().accounts[0]

    assert early.keys() == {"1"}
    assert outcome.removed == 1
    assert outcome.held == 4
    assert [note.why for note in outcome.notes] == ["former"]
    assert members(world, FORMER) == {}
    assert len(world.snapshot()["contacts"]) == 4


@ways
def test_who_comes_back_has_the_same_contact(world: World, way: Callable[[World], None]) -> None:
    """In our label alone, with what the user added, and as SIMPLer has it a night later; nobody is twice."""
    name = members(world, LABEL)["1"]
    world.leave(1)
    world.run()
    world.user().edit(name, biographies=[{"value": "Owes us a router."}])
    world.run()
    world.simpler.state.customers.patch("1", {"status": "current", "mobile": "086 765 4321"})
    way(world)
    back = world.run().accounts[0]
    world.run()
    contact = world.labelled()["1"]

    assert back.relabelled == 1
    assert back.created == 0
    assert back.held == 5
    assert [note.why for note in back.notes] == ["it was a former customer's"]
    assert members(world, LABEL)["1"] == name
    assert members(world, FORMER) == {}
    assert contact["phoneNumbers"][0]["value"] == "+353 86 765 4321"
    assert contact["biographies"][0]["value"] == "Owes us a router."
    assert len(world.snapshot()["contacts"]) == 5


def test_a_button_retires_and_brings_back(world: World) -> None:
    """As a run does; the customer's answer says that the contact left, or changed."""
    world.leave(1)
    gone = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]
    again = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]
    retired = members(world, FORMER)
    world.simpler.state.customers.patch("1", {"status": "current"})
    back = sync_customer(world.services, "acme", "1", "mary@example.com").accounts[0]

    assert gone.result == "removed"
    assert again.result == "skipped"
    assert back.result == "updated"
    assert retired.keys() == {"1"}
    assert members(world, FORMER) == {}
    assert len(members(world, LABEL)) == 5


@ways
def test_who_takes_it_out_of_the_label_has_it_for_good(world: World, way: Callable[[World], None]) -> None:
    """A contact with our mark alone is the user's, until its customer comes back."""
    world.leave(1)
    world.run()
    name = members(world, FORMER)["1"]
    user = world.user()
    user.unlabel(name, user.label(FORMER))
    world.run()
    world.clock.advance(11 * DAY)
    way(world)
    stayed = world.run().accounts[0]
    world.simpler.state.customers.patch("1", {"status": "current"})
    back = world.run().accounts[0]

    assert stayed.removed == 0
    assert back.relabelled == 1
    assert back.created == 0
    assert members(world, LABEL)["1"] == name


def test_many_who_retire_wait_for_a_person(tmp_path: Path) -> None:
    """The guard counts them as removals; what a person lets retire is not removed for it."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        set_up(world, leavers="former")
        world.run()
        world.leave(*range(1, 31))
        held = world.run().accounts[0]
        preview = preview_sync(world.services, "acme")
        set_up(world, leavers="remove")
        other = sync_wisp(world.services, SyncWisp("acme", allow=preview.token)).accounts[0]
        set_up(world, leavers="former")
        let = sync_wisp(world.services, SyncWisp("acme", allow=preview.token)).accounts[0]
        shown = preview.accounts[0]

        assert "would go over to the former customers" in held.reason
        assert held.refused == 30
        assert held.retired == 0
        assert shown.retire == 30
        assert shown.remove == 0
        assert shown.refused == 30
        assert all(contact.retires for contact in shown.removes)
        assert other.removed == 0
        assert other.refused == 30
        assert let.retired == 30
        assert let.refused == 0


def test_a_shrunken_list_retires_nobody(tmp_path: Path) -> None:
    """Nor does it remove who has been there long enough."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        set_up(world, leavers="former", former_days=1)
        world.run()
        world.leave(1)
        world.run()
        world.clock.advance(2 * DAY)
        for number in range(20, 61):
            world.simpler.state.customers.delete(str(number))
        outcome = world.run().accounts[0]

        assert outcome.retired == 0
        assert outcome.removed == 0
        assert outcome.refused == 42
        assert members(world, FORMER).keys() == {"1"}


def test_absence_in_doubt_retires_nobody(world: World) -> None:
    """A record without an id may be anybody's."""
    world.simpler.state.customers.patch("1", {"customerid": None})
    outcome = world.run().accounts[0]

    assert outcome.retired == 0
    assert len(members(world, LABEL)) == 5


@pytest.mark.parametrize(("leavers", "removed"), [("remove", 1), ("keep", 0)])
@ways
def test_another_setting_counts_for_those_who_retired(
    world: World, way: Callable[[World], None], leavers: str, removed: int
) -> None:
    """Who removes leavers has no former customers; who keeps them keeps those, too, and without a word."""
    world.leave(1)
    world.run()
    set_up(world, leavers=leavers)
    world.clock.advance(30 * DAY)
    way(world)
    outcome = world.run().accounts[0]

    assert outcome.removed == removed
    assert len(members(world, FORMER)) == 1 - removed
    assert len(outcome.notes) == removed


def test_a_former_build_can_read_a_ledger_in_which_nobody_retired(world: World) -> None:
    """An entry has a member more only while its contact is a former customer's."""
    world.leave(1)
    world.run()
    shards = world.services.state.find(f"ledgers/{world.accounts[0].id}/shards")
    entries = {c: entry for _, shard in shards for c, entry in json.loads(str(shard["entries"])).items()}

    assert {customer: len(entry) for customer, entry in entries.items()} == {"1": 7} | dict.fromkeys(
        "2345", 6
    )


def test_a_lost_ledger_begins_the_days_anew(world: World) -> None:
    """Too long is better than too short; the label is found by its mark."""
    world.leave(1)
    world.run()
    world.clock.advance(9 * DAY)
    world.services.state.write(*ledger_drops(world.services.state, world.accounts[0].id))
    world.run()
    world.clock.advance(9 * DAY)
    whole(world)
    world.run()
    still = members(world, FORMER)
    world.clock.advance(2 * DAY)

    assert still.keys() == {"1"}
    assert world.run().accounts[0].removed == 1


def test_a_label_that_was_deleted_is_made_again_for_the_next(world: World) -> None:
    """Who was in it is the user's."""
    world.leave(1)
    world.run()
    name = members(world, FORMER)["1"]
    world.user().call("DELETE", world.user().label(FORMER))
    world.leave(2)
    world.run()
    world.clock.advance(11 * DAY)
    world.run()

    assert name in world.snapshot()["contacts"]
    assert len(world.snapshot()["contacts"]) == 4


def test_a_run_is_undone(world: World) -> None:
    """Who retired in it is back in our label, and who had retired before stays where they are."""
    world.leave(1)
    world.run()
    world.clock.advance(DAY)
    world.leave(2)
    run = world.run().run
    done = restore(world.services, "acme", world.accounts[0].id, run, by="op", go=True)

    assert done.create == 1
    assert done.remove == 0
    assert members(world, LABEL).keys() == {"2", "3", "4", "5"}
    assert members(world, FORMER).keys() == {"1"}


def undo(world: World, run: str, *, go: bool = True, services: Services | None = None) -> Restored:
    """Bring the account back to what it was before a run."""
    world.clock.advance(1)
    return restore(services or world.services, "acme", world.accounts[0].id, run, by="op", go=go)


def retired_at(world: World, customer_id: str) -> float:
    """Return since when the ledger knows a customer as a former one."""
    entry = load_ledger(world.services.state, world.accounts[0].id).get(customer_id)
    return entry.retired_at if entry else 0.0


def test_who_came_back_in_a_run_that_is_undone_is_a_former_customer_again(world: World) -> None:
    """With the contact that they had, a user's note on it, and the days that had passed."""
    world.leave(1)
    world.run()
    since = retired_at(world, "1")
    name = members(world, FORMER)["1"]
    world.user().edit(name, biographies=[{"value": "Owes us a router."}])
    world.run()
    world.clock.advance(DAY)
    world.simpler.state.customers.patch("1", {"status": "current"})
    run = world.run().run
    looked = undo(world, run, go=False)
    done = undo(world, run)

    assert looked.retire == done.retire == 1
    assert looked.remove == done.remove == 0
    assert members(world, FORMER) == {"1": name}
    assert "1" not in members(world, LABEL)
    assert world.snapshot()["contacts"][name]["biographies"][0]["value"] == "Owes us a router."
    assert retired_at(world, "1") == since
    assert done.outcome is not None
    assert done.outcome.held == 4


def test_who_retired_since_a_run_holds_again_what_they_held_before_it(world: World) -> None:
    """They are put back into the label, and then what they hold is put right, by the same undo."""
    name = members(world, LABEL)["1"]
    world.simpler.state.customers.patch("1", {"mobile": "086 765 4321"})
    run = world.run().run
    world.leave(1)
    world.run()
    done = undo(world, run)
    numbers = [phone["value"] for phone in world.snapshot()["contacts"][name]["phoneNumbers"]]

    assert members(world, LABEL)["1"] == name
    assert numbers == ["+353 87 100 0001"]
    assert done.outcome is not None
    assert done.outcome.state == "complete"
    assert done.outcome.relabelled == 1
    assert done.outcome.updated == 1
    assert [(note.customer, note.what) for note in done.outcome.notes] == [
        ("1", "relabelled"),
        ("1", "updated"),
    ]
    assert counts(undo(world, run)) == (0, 0, 0, 0)


def test_an_undo_leaves_a_former_customer_whom_google_did_not_let_back(world: World) -> None:
    """The run that is undone had failed for them."""
    world.leave(1)
    world.run()
    since = retired_at(world, "1")
    name = members(world, FORMER)["1"]
    world.clock.advance(DAY)
    world.simpler.state.customers.patch("1", {"status": "current"})
    world.simpler.state.customers.add(customer(6))
    world.fault(method="contactGroups.members.modify", times=None, what={"status": 503})
    run = world.run().run
    world.google.world.faults.clear()
    undo(world, run)

    assert members(world, FORMER) == {"1": name}
    assert members(world, LABEL).keys() == {"2", "3", "4", "5"}
    assert retired_at(world, "1") == since


def test_what_a_user_had_taken_for_themselves_outlives_an_undo(world: World) -> None:
    """A run put it back into the label, since its customer came back; it is removed from nowhere."""
    set_up(world, leavers="remove")
    name = members(world, LABEL)["1"]
    world.user().unlabel(name, world.user().label(LABEL))
    world.user().edit(name, biographies=[{"value": "My neighbour."}])
    world.leave(1)
    world.run()
    world.simpler.state.customers.patch("1", {"status": "current"})
    back = world.run()
    done = undo(world, back.run)

    assert back.accounts[0].relabelled == 1
    assert counts(done) == (0, 0, 0, 0)
    assert world.snapshot()["contacts"][name]["biographies"][0]["value"] == "My neighbour."
    assert done.outcome is not None
    assert [(note.customer, note.what) for note in done.outcome.notes] == [("1", "kept")]


def days_pass(world: World) -> None:
    """Let more days pass than contacts of former customers have."""
    world.clock.advance(11 * DAY)


def leavers_go(world: World) -> None:
    """Have leavers removed from now on."""
    set_up(world, leavers="remove")


def counts(done: Restored) -> tuple[int, int, int, int]:
    """Return what would be made, changed, removed and given back to the former customers."""
    return done.create, done.update, done.remove, done.retire


@pytest.mark.parametrize("cause", [days_pass, leavers_go])
def test_former_customers_whom_a_run_removed_come_back_by_an_undo(
    world: World, cause: Callable[[World], None]
) -> None:
    """Into their label, with the days that had passed; doing it twice is doing it once."""
    world.leave(1, 2)
    world.run()
    since = retired_at(world, "1")
    cause(world)
    removed = world.run()
    looked = undo(world, removed.run, go=False)
    done = undo(world, removed.run)
    there = members(world, FORMER)
    twice = undo(world, removed.run)
    set_up(world, leavers="former", former_days=30)
    resume(world.services, "acme", world.accounts[0].id, by="op")
    after = world.run().accounts[0]

    assert removed.accounts[0].removed == 2
    assert counts(looked) == counts(done) == (2, 0, 0, 0)
    assert counts(twice) == (0, 0, 0, 0)
    assert there.keys() == {"1", "2"}
    assert world.snapshot()["contacts"][there["1"]]["names"][0]["givenName"] == "Customer 1"
    assert done.outcome is not None
    assert done.outcome.created == 2
    assert done.outcome.held == 3
    assert retired_at(world, "1") == since
    assert after.writes == 0
    assert members(world, FORMER) == there
    assert len(world.snapshot()["contacts"]) == 5


def an_undo(world: World) -> str:
    """Undo a run that removed two former customers' contacts; return the undo's own id."""
    world.leave(1, 2)
    world.run()
    world.clock.advance(11 * DAY)
    undo(world, world.run().run)
    return list(runs(world.services.state, world.accounts[0].id, world.clock.now()))[-1]


def test_an_undo_that_is_undone_leaves_none_of_the_contacts_that_it_made(world: World) -> None:
    """Who was in no label before it is in none again; the look before it tells so."""
    run = an_undo(world)
    between = members(world, FORMER)
    looked = undo(world, run, go=False)
    done = undo(world, run)
    twice = undo(world, run)

    assert between.keys() == {"1", "2"}
    assert looked.remove == done.remove == 2
    assert members(world, FORMER) == {}
    assert members(world, LABEL).keys() == {"3", "4", "5"}
    assert done.outcome is not None
    assert done.outcome.held == 3
    assert counts(twice) == (0, 0, 0, 0)


def test_an_undo_leaves_a_former_customers_contact_of_which_nobody_knows_who_made_it(world: World) -> None:
    """Such as where the ledger was lost since, or a user took the contact out of the trash."""
    run = an_undo(world)
    account = world.accounts[0].id
    for id_, shard in world.services.state.find(f"ledgers/{account}/shards"):
        world.services.state.write(Put(f"ledgers/{account}/shards/{id_}", {**shard, "writers": ""}))
    done = undo(world, run)

    assert done.remove == 0
    assert members(world, FORMER).keys() == {"1", "2"}


def test_an_undo_that_dies_doubles_no_former_customer(world: World) -> None:
    """Wherever it does; the next one finds what the first has made."""
    world.leave(1, 2)
    world.run()
    world.clock.advance(11 * DAY)
    run = world.run().run
    for writes in count():
        dying = DyingProcess(writes)
        with suppress(Died):
            undo(world, run, services=dying.services(world.services))
        world.expire(2 * TTL)
        for _ in range(3):
            world.clock.advance(2 * TTL)
            done = undo(world, run).outcome
            if done and done.state == "complete":
                break
        assert members(world, FORMER).keys() == {"1", "2"}, writes
        assert len(world.snapshot()["contacts"]) == 5, writes
        if not dying.died:
            return
        for name in members(world, FORMER).values():
            world.user().delete(name)


def test_disconnecting_removes_them_too(world: World) -> None:
    """They are ours; the label of former customers goes with them unless somebody else is in it."""
    world.leave(1)
    world.run()
    left = leave(world)
    everything = world.snapshot()

    assert left == removed(5)
    assert everything["contacts"] == {}
    assert [g["name"] for g in everything["groups"].values() if g["name"].startswith("Azotel")] == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_move_that_is_cut_off_is_finished(world: World, nth: int, when: str) -> None:
    """Between the two labels, on the way there and back; nobody is lost, doubled or left in both."""
    world.leave(1)
    for status in ("post", "current"):
        world.simpler.state.customers.patch("1", {"status": status})
        world.fault(method="contactGroups.members.modify", nth=nth, times=9, when=when, what={"status": 503})
        cut_off = world.run().accounts[0]
        world.google.world.faults.clear()
        for _ in range(3):
            world.run()
        there, gone = (FORMER, LABEL) if status == "post" else (LABEL, FORMER)

        assert cut_off.state != "complete"
        assert "1" in members(world, there)
        assert "1" not in members(world, gone)
        assert len(world.snapshot()["contacts"]) == 5
