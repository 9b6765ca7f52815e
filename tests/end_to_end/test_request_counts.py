"""How many requests a run may send to the People API: the design's formulas."""

from math import ceil
from pathlib import Path
from typing import Any

import pytest

from infra.lab.meter import Meter, MeteredState
from shared.domain.model.run import CustomerOutcome
from shared.domain.sync.ledger import LISTED_FOR
from shared.ports import Drop, Put
from shared.replace import replace
from shared.usecases.base.ledger_store import load_ledger
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.hooked import with_state
from tests.world import World, a_world, customer

FEW = 6
"""From this number on, contacts go in batches."""


def change(world: World, count: int, *, area: str = "086") -> None:
    """Give the first customers other numbers."""
    for number in range(1, count + 1):
        world.simpler.state.customers.patch(str(number), {"mobile": f"{area} {2_000_000 + number}"})


def add_numbers(world: World, count: int) -> None:
    """Give the first contacts a second number, as their user."""
    mask, people = "phoneNumbers", world.labelled()
    for start in range(1, count + 1, 200):
        some = [people[str(number)] for number in range(start, min(count + 1, start + 200))]
        body = {
            person["resourceName"]: {
                "metadata": person["metadata"],
                mask: [{"value": person[mask][0]["value"]}, {"value": "+353 1 555 0001"}],
            }
            for person in some
        }
        both = {"contacts": body, "updateMask": mask, "readMask": mask}
        world.user().call("POST", "people:batchUpdateContacts", both)


def press(world: World) -> tuple[CustomerOutcome, Meter]:
    """Press customer 1's button; gives what became of it, and what the database was asked."""
    counted = Meter()
    metered = replace(world.services, state=MeteredState(world.services.state, counted))
    return sync_customer(metered, "acme", "1", "joe@example.com").accounts[0], counted


def calm(world: World) -> None:
    """Run twice, so that the second hears of the first one's writes."""
    world.run()
    world.run()


@pytest.mark.parametrize(("customers", "own"), [(6, 0), (200, 0), (201, 3), (1000, 1001)])
def test_a_first_sync_takes_as_few_requests_as_its_batches(tmp_path: Path, customers: int, own: int) -> None:
    """1 (labels) + 1 (label made) + ⌈T/1000⌉, at least 1, + ⌈N/200⌉; the user's own contacts untouched."""
    with a_world(tmp_path, [customer(n) for n in range(1, customers + 1)]) as world:
        world.add_own_contacts(own)
        before, asked = world.own_contacts(), world.people_requests()

        outcome = world.run().accounts[0]

        expected = 1 + 1 + max(1, ceil(own / 1000)) + ceil(customers / 200)
        assert outcome.created == customers
        assert outcome.requests == expected
        assert world.people_requests() - asked == expected
        assert world.own_contacts() == before


def test_a_batch_of_a_first_sync_is_saved_in_few_documents(tmp_path: Path) -> None:
    """A ledger of 2,000 has eight shards and a head; a batch of 200 is saved in three documents at most."""
    with a_world(tmp_path, [customer(n) for n in range(1, 2001)]) as world:
        saved: list[int] = []

        def write(*writes: Put | Drop, **options: Any) -> None:
            paths = [one.path for one in writes]
            if any(path.startswith("wisps/acme/progress/") for path in paths):
                saved.append(sum(path.startswith("ledgers/") for path in paths))
            world.services.state.write(*writes, **options)

        outcome = sync_wisp(with_state(world.services, write=write), SyncWisp("acme")).accounts[0]
        first, planned, intent, *batches, done = saved

        assert outcome.created == 2000
        assert outcome.requests == 3 + 10
        assert len(world.services.state.find("ledgers/acme-0/shards")) == 8
        assert first == 0
        assert planned == 9
        assert intent == 1
        assert done == 1
        assert len(batches) == 10
        assert max(batches) == 3


@pytest.mark.parametrize("customers", [1, 5])
def test_a_few_contacts_are_made_one_by_one(tmp_path: Path, customers: int) -> None:
    """A batch takes as much of the quota as six single requests: 1 + 1 + 1 + N."""
    with a_world(tmp_path, [customer(n) for n in range(1, customers + 1)]) as world:
        assert world.run().accounts[0].requests == 3 + customers


@pytest.mark.parametrize("customers", [1, 200, 1001])
def test_a_run_without_changes_asks_once_and_writes_nothing(tmp_path: Path, customers: int) -> None:
    """1, whatever there is, after a run that heard of what the first one wrote; no shard is touched."""
    with a_world(tmp_path, [customer(n) for n in range(1, customers + 1)]) as world:
        world.run()
        echo = world.run().accounts[0]
        ledger = world.services.state.find("ledgers/acme-0/shards")
        outcome = world.run().accounts[0]

        assert echo.writes == 0
        assert echo.requests == ceil(customers / 1000)
        assert outcome.writes == 0
        assert outcome.requests == 1
        assert outcome.unchanged == customers
        assert world.services.state.find("ledgers/acme-0/shards") == ledger


def test_changed_customers_cost_a_request_a_batch(tmp_path: Path) -> None:
    """1 (what changed) + ⌈u/200⌉, or u where these are few; nothing is read first."""
    with a_world(tmp_path, [customer(n) for n in range(1, 301)]) as world:
        world.run()
        for changed, area in ((1, "083"), (5, "085"), (6, "086"), (200, "089"), (201, "083")):
            world.run()
            change(world, changed, area=area)
            outcome = world.run().accounts[0]

            writes = changed if changed < FEW else ceil(changed / 200)
            assert outcome.updated == changed
            assert outcome.requests == 1 + writes
        assert "people.getBatchGet" not in world.counters()["requests"]


@pytest.mark.parametrize("own", [1, 201])
def test_what_a_user_added_to_costs_a_look_for_two_hundred(tmp_path: Path, own: int) -> None:
    """1 + ⌈mixed/200⌉ + ⌈u/200⌉: we keep no copy of the user's own; what does not change is not looked at."""
    with a_world(tmp_path, [customer(n) for n in range(1, own + 11)]) as world:
        calm(world)
        add_numbers(world, own)
        world.run()
        untouched = world.run().accounts[0]
        change(world, own + 10)
        outcome = world.run().accounts[0]

        assert untouched.requests == 1
        assert untouched.writes == 0
        assert outcome.updated == own + 10
        assert outcome.failed == 0
        assert outcome.requests == 1 + ceil(own / 200) + ceil((own + 10) / 200)
        people = world.labelled()
        for number in range(1, own + 1):
            held = [phone["value"] for phone in people[str(number)]["phoneNumbers"]]
            assert held == [f"+353 86 200 {number:04}", "+353 1 555 0001"]


def test_everything_is_listed_again_after_six_days(tmp_path: Path) -> None:
    """1 (labels) + ⌈T/1000⌉, before Google's token expires; then what changed since suffices again."""
    with a_world(tmp_path, [customer(n) for n in range(1, 1002)]) as world:
        calm(world)
        world.clock.advance(LISTED_FOR)
        whole, again = world.run().accounts[0], world.run().accounts[0]

        assert [(a.requests, a.writes) for a in (whole, again)] == [(1 + 2, 0), (1, 0)]


def test_a_press_costs_the_same_whatever_the_wisps_size(tmp_path: Path) -> None:
    """Of the ledger its customer's shard is read and saved; all else that it says stays as it is."""
    costs = []
    for size in (30, 600):
        with a_world(tmp_path / str(size), [customer(n) for n in range(1, size + 1)]) as world:
            calm(world)
            world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
            before = load_ledger(world.services.state, world.accounts[0].id)
            pressed, counted = press(world)
            after = load_ledger(world.services.state, world.accounts[0].id)

            assert pressed.result == "updated"
            assert len(after) == len(before) == size
            assert after.head == before.head
            assert dict(after.entries()) | {"1": None} == dict(before.entries()) | {"1": None}
            costs.append((counted.reads, counted.writes, counted.commits))

    assert len(after.shards) == 3
    assert costs[0] == costs[1] == (21, 14, 6)


def test_a_press_with_nothing_to_do_saves_nothing_of_the_ledger(tmp_path: Path) -> None:
    """What was looked at is as it was left."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        pressed, counted = press(world)

        assert pressed.result == "unchanged"
        assert not [kind for kind in counted.written if kind.startswith("ledgers")]


def test_a_ledger_without_the_customers_shard_is_not_believed(tmp_path: Path) -> None:
    """It was deleted by hand: everything is listed, and the next run makes the ledger whole again."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        world.services.state.write(Drop(f"ledgers/{world.accounts[0].id}/shards/000"))
        before = world.counters()["requests"]["people.connections.list"]
        pressed, _ = press(world)

        assert world.counters()["requests"]["people.connections.list"] == before + 1
        assert pressed.result == "updated"
        calm(world)
