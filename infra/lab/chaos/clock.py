"""Clock: simulated time, which every process of a worker shares."""

import mmap
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC).timestamp()
"""When every schedule begins, in seconds since 1970."""

_FORM = struct.Struct("d")


class SharedTime:
    """A time in memory that forked processes share; only the coordinator moves it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _FORM.size)
        self.reset()

    @property
    def seconds(self) -> float:
        """Since 1970."""
        found: float = _FORM.unpack_from(self._memory)[0]
        return found

    def reset(self) -> None:
        """Go back to the beginning."""
        _FORM.pack_into(self._memory, 0, START)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        _FORM.pack_into(self._memory, 0, self.seconds + seconds)

    def now(self) -> datetime:
        """Return the time of day."""
        return datetime.fromtimestamp(self.seconds, UTC)


class SimulatedClock:
    """The `Clock` port of one process.

    Attributes:
        skew: Seconds by which this machine's time of day is wrong.
    """

    def __init__(self, time: SharedTime, sleep: Callable[[float], object]) -> None:
        self._time = time
        self._sleep = sleep
        self.skew = 0.0

    def now(self) -> datetime:
        """Return the time of day that this machine shows."""
        return self._time.now() + timedelta(seconds=self.skew)

    def monotonic(self) -> float:
        """Return seconds, which a wrong time of day does not touch."""
        return self._time.seconds - START + 100.0

    def sleep(self, seconds: float) -> None:
        """Have the coordinator let time pass."""
        self._sleep(seconds)
