"""A ledger that is lost, or that cannot be read, costs one whole listing and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.sync.ledger import LEDGER_VERSION
from shared.ports import Drop, Put
from shared.usecases.customers.press import sync_customer
from tests.end_to_end.listings import Listings, held
from tests.world import World, a_world, customer

HEAD = "ledgers/acme-0"
SHARD = f"{HEAD}/shards/001"
CUSTOMERS = 520
Members = dict[str, Any]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Enough customers for several shards of the ledger; none of them changes."""
    with a_world(tmp_path_factory.mktemp("world"), [customer(n) for n in range(1, CUSTOMERS + 1)]) as made:
        made.run()
        yield made


@pytest.fixture
def world(lasting: World) -> World:
    """That world with its ledger in order, whatever another test did to it."""
    lasting.run()
    return lasting


def stored(world: World, path: str) -> Members:
    """Return a document."""
    document = world.services.state.get(path)
    assert document is not None
    return dict(document)


def with_entries(shard: Members, change: Callable[[Any], Any]) -> Members:
    """Return a shard whose entries are others."""
    entries = change(msgspec.json.decode(shard["entries"]))
    return {**shard, "entries": msgspec.json.encode(entries).decode()}


GARBLED: dict[str, tuple[str, Callable[[Members], Members]]] = {
    "a head of nothing": (HEAD, lambda _: {}),
    "another version": (HEAD, lambda head: {**head, "version": LEDGER_VERSION - 1}),
    "no number of shards": (HEAD, lambda head: {**head, "shards": "several"}),
    "too many shards": (HEAD, lambda head: {**head, "shards": 10**9}),
    "too few shards": (HEAD, lambda head: {**head, "shards": head["shards"] - 1}),
    "no shards": (HEAD, lambda head: {**head, "shards": 0}),
    "no token": (HEAD, lambda head: {**head, "token": ""}),
    "another token": (HEAD, lambda head: {**head, "token": "x" + head["token"]}),
    "a label of old": (HEAD, lambda head: {**head, "label": ""}),
    "a shard of nothing": (SHARD, lambda _: {}),
    "entries that are no text": (SHARD, lambda shard: {**shard, "entries": {}}),
    "entries cut short": (SHARD, lambda shard: {**shard, "entries": shard["entries"][:-100]}),
    "entries lost": (SHARD, lambda shard: with_entries(shard, lambda found: dict([*found.items()][5:]))),
    "no entries": (SHARD, lambda shard: {**shard, "entries": "{}"}),
    "entries of another shape": (SHARD, lambda shard: with_entries(shard, lambda found: [*found])),
    "cards that are no text": (SHARD, lambda shard: {**shard, "cards": None}),
}


@pytest.mark.parametrize("way", GARBLED)
def test_a_ledger_that_cannot_be_read_costs_one_whole_listing(world: World, way: str) -> None:
    """Nothing is written and nobody doubled; the run after it asks only for changes again."""
    path, garble = GARBLED[way]
    world.services.state.write(Put(path, garble(stored(world, path))))
    listings = Listings(world)
    whole, calm = world.run().accounts[0], world.run().accounts[0]

    assert [(a.state, a.writes, a.unchanged) for a in (whole, calm)] == [("complete", 0, CUSTOMERS)] * 2
    assert listings.whole == 1
    assert calm.requests == 1
    assert len(world.snapshot()["contacts"]) == CUSTOMERS


@pytest.mark.parametrize("lost", [(HEAD,), (SHARD,), (HEAD, SHARD)], ids=["head", "shard", "both"])
def test_a_ledger_that_is_lost_costs_one_whole_listing(world: World, lost: tuple[str, ...]) -> None:
    """Whatever is left of it is not believed."""
    world.services.state.write(*map(Drop, lost))
    listings = Listings(world)
    whole, calm = world.run().accounts[0], world.run().accounts[0]

    assert [(a.state, a.writes, a.unchanged) for a in (whole, calm)] == [("complete", 0, CUSTOMERS)] * 2
    assert listings.whole == 1
    assert calm.requests == 1


def test_cards_that_cannot_be_read_cost_nothing(world: World) -> None:
    """They are only for the way back."""
    world.services.state.write(Put(SHARD, {**stored(world, SHARD), "cards": "garbled"}))
    outcome = world.run().accounts[0]

    assert outcome.state == "complete"
    assert outcome.writes == 0
    assert outcome.requests == 1


@pytest.mark.parametrize("way", ["a shard of nothing", "no shards", "another version"])
def test_what_is_in_doubt_stays_so_without_the_rest(tmp_path: Path, way: str) -> None:
    """Creations that stayed without an answer are looked for although the ledger cannot be read."""
    with a_world(tmp_path, [customer(n) for n in range(1, CUSTOMERS + 1)]) as world:
        world.run()
        for number in range(CUSTOMERS + 1, CUSTOMERS + 11):
            world.simpler.state.customers.add(customer(number))
        world.fault(method="people.batchCreateContacts", what={"close": True})
        unsure = world.run()
        path, garble = GARBLED[way]
        world.services.state.write(Put(path, garble(stored(world, path))))
        soon = world.run()
        while world.tasks.tasks:
            world.clock.advance(world.tasks.tasks[-1].delay)
            world.work()

        assert [(run.state, run.accounts[0].created) for run in (unsure, soon)] == [("unfinished", 0)] * 2
        assert held(world) == {str(number): 1 for number in range(1, CUSTOMERS + 11)}


@pytest.mark.parametrize("way", ["a head of nothing", "entries lost"])
def test_a_press_without_a_ledger_doubles_nobody(world: World, way: str) -> None:
    """The account is looked through for the contact."""
    path, garble = GARBLED[way]
    world.services.state.write(Put(path, garble(stored(world, path))))
    results = [sync_customer(world.services, "acme", str(n), "joe@example.com") for n in range(1, 4)]

    assert {account.result for pressed in results for account in pressed.accounts} == {"unchanged"}
    assert len(world.snapshot()["contacts"]) == CUSTOMERS
