"""A task that comes late: what somebody pressed is done all the same, and no task is taken for another."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.run import RunOutcome
from shared.errors import RetryLater, Trouble
from shared.ports import Drop, Task
from shared.replace import replace
from shared.usecases.accounts.restore import resume
from shared.usecases.base.documents import account_put, load_account, load_acts
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.start import HANDOVER, start_sync
from shared.usecases.runs.undo import start_undo
from shared.usecases.runs.work import NoRun, work
from tests.hooked import Hooked, then, with_source
from tests.world import World, a_world, customer

MARY = "mary@example.com"


def do_late(world: World) -> RunOutcome | NoRun:
    """Do the task of a button after its lease was given back, and a customer's button had it."""
    task = world.tasks.tasks.pop()
    world.clock.advance(HANDOVER + 10)
    world.expire(HANDOVER + 10)
    sync_customer(world.services, "acme", "9", MARY)
    world.clock.advance(5)
    world.tasks.tasks.clear()
    return work(world.services, msgspec.convert(task.body, SyncWisp))


def do_all(world: World) -> None:
    """Do every task when it is due."""
    while world.tasks.tasks:
        task = world.tasks.tasks.pop(0)
        world.clock.advance(task.delay)
        world.expire(task.delay)
        work(world.services, msgspec.convert(task.body, SyncWisp))


def test_an_undo_is_done(tmp_path: Path) -> None:
    """It was promised to whoever pressed, and no other run does it."""
    with a_world(tmp_path, [customer(n) for n in range(1, 10)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        start_undo(world.services, "acme", "acme-0", world.run().run, by=MARY)
        done = do_late(world)

        assert done.state == "complete"
        assert load_account(world.services.state, "acme", "acme-0").paused
        assert "111 1111" not in str(world.labelled()["1"]["phoneNumbers"])


@pytest.mark.parametrize(("other", "mobile"), [("acme-0", "111 1111"), ("acme-1", "87 100")])
def test_an_undo_that_a_later_one_of_its_account_has_overtaken_changes_nothing(
    tmp_path: Path, other: str, mobile: str
) -> None:
    """Who pressed again has resumed the account since; an undo of another account overtakes nothing."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], accounts=2) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
        run = world.run().run
        start_undo(world.services, "acme", "acme-0", run, by=MARY)
        late = world.tasks.tasks.pop()
        world.clock.advance(HANDOVER + 10)
        world.expire(HANDOVER + 10)
        start_undo(world.services, "acme", other, run, by=MARY)
        do_all(world)
        world.clock.advance(60)
        resume(world.services, "acme", other, by=MARY)
        world.run()
        overtaken = work(world.services, msgspec.convert(late.body, SyncWisp))

        assert overtaken.state == "complete"
        assert mobile in str(world.labelled()["1"]["phoneNumbers"])
        assert bool(load_account(world.services.state, "acme", "acme-0").paused) == (other != "acme-0")


def test_an_approval_is_done(tmp_path: Path) -> None:
    """The removals that a person let through are made."""
    with a_world(tmp_path, [customer(n) for n in range(1, 101)]) as world:
        world.run()
        world.leave(*range(30, 80))
        world.run()
        start_sync(world.services, "acme", MARY, preview_sync(world.services, "acme").token)
        do_late(world)

        assert len(world.labelled()) == 50


def test_a_disconnection_is_done(tmp_path: Path) -> None:
    """Its contacts are removed that day, not by the night."""
    with a_world(tmp_path, [customer(n) for n in range(1, 10)], accounts=2) as world:
        world.run()
        start_disconnecting(world.services, "acme", "acme-0", MARY)
        do_late(world)

        assert not world.snapshot()["contacts"]


def test_a_second_delivery_after_the_run_has_ended_does_nothing(tmp_path: Path) -> None:
    """Its record says that somebody has done it."""
    with a_world(tmp_path, [customer(n) for n in range(1, 10)]) as world:
        start_sync(world.services, "acme", MARY)
        task = world.tasks.tasks[-1]
        first = do_late(world)
        world.clock.advance(60)
        sync_customer(world.services, "acme", "9", MARY)
        second = work(world.services, msgspec.convert(task.body, SyncWisp))

        assert first.state == "complete"
        assert second == NoRun("acme", str(task.body["run"]), "superseded")


def test_what_was_answered_with_an_error_is_not_done_late_either(tmp_path: Path) -> None:
    """The queue took the task although it said that it did not."""
    with a_world(tmp_path, [customer(n) for n in range(1, 10)]) as world:
        taken: list[Task] = []

        class Doubtful:
            """A queue whose answer gets lost."""

            def enqueue(self, task: Task) -> bool:
                taken.append(task)
                raise RetryLater("tasks.unreachable", "no answer")

            def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
                return [RetryLater("tasks.unreachable", "no answer") for _ in tasks]

        with pytest.raises(RetryLater):
            start_sync(replace(world.services, tasks=Doubtful()), "acme", MARY)
        world.tasks.tasks.append(taken[0])
        done = do_late(world)

        assert done.state == "superseded"


def test_what_was_answered_with_an_error_is_not_told_as_done(tmp_path: Path) -> None:
    """The history would lead to a run that there is not."""
    with a_world(tmp_path, [customer(1)]) as world:

        def refuse(_: Task) -> bool:
            raise RetryLater("tasks.unreachable", "no answer")

        services = replace(world.services, tasks=Hooked(world.services.tasks, enqueue=refuse))
        with pytest.raises(RetryLater):
            start_sync(services, "acme", MARY)

        assert load_acts(world.services.state, "acme", 5) == []


def _told(world: World) -> None:
    """Have triggers tell of more than a few, and let their task find a run that is on."""
    for number in range(1, 12):
        tell_change(world.services, "acme", str(number))
    told = world.tasks.tasks.pop()
    work(world.services, msgspec.convert(told.body, SyncWisp))


def _night(world: World) -> None:
    world.start_night()
    [night] = [task for task in world.tasks.tasks if task.name and task.name.startswith("nightly")]
    world.tasks.tasks.remove(night)
    work(world.services, msgspec.convert(night.body, SyncWisp))


def _first_fill(world: World) -> None:
    work(world.services, SyncWisp("acme", by=MARY))


@pytest.mark.parametrize("other", [_night, _first_fill])
def test_a_run_that_comes_again_is_not_taken_for_the_task_of_triggers(
    tmp_path: Path, other: Callable[[World], None]
) -> None:
    """Both find a run on in the same half-minute; one looks at whom triggers told of, the other at all."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)], accounts=2) as world:
        second = load_account(world.services.state, "acme", "acme-1")
        world.services.state.write(Drop("wisps/acme/accounts/acme-1"))
        world.run()

        def meanwhile() -> None:
            _told(world)
            world.services.state.write(account_put(second))
            other(world)

        def hook(source: Any) -> Hooked:
            return Hooked(source, customers=then(source.customers, meanwhile))

        world.clock.advance(1)
        sync_wisp(with_source(world.services, hook), SyncWisp("acme", by="joe@example.com"))
        do_all(world)

        assert len(world.labelled(1)) == 30
