"""Night: what happens one after the other in simulated time, and the diary of what was dispatched."""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count

import msgspec

from infra.lab.scale.clock import SimulatedClock
from infra.lab.scale.queue import SimulatedQueue
from infra.standins.cloud.task_queue import Entry


@dataclass(frozen=True, slots=True)
class Answered:
    """What a task that was dispatched came to.

    Attributes:
        status: Of the answer.
        seconds: Until then.
        state: The run's, as the answer names it.
    """

    status: int
    seconds: float
    state: str = "complete"


Work = Callable[[Entry, datetime], Answered]
"""Does a task that is dispatched at a time."""


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
        state: What came of the run.
    """

    wisp: str
    pressed: bool
    due: float
    start: float
    end: float
    status: int
    state: str = "complete"

    @property
    def is_done(self) -> bool:
        """Whether the run is done."""
        return self.state == "complete"


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
            answered = self.work(entry, self.clock.now())
            end, pressed = now + answered.seconds, bool(body.get("owner"))
            self.diary.append(Dispatch(body["wisp"], pressed, due, now, end, answered.status, answered.state))
            self.at(end, partial(self.queue.finish, entry, answered.status, end))
        self._wake(self.queue.next_due(now), now)

    def _wake(self, due: float, now: float) -> None:
        """Look again when the next task is due, but only once."""
        if self._woken_at <= now:
            self._woken_at = math.inf
        if due < self._woken_at and due < math.inf:
            self._woken_at = max(due, now + 0.001)
            self.at(self._woken_at, lambda: None)
