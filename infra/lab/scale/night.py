"""Night: what happens one after the other in simulated time, and the diary of what was dispatched."""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import count

import msgspec

from infra.lab.scale.clock import SimulatedClock
from infra.lab.scale.queue import SimulatedQueue
from infra.standins.cloud.task_queue import Entry

Work = Callable[[Entry, datetime], tuple[int, float]]
"""Does a task that is dispatched at a time: gives the status, and the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One delivery of a task; times are seconds since 1970.

    Attributes:
        wisp: Whose run it is.
        pressed: Whether somebody pressed the button for it.
        due: When it was due.
        start: When it was sent.
        end: When it was answered.
        status: With what.
    """

    wisp: str
    pressed: bool
    due: float
    start: float
    end: float
    status: int

    @property
    def is_done(self) -> bool:
        """Whether the task is done with."""
        return self.status == HTTPStatus.OK


@dataclass(slots=True)
class Night:
    """A queue at work.

    Attributes:
        clock: The simulated time.
        queue: What dispatches.
        work: What the tasks' target does.
        diary: What was dispatched.
    """

    clock: SimulatedClock
    queue: SimulatedQueue
    work: Work
    diary: list[Dispatch] = field(default_factory=list)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _woken_at: float = math.inf

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Plan something."""
        heapq.heappush(self._events, (when, next(self._numbers), action))

    def run(self) -> Sequence[Dispatch]:
        """Let everything happen until nothing is left; return the diary."""
        while self._events:
            when, _, action = heapq.heappop(self._events)
            self.clock.move_to(datetime.fromtimestamp(when, UTC))
            action()
            self._dispatch(when)
        return self.diary

    def _dispatch(self, now: float) -> None:
        for entry in self.queue.take(now):
            due, body = entry.due, msgspec.json.decode(entry.task.http_request.body)
            status, seconds = self.work(entry, self.clock.now())
            self.diary.append(
                Dispatch(body["wisp"], bool(body.get("owner")), due, now, now + seconds, status)
            )
            self.at(now + seconds, partial(self.queue.finish, entry, status, now + seconds))
        self._wake(self.queue.next_due(now), now)

    def _wake(self, due: float, now: float) -> None:
        """Look again when the next task is due, but only once."""
        if self._woken_at <= now:
            self._woken_at = math.inf
        if due < self._woken_at and due < math.inf:
            self._woken_at = max(due, now + 0.001)
            self.at(self._woken_at, lambda: None)
