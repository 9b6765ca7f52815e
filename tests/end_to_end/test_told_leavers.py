"""Whom triggers tell of as no contact any more: their contact goes by a run, whose guard sees all of them."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.account import Account
from shared.domain.model.schedule import NIGHTLY
from shared.errors import RetryLater
from shared.ports import ContactBook, Put
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.press_queue import BY_BUTTON, queued
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.work import work
from tests.hooked import Hooked, then, with_book, with_source
from tests.world import World, a_world, customer

LET_GO = 20
"""Contacts that the guard lets go of sixty, as no person need approve that."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp whose sixty customers are contacts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        world.clock.advance(1)
        yield world


def tell_of_leavers(world: World, *customers: int) -> None:
    """Let customers leave, and have SIMPLer's triggers tell of each."""
    world.leave(*customers)
    for number in customers:
        tell_change(world.services, "acme", str(number))


def do_tasks(world: World, within: float = math.inf) -> None:
    """Do each task that is due within these seconds, when it is due."""
    while due := [task for task in world.tasks.tasks if task.delay < within]:
        world.tasks.tasks.remove(due[0])
        world.clock.advance(due[0].delay)
        world.expire(due[0].delay)
        work(world.services, msgspec.convert(due[0].body, SyncWisp))


def test_a_leaver_whom_a_trigger_tells_of_is_gone_within_two_minutes(world: World) -> None:
    """By a run, which looks at all customers first."""
    tell_of_leavers(world, 7)
    before = world.clock.now()
    do_tasks(world, within=120)

    assert (world.clock.now() - before).total_seconds() < 120
    assert "7" not in world.labelled()
    assert len(world.labelled()) == 59
    assert queued(world.services, "acme") == {}


def test_the_guard_sees_all_whom_triggers_tell_of_during_a_run(world: World) -> None:
    """The run looks them up one by one, and removes nobody; the one after it asks a person."""

    def hook(source: Any) -> Hooked:
        return Hooked(source, customers=then(source.customers, lambda: tell_of_leavers(world, *range(1, 41))))

    during = sync_wisp(with_source(world.services, hook), SyncWisp("acme"))
    do_tasks(world)

    assert during.accounts[0].removed == 0
    assert len(world.labelled()) == 60
    assert queued(world.services, "acme") == {}


def test_the_guard_sees_all_whom_a_press_finds_waiting(world: World) -> None:
    """Somebody pressed the button of one customer, and decided about no other."""
    tell_of_leavers(world, *range(1, 41))
    sync_customer(world.services, "acme", "60", "mary@example.com")
    do_tasks(world)

    assert len(world.labelled()) == 60


def test_many_whom_triggers_told_of_start_no_run_beside_the_rest_of_theirs(tmp_path: Path) -> None:
    """Google fails one of two accounts for hours: each such run would begin a next one, without end."""
    with a_world(tmp_path, [customer(n) for n in range(1, 45)], accounts=2) as world:
        world.run()
        world.clock.advance(1)
        for number in range(1, 45):
            tell_change(world.services, "acme", str(number))
        [told] = world.tasks.tasks
        world.tasks.tasks.clear()
        world.clock.advance(told.delay)

        def fail(*_: Any) -> None:
            raise RetryLater("google.unavailable", "away")

        def fail_second(account: Account, book: Any) -> Any:
            return Hooked(book, list=fail, look=fail) if account.id == "acme-1" else book

        work(with_book(world.services, fail_second), msgspec.convert(told.body, SyncWisp))

        assert len(queued(world.services, "acme")) == 44
        assert [task.body.get("attempt") for task in world.tasks.tasks] == [2]


def test_whoever_pressed_has_decided_although_a_trigger_told_too(world: World) -> None:
    """The button of a leaver removes their contact at once."""
    tell_of_leavers(world, 7)
    pressed = sync_customer(world.services, "acme", "7", "mary@example.com")

    assert [outcome.result for outcome in pressed.accounts] == ["removed"]
    assert "7" not in world.labelled()


def test_a_few_at_a_time_do_not_pass_the_guard_together(world: World) -> None:
    """Bulk changes tell of customers over minutes; the runs between two nights are one to the guard."""
    for first in range(1, 51, 10):
        tell_of_leavers(world, *range(first, first + 10))
        do_tasks(world)

    assert len(world.labelled()) >= 60 - LET_GO


def test_a_leaver_whom_the_guard_kept_starts_no_run_again_and_again(world: World) -> None:
    """The run has looked at everybody; what it held back waits for a person."""
    tell_of_leavers(world, *range(1, 41))
    do_tasks(world)

    assert world.tasks.tasks == []
    assert queued(world.services, "acme") == {}
    assert len(world.labelled()) == 60


@pytest.mark.parametrize("by", [NIGHTLY, "mary@example.com", BY_BUTTON])
def test_the_tasks_of_a_run_are_one_to_the_guard(tmp_path: Path, by: str) -> None:
    """Somebody changes a hundred in SIMPLer while a run is on, and each of its tasks meets twenty of them."""
    with a_world(tmp_path, [customer(n) for n in range(1, 121)]) as world:
        world.run()
        world.clock.advance(1)
        left = iter(range(1, 101, 20))

        def meanwhile() -> None:
            if first := next(left, 0):
                tell_of_leavers(world, *range(first, first + 20))

        def hook(source: Any) -> Hooked:
            return Hooked(source, customers=then(source.customers, meanwhile))

        services = with_source(world.services, hook)
        sync_wisp(services, SyncWisp("acme", by=by))
        while after := [task for task in world.tasks.tasks if (task.name or "").startswith("after-")]:
            world.tasks.tasks[:] = [task for task in world.tasks.tasks if task not in after]
            world.clock.advance(after[0].delay)
            work(services, msgspec.convert(after[0].body, SyncWisp))

        assert len(world.labelled()) >= 120 - LET_GO


def test_removals_that_google_refused_count_as_none(world: World) -> None:
    """The next task makes them; nobody is asked about what has not happened."""
    world.leave(*range(1, 13))

    def away(names: Any) -> Any:
        raise RetryLater("google.unavailable", "away", "Google is away.")

    def book_of(account: Account, book: ContactBook) -> Any:
        return Hooked(book, remove=away)

    sync_wisp(with_book(world.services, book_of), SyncWisp("acme", by=BY_BUTTON))
    do_tasks(world)

    assert len(world.labelled()) == 48


def test_a_ledger_that_is_rebuilt_still_tells_the_guard_what_has_gone(world: World) -> None:
    """One part of it cannot be read; its head can."""
    world.leave(*range(1, LET_GO + 1))
    sync_wisp(world.services, SyncWisp("acme", by=BY_BUTTON))
    path = "ledgers/acme-0/shards/000"
    world.services.state.write(Put(path, {**(world.services.state.get(path) or {}), "entries": "garbled"}))
    world.leave(*range(LET_GO + 1, 2 * LET_GO + 1))
    world.clock.advance(1)
    outcome = sync_wisp(world.services, SyncWisp("acme", by=BY_BUTTON)).accounts[0]

    assert outcome.refused == LET_GO
    assert "after 20 since the last night" in outcome.reason
    assert len(world.labelled()) == 60 - LET_GO
