"""Steady clock: takes the time of day once.

What is done in a run compares times of day that may be minutes apart, such as when a contact was created. A
computer's time of day may be set meanwhile; the time since a beginning may not.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.ports import Clock
from shared.usecases.base.services import Services


class SteadyClock:
    """The `Clock` port with a time of day that runs on from its beginning and never jumps."""

    def __init__(self, clock: Clock) -> None:
        """Begin now."""
        self._clock = clock
        self._began, self._reading = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        """The time of day, in UTC and aware of it."""
        return self._began + timedelta(seconds=self._clock.monotonic() - self._reading)

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._clock.sleep(seconds)


def with_steady_clock(services: Services) -> Services:
    """Return the same services, with a time of day that does not jump."""
    return replace(services, clock=SteadyClock(services.clock))
