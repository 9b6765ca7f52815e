"""Runs that only ask what has changed: they see all that users did, and fall back to everything in time."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.domain.sync.ledger import LISTED_FOR
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.missing import LAG, UNDER_WAY
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.listings import LIST, Listings, held
from tests.hooked import Hooked, then_listed, with_book
from tests.world import LABEL, World, a_world, customer

HEAD = "ledgers/acme-0"
EXPIRED = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "EXPIRED_SYNC_TOKEN"}
UPDATE = "people.updateContact"


def error(code: int, status: str, *details: dict[str, str]) -> dict[str, Any]:
    """Return an answer of Google's."""
    return {
        "error": {"code": code, "status": status, "message": "Sync token is expired.", "details": details}
    }


def seven_days(world: World) -> None:
    """Move Google's clock past the life of a sync token, but not ours."""
    world.google.clock.forward(timedelta(days=7, seconds=1))


SHAPES: dict[str, Callable[[World], None]] = {
    "by age": seven_days,
    "400 INVALID_ARGUMENT": lambda w: w.fault(
        method=LIST, what={"status": 400, "body": error(400, "INVALID_ARGUMENT", EXPIRED)}
    ),
    "400 FAILED_PRECONDITION": lambda w: w.fault(
        method=LIST, what={"status": 400, "body": error(400, "FAILED_PRECONDITION", EXPIRED)}
    ),
    "400 without a reason": lambda w: w.fault(
        method=LIST, what={"status": 400, "body": error(400, "INVALID_ARGUMENT")}
    ),
    "410": lambda w: w.fault(method=LIST, what={"status": 410, "body": "Gone"}),
    "our own measure": lambda w: w.clock.advance(LISTED_FOR),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_token_that_is_not_good_any_more_costs_a_whole_listing(tmp_path: Path, shape: str) -> None:
    """In each shape in which Google says so; nobody is written twice, and changes suffice again then."""
    with a_world(tmp_path, [customer(n) for n in range(1, 9)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        SHAPES[shape](world)
        listings = Listings(world)
        whole, calm = world.run().accounts[0], world.run().accounts[0]

        assert listings.whole == 1
        assert whole.updated == 1
        assert whole.writes == 1
        assert calm.requests == 1
        assert calm.writes == 0
        assert set(held(world).values()) == {1}


def name_of(world: World, number: str) -> str:
    """Return the resource name of a customer's contact."""
    return str(world.labelled()[number]["resourceName"])


def delete(world: World) -> None:
    """Move the contact to the trash, as the user."""
    world.user().delete(name_of(world, "1"))


def edit(world: World) -> None:
    """Change its number, as the user."""
    world.user().edit(name_of(world, "1"), phoneNumbers=[{"value": "+353 1 555 0000"}])


def add(world: World) -> None:
    """Add a number, as the user; it stays."""
    ours = {"value": "+353 87 100 0001", "type": "mobile"}
    world.user().edit(name_of(world, "1"), phoneNumbers=[ours, {"value": "+353 1 555 0001"}])


def note(world: World) -> None:
    """Write a note, as the user; it is theirs."""
    world.user().edit(name_of(world, "1"), biographies=[{"value": "gate code 1234"}])


def star(world: World) -> None:
    """Star it, as the user may."""
    body = {"resourceNamesToAdd": [name_of(world, "1")]}
    world.user().call("POST", "contactGroups/starred/members:modify", body)


def unlabel(world: World) -> None:
    """Take our label off, as the user."""
    world.user().unlabel(name_of(world, "1"), world.user().label(LABEL))


def relabel(world: World) -> None:
    """Put it into a label of the user's instead of ours."""
    user = world.user()
    made = user.call("POST", "contactGroups", {"contactGroup": {"name": "Neighbours"}})
    body = {"resourceNamesToAdd": [name_of(world, "1")]}
    user.call("POST", f"{made['resourceName']}/members:modify", body)
    unlabel(world)


def merge(world: World) -> None:
    """Merge the contacts of two customers, as the user: one is left, with both marks."""
    one, two = world.labelled()["1"], world.labelled()["2"]
    world.user().delete(two["resourceName"])
    pairs = (*one["clientData"], *two["clientData"])
    both = [{"key": pair["key"], "value": pair["value"]} for pair in pairs]
    world.user().edit(one["resourceName"], clientData=both)


def unmark(world: World) -> None:
    """Strip its client data, as another program: it is not ours any more."""
    world.user().edit(name_of(world, "1"), clientData=[])


def delete_label(world: World) -> None:
    """Delete the label, as the user."""
    world.user().call("DELETE", world.user().label(LABEL))


def remake_label(world: World) -> None:
    """Delete the label, and make one of the same name with the contact in it, as the user."""
    name = name_of(world, "1")
    delete_label(world)
    made = world.user().call("POST", "contactGroups", {"contactGroup": {"name": LABEL}})
    body = {"resourceNamesToAdd": [name]}
    world.user().call("POST", f"{made['resourceName']}/members:modify", body)


def rename_label(world: World) -> None:
    """Rename the label and back, as the user; this file's helpers look for its name."""
    user, label = world.user(), world.user().label(LABEL)
    for name in ("Customers", LABEL):
        etag = user.call("GET", label)["etag"]
        user.call("PUT", label, {"contactGroup": {"resourceName": label, "etag": etag, "name": name}})


CUSTOMERS = 8
Done = tuple[int, int, int, int]
"""Created, updated, relabelled, removed."""

GESTURES: dict[Callable[[World], None], Done] = {
    delete: (1, 0, 0, 0),
    edit: (0, 1, 0, 0),
    add: (0, 0, 0, 0),
    note: (0, 0, 0, 0),
    star: (0, 0, 0, 0),
    unlabel: (0, 0, 1, 0),
    relabel: (0, 0, 1, 0),
    merge: (1, 1, 0, 0),
    unmark: (1, 0, 0, 0),
    delete_label: (0, 0, CUSTOMERS, 0),
    remake_label: (0, 0, CUSTOMERS - 1, 0),
    rename_label: (0, 0, 0, 0),
}


def by_changes(world: World) -> None:
    """Let the next run ask what has changed."""


def by_everything(world: World) -> None:
    """Let the next run list everything."""
    world.clock.advance(LISTED_FOR)


@pytest.mark.parametrize("way", [by_changes, by_everything])
@pytest.mark.parametrize("gesture", GESTURES, ids=lambda gesture: gesture.__name__)
def test_what_a_user_does_between_two_runs_is_seen(
    tmp_path: Path, gesture: Callable[[World], None], way: Callable[[World], None]
) -> None:
    """Either way a run makes the same of it: all customers once; the run after next writes nothing."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        world.run()
        gesture(world)
        way(world)
        outcome = world.run().accounts[0]
        world.run()
        calm = world.run().accounts[0]

        done = (outcome.created, outcome.updated, outcome.relabelled, outcome.removed)
        assert outcome.state == "complete"
        assert done == GESTURES[gesture]
        assert sorted(world.labelled()) == [str(n) for n in range(1, CUSTOMERS + 1)]
        assert calm.writes == 0
        assert calm.requests == 1


@pytest.mark.parametrize("gesture", [add, note, star])
def test_what_is_the_users_own_survives_a_change(tmp_path: Path, gesture: Callable[[World], None]) -> None:
    """SIMPLer's new number comes, and the user's number, note and star stay."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        gesture(world)
        before = world.labelled()["1"]
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        world.run()
        after = world.labelled()["1"]

        assert after.get("biographies") == before.get("biographies")
        assert after["memberships"] == before["memberships"]
        own = [phone["value"] for phone in before["phoneNumbers"][1:]]
        assert [phone["value"] for phone in after["phoneNumbers"]] == ["+353 86 111 1111", *own]


def test_an_edit_that_could_not_be_mended_is_mended_later(tmp_path: Path) -> None:
    """Google refused it the night that it was told of; it is not told of again, and yet looked at."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        edit(world)
        world.fault(method=UPDATE, times=3, what={"status": 400})
        refused = world.run().accounts[0]
        world.google.world.faults.clear()
        token = (world.services.state.get(HEAD) or {})["token"]
        mended, calm = world.run().accounts[0], world.run().accounts[0]

        assert refused.failed == 1
        assert bool(token) is True
        assert mended.updated == 1
        assert mended.failed == 0
        assert calm.writes == 0
        assert world.labelled()["1"]["phoneNumbers"][0]["value"] == "+353 87 100 0001"


def test_a_contact_that_changes_after_it_was_told_is_merged_in_the_same_run(tmp_path: Path) -> None:
    """Its etag is refused; what the user added a moment ago stays, and SIMPLer's change comes."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        for number in range(1, CUSTOMERS + 1):
            world.simpler.state.customers.patch(str(number), {"mobile": f"086 111 111{number}"})
        services = with_book(
            world.services, lambda _, book: Hooked(book, list=then_listed(book.list, lambda: add(world)))
        )
        world.clock.advance(1)
        outcome = sync_wisp(services, SyncWisp("acme")).accounts[0]
        numbers = [phone["value"] for phone in world.labelled()["1"]["phoneNumbers"]]

        assert outcome.state == "complete"
        assert outcome.updated == CUSTOMERS
        assert outcome.failed == 0
        assert numbers == ["+353 86 111 1111", "+353 1 555 0001"]
        assert world.run().accounts[0].writes == 0


def test_creations_that_google_stumbles_over_are_narrowed_down(tmp_path: Path) -> None:
    """After they were not found, they go twenty at a time, then one by one: the good ones are made once."""
    customers = [customer(n) for n in range(1, 51)]
    with a_world(tmp_path, customers) as world:
        world.fault(method="people.batchCreateContacts", times=2, what={"status": 500})
        states = [world.run().accounts[0]]
        while world.tasks.tasks:
            world.clock.advance(world.tasks.tasks[-1].delay)
            states.append(world.work().accounts[0])
        asked = world.counters()["requests"]

        assert [a.state for a in states] == ["unfinished", "unfinished", "complete"]
        assert held(world) == {str(n): 1 for n in range(1, 51)}
        # Fifty, and sixteen of them, got no telling answer; then twice seventeen, and sixteen by themselves.
        assert asked["people.batchCreateContacts"] == 4
        assert asked["people.createContact"] == 16
        assert (world.services.state.get(HEAD) or {})["suspects"] == []


def a_day(world: World, number: int) -> None:
    """Live through a day: users change and delete, SIMPLer changes, loses and gains."""
    edit(world)
    world.user().delete(name_of(world, "3"))
    world.simpler.state.customers.patch("2", {"mobile": f"086 222 {number:04}"})
    world.simpler.state.customers.patch("4", {"status": "current" if number % 2 else "post"})
    world.simpler.state.customers.add(customer(100 + number))


def test_a_token_is_saved_with_the_work_it_stands_for(tmp_path: Path) -> None:
    """Wherever a run dies, the token asks again for all that it has not done: the next run does it."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        for writes in count():
            a_day(world, writes)
            before, dying = (world.services.state.get(HEAD) or {})["token"], DyingProcess(writes)
            world.clock.advance(1)
            with suppress(Died):
                sync_wisp(dying.services(world.services), SyncWisp("acme"))
            is_new = (world.services.state.get(HEAD) or {})["token"] != before
            progress = world.services.state.get("wisps/acme/progress/acme-0") or {}
            assert not is_new or progress["phase"] == "done", (writes, dying.died)
            world.expire(600)
            world.clock.advance(UNDER_WAY + LAG)
            world.run()
            world.run()
            desired = {
                r["customerid"] for r in world.simpler.state.customers.all() if r["status"] == "current"
            }
            assert held(world) == {str(id_): 1 for id_ in desired}, (writes, dying.died)
            numbers = [world.labelled()[n]["phoneNumbers"][0]["value"] for n in "12"]
            assert numbers == ["+353 87 100 0001", f"+353 86 222 {writes:04}"], (writes, dying.died)
            if not dying.died:
                assert is_new is True
                assert world.run().accounts[0].writes == 0
                return


def test_leavers_that_stay_by_setting_cost_nothing(tmp_path: Path) -> None:
    """Those who left are known by the ledger, whatever the user does with their contacts."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))
        world.run()
        world.leave(1)
        world.run()
        edit(world)
        world.run()
        before, calm = world.snapshot(), world.run().accounts[0]

        assert calm.requests == 1
        assert calm.writes == 0
        assert world.snapshot() == before
        world.simpler.state.customers.patch("1", {"status": "current"})
        assert world.run().accounts[0].updated == 1
