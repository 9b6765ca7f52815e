"""Clocks that do not wait: one that stands until it is moved, and the machine's own, moved ahead."""

from datetime import datetime, timedelta

from shared.ports import Clock


class SimulatedClock:
    """The `Clock` port in simulated time: it stands still, and `sleep` moves it."""

    def __init__(self, now: datetime) -> None:
        """Begin at a time of day, in UTC."""
        self._start = self._now = now

    def now(self) -> datetime:
        """Return the time of day."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds since it began."""
        return (self._now - self._start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self._now += timedelta(seconds=seconds)

    def move_to(self, now: datetime) -> None:
        """Let it be later."""
        self._now = max(self._now, now)


class AheadClock:
    """The `Clock` port on another one, some time ahead of it.

    Attributes:
        slept: Seconds that were slept here, without waiting.
    """

    def __init__(self, clock: Clock) -> None:
        self.slept = 0.0
        self._clock = clock
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the time of day, moved ahead."""
        return self._clock.now() + self._ahead

    def monotonic(self) -> float:
        """Return the seconds, moved ahead."""
        return self._clock.monotonic() + self._ahead.total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept += seconds
        self.skip(timedelta(seconds=seconds))

    def skip(self, ahead: timedelta) -> None:
        """Be later by this much from now on."""
        self._ahead += ahead
