"""Clock: the time."""

from datetime import datetime
from typing import Protocol

SKEW = 10
"""Seconds by which the clocks of two machines may differ."""


class Clock(Protocol):
    """A source of time; tests give their own, and need not wait."""

    def now(self) -> datetime:
        """Return the time of day, in UTC, with its time zone."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences have a meaning."""

    def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
