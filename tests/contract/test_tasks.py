"""What every `TaskQueue` promises, within the process and on Cloud Tasks' stand-in."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from infra.standins.cloud.task_messages import Queue
from infra.standins.cloud.task_server import Running, cloud_tasks
from shared.adapters.google.cloud_tasks import TaskTarget, open_cloud_tasks
from shared.adapters.local.inline_tasks import InlineTasks
from shared.errors import RetryLater
from shared.ports import Document, Task, TaskQueue
from shared.usecases.runs.watchdog import LONGEST_HELD
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Request, scripted_server

QUEUE = "projects/demo/locations/europe-west1/queues/sync"


class Functions:
    """Our functions: keeps each call with its time, and fails as often, or for as long, as it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.failures = 0
        self.busy_until = 0.0
        self.calls: list[tuple[str, Any]] = []
        self.times: list[float] = []
        self.meanwhile: Callable[[], object] = list

    def run(self, function: str, body: Document) -> None:
        self.calls.append((function, body))
        self.times.append(self.clock.monotonic())
        self.meanwhile()
        if len(self.calls) <= self.failures or self.clock.monotonic() < self.busy_until:
            raise RetryLater("busy", "not now")

    def answer(self, request: Request) -> Answer:
        try:
            self.run(request.path.removeprefix("/"), request.json)
        except RetryLater:
            return Answer(503)
        return Answer(200)


@dataclass
class Bench:
    """A queue, the functions that it calls, and `finish`, which lets all of it happen."""

    queue: TaskQueue
    functions: Functions
    finish: Callable[[], None]


@contextmanager
def inline(clock: FakeClock) -> Iterator[Bench]:
    """Give the queue within the process."""
    functions = Functions(clock)
    with InlineTasks(functions.run, clock) as queue:
        yield Bench(queue, functions, queue.drain)


@contextmanager
def cloud(clock: FakeClock) -> Iterator[Bench]:
    """Give a queue of the stand-in, with a server for the functions."""
    functions = Functions(clock)
    with scripted_server() as server, cloud_tasks(clock) as running:
        server.will(*[functions.answer] * 80)
        running.tasks.create_queue(QUEUE.partition("/queues/")[0], Queue(QUEUE))
        target = TaskTarget(server.url + "/{function}", "tasks@demo.iam.gserviceaccount.com")
        queue = open_cloud_tasks(QUEUE, target, clock, running.url)
        yield Bench(queue, functions, lambda: finish(running, clock))


def finish(running: Running, clock: FakeClock) -> None:
    """Let the clock go from task to task until none waits."""
    running.tasks.settle()
    while (wait := running.tasks.seconds_to_next()) < math.inf:
        clock.advance(max(wait, 0) + 0.001)
        running.tasks.settle()


@pytest.fixture(params=[inline, cloud])
def bench(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Bench]:
    """A queue at work."""
    open_bench: Callable[[FakeClock], AbstractContextManager[Bench]] = request.param
    with open_bench(clock) as opened:
        yield opened


def test_a_task_calls_its_function_with_its_body(bench: Bench) -> None:
    """The function is called once, with the body as it was given."""
    body = {"wisp": "acme", "user": {"name": "Žofie", "rights": ["user->gcontact"]}, "part": 2, "last": None}
    assert bench.queue.enqueue(Task("sync_wisp", body))
    bench.finish()
    assert bench.functions.calls == [("sync_wisp", json.loads(json.dumps(body)))]


def test_a_name_is_taken_while_its_task_waits(bench: Bench) -> None:
    """A second task of the same name is not accepted, and not run."""
    task = Task("sync_wisp", {"n": 1}, name="nightly-acme", delay=60)
    assert [bench.queue.enqueue(task), bench.queue.enqueue(task)] == [True, False]
    bench.finish()
    assert bench.functions.calls == [("sync_wisp", {"n": 1})]


def test_a_name_stays_taken_for_hours_after_its_task(bench: Bench) -> None:
    """A name is taken for hours after its task has ended, and is free again a day later."""
    task = Task("sync_wisp", {}, name="nightly-acme")
    bench.queue.enqueue(task)
    bench.finish()
    bench.functions.clock.advance(3600)
    assert not bench.queue.enqueue(task)
    bench.functions.clock.advance(24 * 3600)
    assert bench.queue.enqueue(task)
    bench.finish()
    assert len(bench.functions.calls) == 2


def test_other_names_and_no_names_are_all_accepted(bench: Bench) -> None:
    """Only equal names exclude each other."""
    tasks = [Task("f", {}, name="a"), Task("f", {}, name="b"), Task("f", {}), Task("f", {})]
    assert [bench.queue.enqueue(task) for task in tasks] == [True] * 4
    bench.finish()
    assert len(bench.functions.calls) == 4


def test_many_are_accepted_at_one_call(bench: Bench) -> None:
    """Each is answered as by `enqueue`, in order; those whose name is taken are not run again."""
    tasks = [Task("f", {"n": n}, name=f"task-{n}") for n in range(60)]
    assert [bench.queue.enqueue(tasks[7]), bench.queue.enqueue(tasks[59])] == [True, True]
    assert bench.queue.enqueue_all(tasks) == [n not in (7, 59) for n in range(60)]
    bench.finish()
    assert sorted(body["n"] for _, body in bench.functions.calls) == list(range(60))


def test_none_are_accepted_at_one_call(bench: Bench) -> None:
    """No tasks, no answers."""
    assert bench.queue.enqueue_all([]) == []


def test_a_delayed_task_waits(bench: Bench) -> None:
    """A task does not start before its delay has passed, and soon after it."""
    start = bench.functions.clock.monotonic()
    bench.queue.enqueue(Task("later", {}, delay=90))
    bench.finish()
    assert 90 <= bench.functions.times[0] - start < 92


def test_a_delayed_task_holds_up_no_other(bench: Bench) -> None:
    """A task that is due runs before one that came earlier and is not."""
    bench.queue.enqueue(Task("later", {}, delay=90))
    bench.queue.enqueue(Task("now", {}))
    bench.finish()
    assert [function for function, _ in bench.functions.calls] == ["now", "later"]


def test_a_task_is_tried_until_it_succeeds(bench: Bench) -> None:
    """A function that fails twice is called three times, with a pause before each further call."""
    bench.functions.failures = 2
    bench.queue.enqueue(Task("sync_wisp", {"n": 1}))
    bench.finish()
    assert bench.functions.calls == [("sync_wisp", {"n": 1})] * 3
    first, second, third = bench.functions.times
    assert 0 < second - first < third - second


def test_a_task_outlasts_a_run_and_the_lease_of_one_that_died(bench: Bench) -> None:
    """A function that is busy for as long as a run and then its lease may last is called until it is free."""
    start = bench.functions.clock.monotonic()
    bench.functions.busy_until = start + LONGEST_HELD
    bench.queue.enqueue(Task("sync_wisp", {"n": 1}))
    bench.finish()
    assert bench.functions.times[-1] >= start + LONGEST_HELD


def test_a_name_stays_taken_between_the_tries(bench: Bench) -> None:
    """A task that runs, or waits for another try, still has its name."""
    task = Task("sync_wisp", {}, name="nightly-acme")
    accepted: list[bool] = []
    bench.functions.meanwhile = lambda: accepted.append(bench.queue.enqueue(task))
    bench.functions.failures = 1
    bench.queue.enqueue(task)
    bench.finish()
    assert accepted == [False, False]
    assert len(bench.functions.calls) == 2


def test_a_function_may_hand_its_work_on(bench: Bench) -> None:
    """A task that is enqueued by a running task is run."""
    rest = [Task("sync_wisp", {"part": part}) for part in (2, 3)]
    bench.functions.meanwhile = lambda: [bench.queue.enqueue(rest.pop(0))] if rest else None
    bench.queue.enqueue(Task("sync_wisp", {"part": 1}))
    bench.finish()
    assert [body["part"] for _, body in bench.functions.calls] == [1, 2, 3]
