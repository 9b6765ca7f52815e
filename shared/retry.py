"""Retry: how often to try something, and how long to wait in between; the waits are data."""

import math
import random
from collections.abc import Iterator

import msgspec

from shared.ports import Clock


class Waits(msgspec.Struct, frozen=True):
    """The waits after failures, in seconds.

    Attributes:
        seconds: The wait after each failure in turn; the number of tries is one more.
        jitter: Each wait is multiplied by a random number between these two.
        obeys: A wait that the other side asks for replaces ours, even if it is shorter; otherwise the longer
            of the two counts.
        most_asked: If the other side asks for a longer wait, nothing is tried again.
        within: Seconds since the first try after which no other begins.
    """

    seconds: tuple[float, ...]
    jitter: tuple[float, float] = (1, 1)
    obeys: bool = False
    most_asked: float = math.inf
    within: float = math.inf

    def pause(self, tried: int, asked: float = 0) -> float | None:
        """Return the seconds until the next try; None if no other try follows.

        Args:
            tried: How many tries have failed.
            asked: The wait that the other side asks for; 0 if it asks for none.
        """
        if tried > len(self.seconds) or asked > self.most_asked:
            return None
        ours = self.seconds[tried - 1]
        wait = asked or ours if self.obeys else max(asked, ours)
        return wait * random.SystemRandom().uniform(*self.jitter)


class Tries:
    """An iterator over tries, which waits between them; leave the loop when a try succeeds.

    Attributes:
        asked: The wait that the other side asked for when this try failed; set it in each try.
    """

    def __init__(self, waits: Waits, clock: Clock) -> None:
        self.asked = 0.0
        self._waits = waits
        self._clock = clock

    def __iter__(self) -> Iterator[int]:
        """Yield the number of each try, from 1."""
        tried, begun = 0, self._clock.monotonic()
        while True:
            tried, self.asked = tried + 1, 0
            yield tried
            pause = self._waits.pause(tried, self.asked)
            if pause is None or self._clock.monotonic() - begun >= self._waits.within:
                return
            self._clock.sleep(pause)
