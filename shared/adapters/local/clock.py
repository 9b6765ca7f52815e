"""The machine's own clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The `Clock` port on the clocks of the operating system."""

    def now(self) -> datetime:
        """Return the time of day, in UTC and aware of it."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences mean something."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
