"""Deliveries: the queue of tasks, which delivers at least once, as Cloud Tasks does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_TRIES = 4
PAUSE = 60.0
"""Seconds after which a task is delivered again that could not be done."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A task in the queue.

    Attributes:
        due: When it may be delivered, in seconds since 1970.
        body: What it says.
        tries: How often it was delivered before.
    """

    due: float
    body: dict[str, Any]
    tries: int = 0


class Deliveries:
    """The queue, and who is at work on what."""

    def __init__(self) -> None:
        self._waiting: list[Delivery] = []
        self._at_work: dict[int, Delivery] = {}
        self._names: set[str] = set()

    def accept(self, task: Mapping[str, Any], now: float) -> bool:
        """Take a task in; return False if one of its name was here before."""
        name = task.get("name")
        if name and name in self._names:
            return False
        self._names.add(name or "")
        self._waiting.append(Delivery(now + task["delay"], dict(task["body"])))
        return True

    def next(self) -> Delivery | None:
        """Return the task that was accepted first, and forget it."""
        return self._waiting.pop(0) if self._waiting else None

    def drop_all(self) -> None:
        """Deliver nothing any more."""
        self._waiting.clear()

    def given(self, delivery: Delivery, pid: int) -> None:
        """Note which process works on a task."""
        self._at_work[pid] = delivery

    def ended(self, pid: int, now: float, *, is_done: bool) -> None:
        """Note that a process has ended, and deliver again what it did not do."""
        delivery = self._at_work.pop(pid, None)
        if delivery and not is_done and delivery.tries < MOST_TRIES:
            self._waiting.append(Delivery(now + PAUSE, delivery.body, delivery.tries + 1))
