"""One queue of Cloud Tasks: which task may be dispatched when, and what becomes of it. No threads, no clock.

All times are seconds since 1970 and are passed in. Not kept: the removal of tasks after 31 days.
"""

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count, takewhile

from infra.standins.cloud.task_messages import Queue, Task
from infra.standins.cloud.throttle import Throttle

REMEMBERED = 24 * 3600.0
"""Seconds for which a task's name stays taken; "up to 24 hours" (API description, tasks.create)."""


@dataclass
class Entry:
    """A task that waits or runs.

    Attributes:
        task: As it was created, with its counts.
        due: When it may be dispatched.
        number: Orders those that are due at the same time.
        started: When it was first dispatched.
        executed: How many answers it got from its target, but for those of 500 and above.
        previous: The status of the last answer.
    """

    task: Task
    due: float
    number: int
    started: float = 0
    executed: int = 0
    previous: int | None = None


class TaskQueue:
    """The tasks of one queue.

    Attributes:
        queue: Its settings.
        entries: What waits or runs, by name.
        running: How many dispatches are under way.
    """

    def __init__(self, queue: Queue, now: float) -> None:
        self.queue = queue
        self.entries: dict[str, Entry] = {}
        self.running = 0
        self._waiting: list[tuple[float, int, Entry]] = []
        self._numbers = count()
        self._gone: dict[str, float] = {}
        self._burst = max(1, math.ceil(queue.rate_limits.max_dispatches_per_second))
        self._tokens = float(self._burst)
        self._filled_at = now
        self._throttle = Throttle(now)
        queue.rate_limits.max_burst_size = self._burst

    def add(self, task: Task, due: float) -> None:
        """Let a task wait."""
        entry = self.entries[task.name] = Entry(task, due, next(self._numbers))
        self._wait(entry)

    def was_here(self, name: str, now: float) -> bool:
        """Return whether a task that ended had this name."""
        return self._gone.get(name, -math.inf) > now

    def ready(self, now: float) -> Sequence[Entry]:
        """Return what is due and may be dispatched now, within the limits."""
        if self.queue.state == "PAUSED":
            return []
        free = self.queue.rate_limits.max_concurrent_dispatches - self.running
        most = max(0, min(free, math.floor(self._filled(now))))
        return [entry for _, _, entry in takewhile(lambda w: w[0] <= now, self._waiting[:most])]

    def take(self, now: float) -> Sequence[Entry]:
        """Return what is `ready`, and count it as running."""
        entries = list(self.ready(now))
        self._tokens, self._filled_at = self._filled(now) - len(entries), now
        del self._waiting[: len(entries)]
        if entries:
            self._throttle.dispatched(now)
        for entry in entries:
            entry.started = entry.started or now
            entry.task.dispatch_count += 1
        self.running += len(entries)
        return entries

    def finish(self, entry: Entry, status: int | None, now: float) -> None:
        """Take in the answer's status, None if none came: the task is done, given up or to be tried again."""
        self.running -= 1
        self._tokens, self._filled_at = self._filled(now), now
        self._throttle.answered(status, now)
        entry.previous = status
        entry.task.response_count += status is not None
        entry.executed += status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR
        failed, retry = entry.task.dispatch_count, self.queue.retry_config
        if _is_success(status) or retry.is_over(failed, now - entry.started):
            del self.entries[entry.task.name]
            self._gone[entry.task.name] = now + REMEMBERED
        else:
            entry.due = now + retry.pause(failed)
            self._wait(entry)

    def next_due(self, now: float) -> float:
        """Return when the next dispatch may be possible; infinite if that does not depend on the time."""
        if self.queue.state == "PAUSED" or self.running >= self.queue.rate_limits.max_concurrent_dispatches:
            return math.inf
        due = self._waiting[0][0] if self._waiting else math.inf
        missing = max(0.0, 1 - self._filled(now))
        return max(due, now + missing / self._rate(now))

    def _wait(self, entry: Entry) -> None:
        insort(self._waiting, (entry.due, entry.number, entry))

    def _filled(self, now: float) -> float:
        # The rounding takes off what adding up fractions leaves, so that a whole token is one.
        filled = (now - self._filled_at) * self._rate(self._filled_at)
        return min(self._burst, round(self._tokens + filled, 6))

    def _rate(self, now: float) -> float:
        return self.queue.rate_limits.max_dispatches_per_second * self._throttle.share(now)


def _is_success(status: int | None) -> bool:
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
