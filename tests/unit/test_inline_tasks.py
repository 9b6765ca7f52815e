"""What the queue within the process promises beyond the port: tries, pauses, failures and the end."""

import logging
import threading

import pytest

from shared.adapters.google.people.client import REQUEST_MARGIN as CLIENT_MARGIN
from shared.adapters.google.people.requests import BATCH_SECONDS
from shared.adapters.local.inline_tasks import TASK_WAITS, InlineTasks
from shared.errors import Misconfigured, RetryLater
from shared.ports import Document, Task
from shared.usecases.base.leases import RUN_DEADLINE, TTL
from tests.fake_clock import FakeClock


class Busy:
    """A function that never has time; keeps when it was asked."""

    def __init__(self, clock: FakeClock, after: float = 0) -> None:
        self.clock = clock
        self.after = after
        self.asked: list[float] = []

    def __call__(self, function: str, body: Document) -> None:
        self.asked.append(self.clock.monotonic())
        raise RetryLater("busy", "not now", after=self.after)

    @property
    def pauses(self) -> list[int]:
        """Whole seconds between the tries."""
        return [int(later - earlier) for earlier, later in zip(self.asked, self.asked[1:], strict=False)]


def test_the_tries_end(caplog: pytest.LogCaptureFixture) -> None:
    """A task that keeps failing is tried for an hour and a half, ever less often, and its end is logged."""
    clock = FakeClock()
    busy = Busy(clock)
    with InlineTasks(busy, clock, workers=1) as tasks:
        tasks.enqueue(Task("sync_wisp", {"wisp": "acme"}))
    assert busy.pauses == [5, 10, 20, 40, 80, 160, 320] + [600] * 8
    assert [record.getMessage() for record in caplog.records] == ["a task is given up"]
    assert vars(caplog.records[0])["fields"] == {"function": "sync_wisp", "tries": 16, "reason": "busy"}


def test_the_tries_outlast_a_run_and_the_lease_of_a_dead_one() -> None:
    """However short the pauses that are asked for, they last for a run, its longest request and its lease."""
    assert sum(TASK_WAITS.seconds) > RUN_DEADLINE + BATCH_SECONDS + CLIENT_MARGIN + TTL


def test_the_other_side_says_how_long_to_wait() -> None:
    """A pause is never shorter than the error asks for."""
    clock = FakeClock()
    busy = Busy(clock, after=30)
    with InlineTasks(busy, clock, workers=1) as tasks:
        tasks.enqueue(Task("sync_wisp", {}))
    assert busy.pauses[:5] == [30, 30, 30, 40, 80]


@pytest.mark.parametrize("error", [Misconfigured("x", "no key"), ValueError("mary@acme.ie")])
def test_a_failure_that_no_try_mends_ends_the_task(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Any other error ends the task, not the worker; its text, which may hold anything, is not logged."""
    clock = FakeClock()
    done: list[str] = []

    def call(function: str, body: Document) -> None:
        done.append(function)
        if function == "bad":
            raise error

    with InlineTasks(call, clock, workers=1) as tasks:
        tasks.enqueue(Task("bad", {"email": "mary@acme.ie"}))
        tasks.enqueue(Task("good", {}))
    assert done == ["bad", "good"]
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "a task is given up"
    assert "mary" not in record.getMessage() + str(vars(record)["fields"])


def test_closing_waits_for_the_work_and_what_it_hands_on() -> None:
    """`close` returns when the last task, also one enqueued meanwhile or delayed, has ended."""
    clock = FakeClock()
    done: list[str] = []

    def call(function: str, body: Document) -> None:
        if function == "first":
            tasks.enqueue(Task("second", {}, delay=60))
        done.append(function)

    tasks = InlineTasks(call, clock)
    tasks.enqueue(Task("first", {}))
    tasks.close()
    assert done == ["first", "second"]


def test_a_closed_queue_accepts_nothing() -> None:
    """After its end the queue says that the program is ending."""
    tasks = InlineTasks(lambda function, body: None, FakeClock())
    tasks.close()
    with pytest.raises(RetryLater, match="ending"):
        tasks.enqueue(Task("sync_wisp", {}))


def test_workers_run_tasks_side_by_side() -> None:
    """Two workers run two tasks at once."""
    both = threading.Barrier(2, timeout=10)
    met = []

    def call(function: str, body: Document) -> None:
        both.wait()
        met.append(function)

    with InlineTasks(call, FakeClock(), workers=2) as tasks:
        tasks.enqueue(Task("a", {}))
        tasks.enqueue(Task("b", {}))
    assert sorted(met) == ["a", "b"]


def test_what_is_urgent_waits_for_no_other() -> None:
    """While every other worker is at work, somebody's button is served; of what waits it goes first."""
    done: list[str] = []
    is_served = threading.Event()

    def call(function: str, body: Document) -> None:
        if function == "long":
            assert is_served.wait(10)
        done.append(function)
        if function == "button":
            is_served.set()

    with InlineTasks(call, FakeClock(), workers=2) as tasks:
        for function in ("long", "long", "later"):
            tasks.enqueue(Task(function, {}))
        tasks.enqueue(Task("button", {}, urgent=True))

    assert done[0] == "button"
    assert sorted(done) == ["button", "later", "long", "long"]
