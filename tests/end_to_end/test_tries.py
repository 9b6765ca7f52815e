"""What becomes of a task that can do nothing now: it has another one, and the queue hears of no failure."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.standins.simpler.failure import Failure
from shared.domain.model.lease import Claim
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import Document, Put, Task
from shared.replace import replace
from shared.usecases.base.leases import TTL, lease_of
from shared.usecases.runs.run import MOST_ATTEMPTS, SyncWisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.work import BESIDE_PRESSES, work
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp with one customer, which is no contact yet."""
    with a_world(tmp_path, [customer(1)]) as world:
        yield world


class Away:
    """A queue that takes nothing."""

    def enqueue(self, task: Task) -> bool:
        raise RetryLater("tasks.unreachable", "no queue")

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        return []


def deliver(world: World, body: Document) -> Any:
    """Do a task as the queue brings it; one second is over since whatever was before."""
    world.clock.advance(1)
    return work(world.services, msgspec.convert(body, SyncWisp))


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the names of the events that were written."""
    return [vars(record)["event"] for record in caplog.records if "event" in vars(record)]


def test_a_run_that_failed_is_tried_twelve_times_within_a_morning(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Then it is told, once; the pauses grow, and are together longer than a dead run's lease lasts."""
    caplog.set_level(logging.INFO, "simpler_contacts")
    world.simpler.state.failure = Failure("down")
    delays, states = [], [deliver(world, {"wisp": "acme"}).state]
    while world.tasks.tasks:
        task = world.tasks.tasks.pop()
        delays.append(task.delay)
        world.clock.advance(task.delay)
        states.append(deliver(world, task.body).state)

    assert states == ["failed"] * MOST_ATTEMPTS
    assert 85 * 60 <= sum(delays) <= 102 * 60
    assert delays[0] <= 72
    assert all(500 <= delay <= 720 for delay in delays[4:])
    assert events(caplog).count("run.abandoned") == 1


def test_a_run_that_failed_is_done_at_its_next_try(world: World) -> None:
    """SIMPLer is back by then."""
    world.simpler.state.failure = Failure("down")
    deliver(world, {"wisp": "acme"})
    world.simpler.state.failure = None
    outcome = deliver(world, world.tasks.tasks.pop().body)

    assert outcome.state == "complete"
    assert world.labelled().keys() == {"1"}
    assert world.tasks.tasks == []


def test_a_pressed_run_that_failed_is_tried_again_by_itself(world: World) -> None:
    """By another run, because the lease of the press was given back."""
    world.simpler.state.failure = Failure("down")
    pressed = start_sync(world.services, "acme", "mary@example.com")
    failed = deliver(world, world.tasks.tasks.pop().body)
    world.simpler.state.failure = None
    again = deliver(world, world.tasks.tasks.pop().body)

    assert failed.run == pressed.run
    assert failed.state == "failed"
    assert again.run != pressed.run
    assert again.by == "mary@example.com"
    assert again.state == "complete"


def test_presses_while_simpler_is_away_do_not_add_up(world: World) -> None:
    """Each failed run has another task; all but the last one's find that a run has begun since."""
    world.simpler.state.failure = Failure("down")
    for _ in range(3):
        world.clock.advance(90)
        start_sync(world.services, "acme", "mary@example.com")
        deliver(world, world.tasks.tasks.pop().body)
    world.simpler.state.failure = None
    states = [deliver(world, task.body).state for task in world.tasks.tasks]

    assert states == ["superseded", "superseded", "complete"]


def test_a_permit_is_not_left_to_a_run_that_has_none(world: World) -> None:
    """What a person allowed to be removed is tried again also when another run has begun since."""
    world.simpler.state.failure = Failure("down")
    start_sync(world.services, "acme", "mary@example.com", allow="a preview's token")
    deliver(world, world.tasks.tasks.pop().body)
    again = world.tasks.tasks.pop()
    world.simpler.state.failure = None
    world.run()

    assert again.body["allow"] == "a preview's token"
    assert deliver(world, again.body).state == "complete"


def test_a_task_beside_a_run_comes_again_as_it_is(world: World) -> None:
    """It takes nothing over, and its tries count on."""
    world.services.leases.acquire(lease_of("acme"), Claim("other", "run", "joe@example.com"), TTL)
    left = deliver(world, {"wisp": "acme", "by": "mary@example.com", "tries": 4})
    [task] = world.tasks.tasks

    assert left.state == "waiting"
    assert left.code == "lease.held"
    assert task.body == {"wisp": "acme", "by": "mary@example.com", "tries": 5}
    assert 480 <= task.delay <= 576


def test_a_task_beside_presses_comes_again_within_its_turn(world: World) -> None:
    """They leave the lease to it for a minute; but somebody who died with it never gives it back."""
    claim = Claim("other", "customers-run", "a customer's button", "customers")
    world.services.leases.acquire(lease_of("acme"), claim, TTL)
    deliver(world, {"wisp": "acme"})
    deliver(world, {"wisp": "acme", "tries": 4})
    soon, later = world.tasks.tasks

    assert soon.delay == BESIDE_PRESSES
    assert later.delay >= 480


def test_the_same_task_delivered_twice_has_one_other(world: World) -> None:
    """A queue delivers at least once; who comes again in the same half-minute comes once."""
    world.services.leases.acquire(lease_of("acme"), Claim("other", "run", "joe@example.com"), TTL)
    for _ in range(40):
        work(world.services, SyncWisp("acme"))

    assert {int(task.delay // 30) for task in world.tasks.tasks} == {2}
    assert len(world.tasks.tasks) == 1


def test_a_task_of_a_wisp_that_is_gone_ends(world: World) -> None:
    """There is nothing to do for it, and nothing to tell."""
    left = deliver(world, {"wisp": "gone"})

    assert left.state == "superseded"
    assert left.code == "wisp.unknown"
    assert world.tasks.tasks == []


def test_a_task_that_cannot_be_handed_on_is_the_queues_again(world: World) -> None:
    """Where neither the run's end nor another task can be seen to, Cloud Tasks is told of the failure."""
    world.simpler.state.failure = Failure("down")
    world.services = replace(world.services, tasks=Away())

    with pytest.raises(RetryLater, match="no queue"):
        deliver(world, {"wisp": "acme"})


def test_settings_that_cannot_be_read_are_told(world: World) -> None:
    """An operator must mend them, so this is no failure of one wisp's night alone."""
    world.services.state.write(Put("wisps/acme", {"id": "acme"}))

    with pytest.raises(Misconfigured, match=r"document\.invalid"):
        deliver(world, {"wisp": "acme"})


@pytest.mark.parametrize(
    "body",
    [
        {"wisp": "acme", "by": "nightly run"},
        {"wisp": "acme", "by": "nightly run", "attempt": 2, "allow": ""},
        {"wisp": "acme", "by": "a customer's button"},
    ],
)
def test_a_task_of_an_earlier_build_is_understood(world: World, body: Document) -> None:
    """As they lie in the queue while this build replaces it."""
    assert deliver(world, body).state == "complete"
