"""One queue of Cloud Tasks: which task may be dispatched when, and what becomes of it. No threads, no clock.

All times are seconds since 1970 and are passed in. Not kept: the slowing of a queue whose target answers 429
or 503, the slow start of a queue that was idle, and the removal of tasks after 31 days.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from infra.local.cloud.task_messages import Queue, Task

REMEMBERED = 24 * 3600.0
"""Seconds for which a task's name stays taken; "up to 24 hours" (API description, tasks.create)."""


@dataclass
class Entry:
    """A task that waits or runs.

    Attributes:
        task: As it was created, with its counts.
        due: When it may be dispatched.
        started: When it was first dispatched.
        running: How many of its dispatches are under way; 2 if it was forced meanwhile.
        executed: How many answers it got from its target, but for those of 500 and above.
        previous: The status of the last answer.
        forced: It is to be dispatched now, whatever the limits.
    """

    task: Task
    due: float
    started: float = 0
    running: int = 0
    executed: int = 0
    previous: int | None = None
    forced: bool = False


class TaskQueue:
    """The tasks of one queue."""

    def __init__(self, queue: Queue, now: float) -> None:
        self.queue = queue
        self.entries: dict[str, Entry] = {}
        self._gone: dict[str, float] = {}
        self._burst = max(1, math.ceil(queue.rate_limits.max_dispatches_per_second))
        self._tokens = float(self._burst)
        self._filled_at = now
        queue.rate_limits.max_burst_size = self._burst

    @property
    def running(self) -> int:
        """How many dispatches are under way."""
        return sum(entry.running for entry in self.entries.values())

    def add(self, task: Task, due: float) -> None:
        """Let a task wait."""
        self.entries[task.name] = Entry(task, due)

    def was_here(self, name: str, now: float) -> bool:
        """Whether the name is taken by a task that ended or was deleted."""
        return self._gone.get(name, -math.inf) > now

    def drop(self, name: str, now: float) -> None:
        """Delete a task; its name stays taken."""
        del self.entries[name]
        self._gone[name] = now + REMEMBERED

    def ready(self, now: float) -> Sequence[Entry]:
        """What may be dispatched now: what was forced, then what is due, within the limits."""
        forced = [entry for entry in self.entries.values() if entry.forced]
        if self.queue.state == "PAUSED":
            return forced
        free = self.queue.rate_limits.max_concurrent_dispatches - self.running
        due = [entry for entry in self.entries.values() if self._is_due(entry, now)]
        due.sort(key=lambda entry: entry.due)
        return forced + due[: max(0, min(free, math.floor(self._filled(now))))]

    def take(self, now: float) -> Sequence[Entry]:
        """What is `ready`, now counted as running."""
        entries = self.ready(now)
        limited = sum(not entry.forced for entry in entries)
        self._tokens, self._filled_at = self._filled(now) - limited, now
        for entry in entries:
            entry.started = entry.started or now
            entry.running += 1
            entry.forced = False
            entry.task.dispatch_count += 1
        return entries

    def finish(self, entry: Entry, status: int | None, now: float) -> None:
        """Take in the answer's status, None if none came: the task is done, given up or to be tried again."""
        entry.running -= 1
        if self.entries.get(entry.task.name) is not entry:
            return
        entry.previous = status
        entry.task.response_count += status is not None
        entry.executed += status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR
        failed, retry = entry.task.dispatch_count, self.queue.retry_config
        if _is_success(status) or retry.is_over(failed, now - entry.started):
            self.drop(entry.task.name, now)
        else:
            entry.due = now + retry.pause(failed)

    def next_due(self, now: float) -> float:
        """When the next dispatch may be possible; infinite if that does not depend on the time."""
        if self.queue.state == "PAUSED" or self.running >= self.queue.rate_limits.max_concurrent_dispatches:
            return math.inf
        due = min((entry.due for entry in self.entries.values() if not entry.running), default=math.inf)
        missing = max(0.0, 1 - self._filled(now))
        return max(due, now + missing / self.queue.rate_limits.max_dispatches_per_second)

    def _is_due(self, entry: Entry, now: float) -> bool:
        return entry.due <= now and not entry.running and not entry.forced

    def _filled(self, now: float) -> float:
        rate = self.queue.rate_limits.max_dispatches_per_second
        # The rounding takes off what adding up fractions leaves, so that a whole token is one.
        return min(self._burst, round(self._tokens + (now - self._filled_at) * rate, 6))


def _is_success(status: int | None) -> bool:
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
