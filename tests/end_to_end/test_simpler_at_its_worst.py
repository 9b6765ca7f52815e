"""A SIMPLer that is slow, cut short or repeats itself, whose list moves, whose ids come again, who halves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.standins.simpler.failure import Failure, Kind
from infra.standins.simpler.state import Call
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from tests.end_to_end.nights import customers_held, numbers
from tests.world import World, a_world, customer

EVERYBODY = {str(number): 1 for number in range(1, 31)}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An account filled with thirty customers, whose list comes in pages of ten."""
    with a_world(tmp_path, [customer(number) for number in range(1, 31)], paging="page") as made:
        made.run()
        yield made


class Calls(list[Call]):
    """The calls that SIMPLer got; before it answers one of a number, something happens."""

    def __init__(self, number: int, happens: Callable[[], object]) -> None:
        super().__init__()
        self._number = number
        self._happens = happens

    def append(self, call: Call) -> None:
        super().append(call)
        if len(self) == self._number:
            self._happens()


@pytest.mark.parametrize(
    "kind", ["cut", "truncated", "repeat", "gap", "moving total", "wrong total", "error"]
)
def test_a_list_that_goes_wrong_on_any_page_changes_nothing(world: World, kind: Kind) -> None:
    """Not one write while it lasts; afterwards what was new is added, and nobody is missed."""
    before = world.snapshot()
    world.simpler.state.customers.add(customer(31))
    world.simpler.state.failure = Failure(kind, page=2)
    failed = world.run()
    world.simpler.state.failure = None

    assert failed.state == "failed"
    assert failed.accounts == []
    assert world.snapshot() == before
    assert world.run().accounts[0].created == 1
    assert customers_held(world) == {**EVERYBODY, "31": 1}


def test_a_slow_simpler_is_waited_for(world: World) -> None:
    """An answer that takes long is an answer."""
    world.simpler.state.customers.add(customer(31))
    world.simpler.state.failure = Failure("slow", page=2, seconds=0.3)

    assert world.run().accounts[0].created == 1


def test_customers_that_move_to_another_page_are_not_taken_for_leavers(world: World) -> None:
    """One comes in front while the list is read: somebody stands on two pages, so absence proves nothing."""
    everybody = world.simpler.state.customers.all()
    moved = [customer(99), *everybody[:14], *everybody[15:]]
    world.simpler.state.calls = Calls(2, lambda: world.simpler.state.customers.replace(moved))
    outcome = world.run().accounts[0]

    assert outcome.removed == 0
    assert outcome.refused == 0
    assert EVERYBODY.items() <= customers_held(world).items()


def test_a_list_that_grows_or_shrinks_while_it_is_read_is_not_believed(world: World) -> None:
    """The total changes between two pages: the run ends before the first write."""
    world.simpler.state.calls = Calls(2, lambda: world.simpler.state.customers.delete("3"))
    before = world.snapshot()
    outcome = world.run()

    assert outcome.code == "simpler.incomplete"
    assert world.snapshot() == before


def test_an_id_that_comes_again_is_the_new_customers(world: World) -> None:
    """The contact becomes the new one's: one contact, no number of the old one, and what a user added."""
    user, contact = world.user(), world.labelled()["7"]
    items = [{"value": numbers(contact)[0], "type": "mobile"}, {"value": "+353 1 555 0001"}]
    user.edit(contact["resourceName"], phoneNumbers=items)
    world.simpler.state.customers.patch("7", {"name": "Somebody Else", "mobile": "086 777 7777"})
    outcome, after = world.run().accounts[0], world.labelled()["7"]

    assert outcome.updated == 1
    assert outcome.created == 0
    assert outcome.removed == 0
    assert numbers(after) == ["+353 86 777 7777", "+353 1 555 0001"]
    assert after["names"][0]["givenName"] == "Somebody Else"
    assert customers_held(world) == EVERYBODY


def test_half_a_list_removes_nobody_adds_go_on_and_people_are_told_once(tmp_path: Path) -> None:
    """Night after night: the guard refuses, the new customer comes, and one mail says why."""
    with a_world(tmp_path, [customer(number) for number in range(1, 61)], paging="page") as world:
        world.services.state.write(wisp_put(replace(world.wisp, notify=("boss@example.com",))))
        world.run()
        world.simpler.state.customers.replace([customer(n) for n in (*range(1, 31), 99)])
        halved = [world.run().accounts[0] for _ in range(3)]

        assert [(a.removed, a.refused, a.created) for a in halved] == [(0, 30, 1), (0, 30, 0), (0, 30, 0)]
        assert customers_held(world) == {str(n): 1 for n in (*range(1, 61), 99)}
        assert len(world.mail.outbox.ids()) == 1


def test_half_a_list_that_is_whole_again_leaves_nothing_behind(tmp_path: Path) -> None:
    """The next night all are listed again: no write, and what was refused is forgotten."""
    with a_world(tmp_path, [customer(number) for number in range(1, 61)]) as world:
        world.run()
        everybody = world.simpler.state.customers.all()
        world.simpler.state.customers.replace(everybody[::2])
        world.run()
        world.simpler.state.customers.replace(everybody)
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.writes == 0
        assert outcome.refused == 0


def test_somebody_missed_because_two_changes_hide_each_other_is_back_the_next_night(world: World) -> None:
    """One leaves in front and one comes behind between two pages: this list cannot tell, the next one can."""
    calls = world.simpler.state.calls = Calls(2, lambda: exchanged(world))
    missed = world.run().accounts[0]
    back = world.run().accounts[0]

    assert len(calls) > 3
    assert missed.removed == 1
    assert back.created == 1
    assert back.removed == 1
    assert customers_held(world) == {**{n: 1 for n in EVERYBODY if n != "3"}, "31": 1}


def exchanged(world: World) -> None:
    """Let customer 3 leave SIMPLer, and customer 31 come."""
    world.simpler.state.customers.delete("3")
    world.simpler.state.customers.add(customer(31))
