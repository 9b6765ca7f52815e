"""How the stand-in's queues slow down and start, as Google documents it."""

import math

import pytest

from infra.standins.cloud.task_messages import HttpRequest, Queue, RateLimits, Task
from infra.standins.cloud.task_queue import TaskQueue
from infra.standins.cloud.throttle import IDLE, LEAST, LOOKED_AT, RECOVERY, START, Throttle


def a_queue(waiting: int, rate: float = 10) -> TaskQueue:
    """Return a new queue with tasks that are all due."""
    queue = TaskQueue(Queue("q", RateLimits(max_dispatches_per_second=rate)), 0)
    for number in range(waiting):
        queue.add(Task(HttpRequest("https://target"), name=str(number)), 0)
    return queue


def dispatched(queue: TaskQueue, seconds: range, status: int = 200) -> list[int]:
    """Return how many tasks are dispatched in each second, each answered at once with this status."""
    counts = []
    for second in seconds:
        entries = queue.take(second)
        for entry in entries:
            queue.finish(entry, status, second)
        counts.append(len(entries))
    return counts


def test_a_new_queue_starts_slowly() -> None:
    """After one burst it has a part of its rate, then ever more of it, and the whole after two minutes."""
    counts = dispatched(a_queue(5000), range(200))

    assert counts[0] == 10
    assert sum(counts[1:11]) < 10 * 10 * START * 1.5
    assert sum(counts[1:11]) < sum(counts[51:61]) < sum(counts[91:101])
    assert sum(counts[150:160]) == 100


def test_an_idle_queue_starts_slowly_again() -> None:
    """Nothing was dispatched for a minute, as before 05:00."""
    throttle = Throttle(0)
    for second in range(0, int(RECOVERY) + 1, 30):
        throttle.dispatched(second)
    warm = throttle.share(RECOVERY)
    throttle.dispatched(RECOVERY + IDLE + 1)

    assert warm == 1
    assert throttle.share(RECOVERY + IDLE + 1) == START


@pytest.mark.parametrize("status", [429, 503])
def test_one_target_that_is_away_slows_everybody(status: int) -> None:
    """Each such answer takes a part of the rate, down to a least one; without any it comes back."""
    throttle = Throttle(0)
    now = RECOVERY
    throttle.answered(status, now)
    once = throttle.share(now)
    for _ in range(100):
        throttle.answered(status, now)

    assert 0.5 < once < 1
    assert throttle.share(now) == LEAST
    assert throttle.share(now + RECOVERY) == 1


@pytest.mark.parametrize(("status", "is_slowed"), [(200, False), (404, True), (500, True), (None, True)])
def test_other_errors_slow_a_queue_when_they_are_many(status: int | None, is_slowed: bool) -> None:
    """A few among many that went well do not."""
    now = RECOVERY
    few, many = Throttle(0), Throttle(0)
    for number in range(LOOKED_AT):
        few.answered(status if number % 4 == 0 else 200, now)
        many.answered(status, now)

    assert few.share(now) == 1
    assert (many.share(now) < 1) == is_slowed


def test_a_queue_whose_tasks_fail_holds_up_the_others() -> None:
    """With a fifth of the answers 503 it dispatches less than it is allowed to, for as long as that lasts."""
    well, ill = a_queue(5000), a_queue(5000)
    dispatched(well, range(180))
    dispatched(ill, range(120))
    for second in range(120, 180):
        for entry in ill.take(second):
            ill.finish(entry, 503 if entry.number % 5 == 0 else 200, second)

    assert sum(dispatched(well, range(180, 190))) == 100
    assert sum(dispatched(ill, range(180, 182))) <= 6


def test_the_next_dispatch_is_as_late_as_the_throttle_makes_it() -> None:
    """Whoever waits for it wakes up once, and finds it."""
    queue = a_queue(50)
    queue.take(0)
    due = queue.next_due(0)

    assert 0.4 < due <= 1 / (10 * START)
    assert len(queue.take(math.nextafter(due, math.inf))) == 1
