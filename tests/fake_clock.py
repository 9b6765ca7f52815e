"""A clock that goes only when it is told to."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """The `Clock` port for tests: `sleep` passes the time at once.

    Attributes:
        slept: The sleeps that were asked for, in seconds.
        tick: Seconds that pass after each reading of `monotonic`.
        shortest_sleep: Seconds that every sleep takes at least.
    """

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
        self._monotonic = 100.0
        self.slept: list[float] = []
        self.shortest_sleep = 0.0
        self.tick = 0.0

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds, of which only differences mean something."""
        reading = self._monotonic
        self.advance(self.tick)
        return reading

    def sleep(self, seconds: float) -> None:
        """Let the time pass, and note it."""
        self.slept.append(seconds)
        self.advance(max(seconds, self.shortest_sleep))

    def advance(self, seconds: float) -> None:
        """Let the time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
