"""Retry: how often something is tried, and how long is waited in between; the waits are data."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from shared.ports import Clock


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait after each failure (seconds).

    Attributes:
        seconds: After each failure in turn; there is one try more than there are waits.
        jitter: Each wait is multiplied by a random number between these two.
        obeys: Whether what the other side asks for takes the place of our wait, even if it is shorter; else
            the longer of the two counts.
        most_asked: Nothing is tried again if the other side asks for more.
        within: Since the first try; later than that, no other begins.
    """

    seconds: tuple[float, ...]
    jitter: tuple[float, float] = (1, 1)
    obeys: bool = False
    most_asked: float = math.inf
    within: float = math.inf

    def pause(self, tried: int, asked: float = 0) -> float | None:
        """Seconds until the next try; None when there is none.

        Args:
            tried: How many tries have failed.
            asked: Seconds that the other side asks for; 0 if it does not say.
        """
        if tried > len(self.seconds) or asked > self.most_asked:
            return None
        ours = self.seconds[tried - 1]
        wait = asked or ours if self.obeys else max(asked, ours)
        return wait * random.SystemRandom().uniform(*self.jitter)


class Tries:
    """The tries that something gets: leave the loop at the first that succeeds; it waits between them.

    Attributes:
        asked: Seconds that the other side asked for, when this try failed; set anew in each.
    """

    def __init__(self, waits: Waits, clock: Clock) -> None:
        self.asked = 0.0
        self._waits = waits
        self._clock = clock

    def __iter__(self) -> Iterator[int]:
        """The number of each try, from 1."""
        tried, begun = 0, self._clock.monotonic()
        while True:
            tried, self.asked = tried + 1, 0
            yield tried
            pause = self._waits.pause(tried, self.asked)
            if pause is None or self._clock.monotonic() - begun >= self._waits.within:
                return
            self._clock.sleep(pause)
