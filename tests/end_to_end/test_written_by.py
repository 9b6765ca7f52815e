"""The ledger knows of each contact which run created it, and which wrote it last."""

from pathlib import Path

from shared.domain.sync.ledger import WrittenBy
from shared.ports import Put
from shared.usecases.base.ledger_store import KnownContact, load_known
from shared.usecases.customers.press import sync_customer
from tests.end_to_end.test_taken_over import a_former_world
from tests.world import LABEL, World, a_world, customer

LEDGER = "ledgers/acme-0"


def known(world: World, number: int) -> KnownContact:
    """Return what the first account's ledger knows of a customer."""
    return load_known(world.services.state, "acme-0", str(number))


def test_who_created_a_contact_and_who_wrote_it_last(tmp_path: Path) -> None:
    """By runs and by a customer's own button; one that is made again is new, and one that left is unknown."""
    with a_world(tmp_path, [customer(n) for n in range(1, 7)]) as world:
        first = world.run().run
        world.simpler.state.customers.patch("2", {"mobile": "086 222 2222"})
        world.leave(3)
        world.user().unlabel(world.labelled()["6"]["resourceName"], world.user().label(LABEL))
        second = world.run().run
        world.clock.advance(3600)
        world.user().delete(world.labelled()["4"]["resourceName"])
        third = world.run().run
        world.simpler.state.customers.patch("5", {"mobile": "086 555 5555"})
        sync_customer(world.services, "acme", "5", "mary@example.com")

        assert known(world, 1).writers == WrittenBy(first, first)
        assert known(world, 2).writers == WrittenBy(first, second)
        assert known(world, 3) == KnownContact(known(world, 3).head)
        assert known(world, 6).writers == WrittenBy(first, second)
        assert known(world, 4).writers == WrittenBy(third, third)
        assert known(world, 5).writers.made == first
        assert known(world, 5).writers.last.startswith("customers-")


def test_it_stays_known_when_the_ledger_grows(tmp_path: Path) -> None:
    """The ledger is dealt into other shards, and nothing of it is lost."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)]) as world:
        first = world.run().run
        for number in range(31, 901):
            world.simpler.state.customers.add(customer(number))
        second = world.run().run

        assert world.services.state.get(f"{LEDGER}/shards/003") is not None
        assert {known(world, n).writers for n in range(1, 31)} == {WrittenBy(first, first)}
        assert {known(world, n).writers for n in range(31, 901, 29)} == {WrittenBy(second, second)}


def test_a_former_builds_ledger_knows_nobody_until_it_writes(tmp_path: Path) -> None:
    """What it holds is read all the same; a change names its run, and who created the contact stays open."""
    with a_former_world(tmp_path) as world:
        account = world.accounts[0].id
        world.run()
        [(id_, _), *_] = sorted(world.labelled().items())
        before = load_known(world.services.state, account, id_)
        world.simpler.state.customers.patch(id_, {"name": "Somebody Else"})
        run = world.run().run
        after = load_known(world.services.state, account, id_)

    assert before.entry is not None
    assert before.card is not None
    assert before.writers == WrittenBy()
    assert after.writers == WrittenBy("", run)


def test_what_cannot_be_read_is_not_known_and_stops_nothing(tmp_path: Path) -> None:
    """Garbled writers cost only what they tell; a garbled shard or head, all that is known of customers."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        state, shard = world.services.state, f"{LEDGER}/shards/000"
        whole = state.get(shard) or {}
        state.write(Put(shard, {**whole, "writers": "garbled"}))
        assert known(world, 1).entry is not None
        assert known(world, 1).writers == WrittenBy()
        for garbled in ({"entries": "{", "cards": ""}, {"entries": 7, "cards": ""}):
            state.write(Put(shard, garbled))
            assert known(world, 1).entry is None
        state.write(Put(shard, {**whole, "writers": "garbled"}))
        world.simpler.state.customers.patch("1", {"mobile": "086 222 2222"})
        run = world.run().run
        assert known(world, 1).writers == WrittenBy("", run)
        state.write(Put(LEDGER, {"version": 2, "shards": 0, "count": 0}))
        assert known(world, 1).entry is None
