"""Steady clock: reads the time of day once, and counts on from there.

A run compares times of day that are minutes apart, such as when a contact was created. Somebody may set the
computer's clock meanwhile; the time elapsed since a beginning cannot be set.
"""

from datetime import datetime, timedelta

from shared.ports import Clock
from shared.replace import replace
from shared.usecases.base.services import Services


class SteadyClock:
    """A `Clock` whose time of day runs on from its beginning, and never jumps."""

    def __init__(self, clock: Clock) -> None:
        """Begin at the present time of day."""
        self._clock = clock
        self._began, self._reading = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        """Return the time of day, in UTC, with its time zone."""
        return self._began + timedelta(seconds=self._clock.monotonic() - self._reading)

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences have a meaning."""
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._clock.sleep(seconds)


def with_steady_clock(services: Services) -> Services:
    """Return the same services, on a steady clock."""
    return replace(services, clock=SteadyClock(services.clock))
