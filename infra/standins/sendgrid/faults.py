"""Faults: what a test or a demo asks the stand-in to do instead of its work."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A thing that happens to one mail.

    Attributes:
        status: Answer with this status.
        close: Close the connection without an answer.
        hang: Give no answer at all, until the stand-in ends.
        accepted: Keep the mail all the same: it is sent, and only the answer is lost.
        headers: More headers for the answer.
    """

    status: int = 0
    close: bool = False
    hang: bool = False
    accepted: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    """The faults to come, one a request, in their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._coming: deque[Fault] = deque()
        self.ending = threading.Event()

    def add(self, fault: Fault, times: int = 1) -> None:
        """Let the next requests meet it."""
        with self._lock:
            self._coming.extend([fault] * times)

    def take(self) -> Fault | None:
        """Return what the request at hand meets, if anything."""
        with self._lock:
            return self._coming.popleft() if self._coming else None


def read_fault(body: Any) -> tuple[Fault, int]:
    """Read a fault and how often it happens, from JSON: ``{"status": 503, "times": 2}``.

    Raises:
        TypeError: It has other members than `Fault` has.
        ValueError: It asks for nothing, or for no HTTP status.
    """
    members = dict(body)
    times = int(members.pop("times", 1))
    fault = Fault(**members)
    if not (fault.close or fault.hang or fault.status in range(200, 600)):
        raise ValueError("ask for a status from 200 to 599, or for close or hang to be true")
    return fault, times
