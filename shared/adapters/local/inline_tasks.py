"""Inline tasks: the queue for one machine, which threads of this process work through.

What waits here is lost when the process ends; the nightly run mends what that left undone.
"""

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from shared.errors import RetryLater, Trouble
from shared.events import log_internal_error
from shared.ports import Clock, Document, Task
from shared.retry import Waits

TASK_WAITS = Waits((5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, *[600.0] * 8))
"""Between the tries, 90 minutes in all, about as long as on Google Cloud (infra/gcp/queue.tf).

A run that is on may take half an hour, and when it has died its lease ends five minutes later."""

NAMES_REMEMBERED = 24 * 3600.0
"""Seconds for which a task's name is taken after the task has ended; so long is Cloud Tasks' own longest."""

_NAP = 0.2
"""Seconds that a worker sleeps at most, so that it sees what came in while it waited for a later task."""


@dataclass(order=True, frozen=True, slots=True)
class _Job:
    due: float
    number: int
    task: Task = field(compare=False)
    tries: int = field(compare=False, default=0)


class InlineTasks:
    """The `TaskQueue` port within this process. Use it as a context manager, or `close` it."""

    def __init__(
        self, call: Callable[[str, Document], None], clock: Clock, workers: int = 2, reserved: int = 1
    ) -> None:
        """Start the workers.

        Args:
            call: Runs a function, by name, with its body. `RetryLater` asks for another try.
            clock: For delays and pauses.
            workers: How many tasks may run at once.
            reserved: How many more, of those that are urgent.
        """
        self._call = call
        self._clock = clock
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._urgent: list[_Job] = []
        self._others: list[_Job] = []
        self._running = 0
        self._taken: set[str] = set()
        self._ended: deque[tuple[float, str]] = deque()
        self._open = True
        takes = [(self._urgent, self._others)] * workers + [(self._urgent,)] * reserved
        self._workers = [threading.Thread(target=self._work, args=(heaps,), daemon=True) for heaps in takes]
        for worker in self._workers:
            worker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def enqueue(self, task: Task) -> bool:
        """Accept the task; False if one of that name waits, runs or has ended within 24 hours.

        Raises:
            RetryLater: The queue is closed, because this program is ending.
        """
        with self._changed:
            if not self._open:
                raise RetryLater("tasks.closed", "this program is ending; start it again and repeat the call")
            if task.name is not None and not self._take(task.name):
                return False
            due = self._clock.monotonic() + task.delay
            self._wait(_Job(due, next(self._numbers), task))
        return True

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept them all; for each, in order, what `enqueue` would have answered or raised."""
        return [self._tried(task) for task in tasks]

    def _tried(self, task: Task) -> bool | Trouble:
        try:
            return self.enqueue(task)
        except Trouble as trouble:
            return trouble

    def drain(self) -> None:
        """Wait until nothing waits and nothing runs, delayed tasks and further tries included."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._urgent or self._others or self._running))

    def close(self) -> None:
        """Wait for the work, also for what it hands on meanwhile; then end the workers."""
        self.drain()
        with self._changed:
            self._open = False
            self._changed.notify_all()
        for worker in self._workers:
            worker.join()

    def _take(self, name: str) -> bool:
        now = self._clock.monotonic()
        while self._ended and self._ended[0][0] <= now:
            self._taken.discard(self._ended.popleft()[1])
        if name in self._taken:
            return False
        self._taken.add(name)
        return True

    def _wait(self, job: _Job) -> None:
        heapq.heappush(self._urgent if job.task.urgent else self._others, job)
        self._changed.notify_all()

    def _work(self, heaps: Sequence[list[_Job]]) -> None:
        while job := self._next(heaps):
            again = self._run(job)
            self._finish(job, again)

    def _next(self, heaps: Sequence[list[_Job]]) -> _Job | None:
        """Wait for the next job that is due, from the first of these heaps that has one.

        Return None if the queue is closed.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: any(heaps) or not self._open)
                waiting = [heap for heap in heaps if heap]
                if not waiting:
                    return None
                now = self._clock.monotonic()
                for heap in waiting:
                    if heap[0].due <= now:
                        self._running += 1
                        return heapq.heappop(heap)
                pause = min(heap[0].due for heap in waiting) - now
            self._clock.sleep(min(pause, _NAP))

    def _run(self, job: _Job) -> _Job | None:
        """Do the job; returns it for another try, or None when it has ended."""
        try:
            self._call(job.task.function, job.task.body)
        except RetryLater as error:
            pause = TASK_WAITS.pause(job.tries + 1, error.after)
            if pause is not None:
                return _Job(self._clock.monotonic() + pause, job.number, job.task, job.tries + 1)
            _log_lost(job, error)
        except Exception as error:  # noqa: BLE001  whatever a task does, the worker goes on
            _log_lost(job, error)
        return None

    def _finish(self, job: _Job, again: _Job | None) -> None:
        with self._changed:
            self._running -= 1
            if again:
                self._wait(again)
            elif job.task.name is not None:
                self._ended.append((self._clock.monotonic() + NAMES_REMEMBERED, job.task.name))
            self._changed.notify_all()


def _log_lost(job: _Job, error: Exception) -> None:
    reason = error.reason if isinstance(error, Trouble) else ""
    log_internal_error(
        "a task is given up", error, function=job.task.function, tries=job.tries + 1, reason=reason
    )
