"""Never two writers in one account: schedulers, buttons, tasks and clocks that would have it otherwise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.standins.google import Rules
from shared.domain.model.account import Account
from shared.domain.model.quota import Cost
from shared.errors import LeaseHeld, LeaseLost, OverQuota
from shared.ports import ContactBook, Gate
from shared.replace import replace
from shared.usecases.base.leases import TTL
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from shared.usecases.sync.missing import LAG, UNDER_WAY
from tests.end_to_end.nights import customers_held, documents
from tests.hooked import Hooked, then_listed, with_book
from tests.interleaving import Interleaving
from tests.world import LABEL, World, a_world, customer

DAY = timedelta(days=1)
SEEDS = range(4)
EVERYBODY = {str(number): 1 for number in range(1, 7)}


@dataclass(slots=True)
class Stalled:
    """A gate after one of whose passings the process stands still, with a request on its way to Google."""

    gate: Gate
    number: int
    meanwhile: Callable[[], object]
    passed: int = 0

    def __call__(self, seconds: float, cost: Cost) -> None:
        self.gate(seconds, cost)
        self.passed += 1
        if self.passed == self.number:
            self.meanwhile()

    def refused(self, trouble: OverQuota) -> None:
        self.gate.refused(trouble)


def stalled(services: Services, number: int, meanwhile: Callable[[], object]) -> Services:
    """Return services of a process that stands still after a given request."""

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with services.book(account, Stalled(gate, number, meanwhile)) as opened:
            yield opened

    return replace(services, book=book)


def a_busy_night(world: World) -> None:
    """Add a customer, change one, let one leave, and take the label off one."""
    world.run()
    world.add_own_contacts(1)
    world.user().unlabel(world.labelled()["3"]["resourceName"], world.user().label(LABEL))
    world.simpler.state.customers.patch("2", {"mobile": "086 222 2222"})
    world.simpler.state.customers.delete("7")
    world.simpler.state.customers.add(customer(6))


def settled(world: World) -> None:
    """Run twice; everybody has one contact, the friend is as before, and a third run writes nothing."""
    friends = world.own_contacts()
    for _ in range(2):
        world.clock.advance(LAG)
        world.run()
    assert world.run().accounts[0].writes == 0
    assert customers_held(world) == EVERYBODY
    assert world.own_contacts() == friends
    assert sorted(world.labelled()) == sorted(EVERYBODY)


class Rival:
    """Who takes over while a holder stands still for longer than its lease."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = -1
        self.state: Any = None

    def __call__(self) -> None:
        """Run once, as another process."""
        self.world.expire(TTL)
        self.world.clock.advance(TTL)
        sync_wisp(self.world.services, SyncWisp("acme", by="rival"))
        self.asked, self.state = self.world.people_requests(), documents(self.world)


@pytest.mark.parametrize("number", range(1, 8))
def test_a_holder_that_stood_still_does_one_request_more_and_writes_no_state(
    tmp_path: Path, number: int
) -> None:
    """Wherever it stops: at most the request that was let through goes out; later runs mend what it did."""
    present = [customer(n) for n in (1, 2, 3, 4, 5, 7)]
    with a_world(tmp_path, present, rules=Rules(refuse_overlaps=True)) as world:
        a_busy_night(world)
        rival = Rival(world)
        outcome = sync_wisp(stalled(world.services, number, rival), SyncWisp("acme"))

        assert outcome.state == "superseded"
        assert rival.asked <= world.people_requests() <= rival.asked + 1
        assert documents(world) == rival.state
        settled(world)


def test_two_nightly_runs_at_once_are_one(tmp_path: Path) -> None:
    """Two schedulers fire: in any order of their steps one runs, and the other is told who does."""
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        with a_world(folder, [customer(n) for n in range(1, 7)]) as world:
            interleaving = Interleaving(seed)
            night = partial(sync_wisp, interleaved(world.services, interleaving), SyncWisp("acme"))
            ended = interleaving.play({"one": night, "other": night})
            refused = [result for result in ended.values() if isinstance(result, LeaseHeld)]

            assert 0 <= len(refused) <= 1, seed
            assert world.counters()["requests"]["people.batchCreateContacts"] == 1, seed
            assert customers_held(world) == EVERYBODY, seed


def test_a_task_that_is_delivered_twice_at_once_does_its_work_once(tmp_path: Path) -> None:
    """In any order of their steps one delivery runs; the other waits, or finds that nothing is left."""
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        with a_world(folder, [customer(n) for n in range(1, 7)]) as world:
            start_sync(world.services, "acme", "mary@example.com")
            task = msgspec.convert(world.tasks.tasks.pop().body, SyncWisp)
            interleaving = Interleaving(seed)
            delivery = partial(sync_wisp, interleaved(world.services, interleaving), task)
            ended = interleaving.play({"first": delivery, "second": delivery})
            refused = [r for r in ended.values() if isinstance(r, LeaseHeld | LeaseLost)]

            assert len(refused) == 1, (seed, ended)
            assert world.counters()["requests"]["people.batchCreateContacts"] == 1, seed
            assert customers_held(world) == EVERYBODY, seed


def interleaved(services: Services, interleaving: Interleaving) -> Services:
    """Return services that let others go on before each call of a store."""
    return replace(
        services, state=interleaving.watched(services.state), leases=interleaving.watched(services.leases)
    )


def test_a_task_whose_first_delivery_died_is_done_by_the_second(tmp_path: Path) -> None:
    """While the first may be alive the second waits; when its lease has run out, the second takes over."""
    with a_world(tmp_path, [customer(n) for n in range(1, 7)]) as world:
        start_sync(world.services, "acme", "mary@example.com")
        task = msgspec.convert(world.tasks.tasks.pop().body, SyncWisp)
        dying = with_book(world.services, lambda _, book: Hooked(book, create=died))
        with pytest.raises(KeyboardInterrupt):
            sync_wisp(without_release(dying), task)
        with pytest.raises(LeaseHeld):
            sync_wisp(world.services, task)
        world.expire(TTL)
        world.clock.advance(UNDER_WAY + LAG)

        assert sync_wisp(world.services, task).state == "complete"
        assert customers_held(world) == EVERYBODY


def died(*_: Any) -> Any:
    """End the process."""
    raise KeyboardInterrupt


def without_release(services: Services) -> Services:
    """Return services of a process that gives no lease back."""
    leases: Any = Hooked(services.leases, release=lambda _: None)
    return replace(services, leases=leases)


@pytest.mark.parametrize("jump", [-DAY, DAY, 10 * DAY, -400 * DAY], ids=str)
def test_a_clock_that_jumps_between_runs_costs_a_listing_at_most(tmp_path: Path, jump: timedelta) -> None:
    """Whether the time of day goes back or ahead: nothing is doubled, nothing lost, and it comes to rest."""
    with a_world(tmp_path, [customer(n) for n in (1, 2, 3, 4, 5, 7)]) as world:
        a_busy_night(world)
        world.clock._now += jump
        outcome = world.run()

        assert outcome.state == "complete"
        settled(world)


@pytest.mark.parametrize("jump", [-DAY, DAY], ids=str)
def test_a_clock_that_jumps_during_a_run_ends_no_lease(tmp_path: Path, jump: timedelta) -> None:
    """Leases go by the database's clock and by a clock that nobody sets: the run goes on to its end."""
    with a_world(tmp_path, [customer(n) for n in (1, 2, 3, 4, 5, 7)]) as world:
        a_busy_night(world)

        def jumps() -> None:
            world.clock._now += jump

        jumping = with_book(world.services, lambda _, book: Hooked(book, list=then_listed(book.list, jumps)))
        outcome = sync_wisp(jumping, SyncWisp("acme"))

        assert outcome.state == "complete"
        settled(world)
