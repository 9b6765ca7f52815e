"""Throttle: how Cloud Tasks slows a queue down whose target fails, and lets one start slowly. No clock.

"Cloud Tasks backs off on all errors. Normally the backoff specified in rate limits will be used. But if the
worker returns 429, 503, or the rate of errors is high, Cloud Tasks will use a higher backoff rate. … To
prevent traffic spikes and to smooth sudden increases in traffic, dispatches ramp up slowly when the queue is
newly created or idle and if large numbers of tasks suddenly become available" (API description cloudtasks.v2,
``HttpRequest``). It gives no numbers: those here are ours.
"""

from collections import deque
from http import HTTPStatus

IDLE = 60.0
"""Seconds without a dispatch after which a queue counts as idle."""

START = 0.2
"""Share of its rate with which a new or idle queue starts."""

LEAST = 0.01
"""Share of its rate that a queue keeps whatever it is answered."""

RECOVERY = 120.0
"""Seconds in which a queue comes from nothing to its whole rate, if nothing fails."""

BACKOFF = 0.8
"""The factor by which an answer slows the queue down."""

LOOKED_AT = 20
"""Answers of which more than half must be errors for the rate of errors to be high."""

_ASKS_FOR_LESS = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Throttle:
    """The share of its rate at which a queue dispatches. Times are seconds since 1970."""

    def __init__(self, now: float) -> None:
        """Begin as a new queue does."""
        self._share, self._at = START, now
        self._dispatched = now
        self._failed: deque[bool] = deque(maxlen=LOOKED_AT)

    def share(self, now: float) -> float:
        """Return the share at a time; it grows by itself."""
        return min(1.0, self._share + max(0.0, now - self._at) / RECOVERY)

    def dispatched(self, now: float) -> None:
        """Take in that something was dispatched."""
        if now - self._dispatched > IDLE:
            self._set(min(START, self.share(now)), now)
        self._dispatched = now

    def answered(self, status: int | None, now: float) -> None:
        """Take in an answer's status, None if none came."""
        is_failed = status is None or not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        self._failed.append(is_failed)
        is_rate_high = len(self._failed) == LOOKED_AT and 2 * sum(self._failed) > LOOKED_AT
        if status in _ASKS_FOR_LESS or (is_failed and is_rate_high):
            self._set(max(LEAST, self.share(now) * BACKOFF), now)

    def _set(self, share: float, now: float) -> None:
        self._share, self._at = share, now
