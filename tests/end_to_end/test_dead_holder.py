"""A process that dies with the wisp's lease, in an installation whose queue is its process's own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from shared.adapters.local.inline_tasks import InlineTasks
from shared.bootstrap import perform
from shared.domain.model.lease import Claim, ClaimKind
from shared.errors import RetryLater
from shared.ports import Document, Task
from shared.replace import replace
from shared.usecases.base.leases import TTL, lease_of
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.customers.press_queue import queued
from shared.usecases.runs.run import SyncWisp
from shared.usecases.runs.start import HANDOVER, start_sync
from shared.usecases.runs.watchdog import LONGEST_HELD, watch
from shared.usecases.runs.work import work
from tests.fake_clock import FakeClock
from tests.world import TaskList, World, a_world, customer


class Leasing(FakeClock):
    """The queue's time, which passes for us and for the leases too."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self._late = 0.0

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.world.clock.advance(seconds)
        self._late += seconds
        if self._late >= 5:
            self.world.expire(self._late)
            self._late = 0.0


@contextmanager
def in_process(world: World) -> Iterator[tuple[Services, InlineTasks]]:
    """Give services with the queue of a process, whose task `mend` brings a customer back."""

    def call(function: str, body: Document) -> None:
        if function == "mend":
            world.simpler.state.customers.replace([customer(1)])
        else:
            perform(lambda: services, function, body)

    with InlineTasks(call, Leasing(world), workers=1, reserved=0) as tasks:
        services = replace(world.services, tasks=tasks)
        yield services, tasks


def die_with_the_lease(world: World, run: str, kind: ClaimKind = "run") -> None:
    """Take the wisp's lease, and never give it back."""
    world.services.leases.acquire(lease_of("acme"), Claim("dead", run, "somebody", kind), TTL)


def test_a_task_outlasts_the_lease_of_a_dead_process(tmp_path: Path) -> None:
    """A run that finds a dead process's lease is tried again until that has run out, and is then done."""
    with a_world(tmp_path, [customer(1)]) as world, in_process(world) as (_, tasks):
        die_with_the_lease(world, "20260302T045900-0123abcd")
        tasks.enqueue(Task("sync_wisp", {"wisp": "acme"}))
        tasks.drain()

        assert world.labelled().keys() == {"1"}


def test_a_press_that_meets_a_dead_press_is_taken_up(tmp_path: Path) -> None:
    """A button whose customer waits for a process that died at another button is not left to the night."""
    with a_world(tmp_path, [customer(1), customer(2)]) as world, in_process(world) as (services, tasks):
        die_with_the_lease(world, "customers-20260302T045900-0123abcd", "customers")
        pressed = sync_customer(services, "acme", "1", "mary@example.com")
        tasks.drain()

        assert pressed.state == "taken_in"
        assert not queued(services, "acme")
        assert world.labelled().keys() == {"1", "2"}


def test_a_task_whose_lease_went_to_others_is_done_after_them_without_an_alarm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A button's run that begins too late waits until whoever has the wisp meanwhile is gone."""
    with a_world(tmp_path, [customer(1)]) as world:
        start_sync(world.services, "acme", "mary@example.com")
        world.expire(HANDOVER + 1)
        die_with_the_lease(world, "20260302T045900-0123abcd")
        with in_process(world) as (_, tasks):
            tasks.enqueue(world.tasks.tasks.pop())

        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert world.labelled().keys() == {"1"}


def test_a_task_that_was_held_up_for_hours_is_done_though_its_lease_was_given_back(tmp_path: Path) -> None:
    """A queue that was paused delivers the button's run; a second delivery after that has nothing to do."""
    with a_world(tmp_path, [customer(1)]) as world:
        start_sync(world.services, "acme", "mary@example.com")
        world.expire(HANDOVER + LONGEST_HELD + 1)
        watch(world.services)
        task = msgspec.convert(world.tasks.tasks.pop().body, SyncWisp)
        done, again = work(world.services, task), work(world.services, task)

        assert done.state == "complete"
        assert done.run == task.run
        assert again.state == "superseded"
        assert world.labelled().keys() == {"1"}


class Unheard(TaskList):
    """A queue that takes the task, though its answer is lost."""

    def enqueue(self, task: Task) -> bool:
        super().enqueue(task)
        raise RetryLater("tasks.unreachable", "no answer")


def test_a_start_that_was_told_as_failed_does_nothing_later(tmp_path: Path) -> None:
    """Its task comes all the same: whoever pressed saw an error, and may have thought better of it."""
    with a_world(tmp_path, [customer(1)]) as world:
        tasks = Unheard()
        with pytest.raises(RetryLater):
            start_sync(replace(world.services, tasks=tasks), "acme", "mary@example.com")
        free, _ = world.services.leases.look("wisp-acme")
        done = work(world.services, msgspec.convert(tasks.tasks.pop().body, SyncWisp))

        assert free is not None
        assert free.claim is None
        assert done.state == "superseded"
        assert not world.labelled()


def test_a_run_that_failed_is_tried_again(tmp_path: Path) -> None:
    """SIMPLer is away for ten minutes: the task comes again, as it would on Google Cloud."""
    with a_world(tmp_path, [customer(1)]) as world, in_process(world) as (_, tasks):
        world.simpler.state.customers.replace([])
        tasks.enqueue(Task("sync_wisp", {"wisp": "acme"}))
        tasks.enqueue(Task("mend", {}, delay=600))
        tasks.drain()

        assert world.labelled().keys() == {"1"}
