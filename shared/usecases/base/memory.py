"""Memory: what was costly to get, for a short while, in this process only."""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from shared.errors import RetryLater

T = TypeVar("T")

LASTS = timedelta(minutes=5)
"""How long a value is used: pages are clicked through, and nobody works with an old list."""

MOST_WISPS = 3
"""Values kept at once, the latest: each may hold a large WISP's customers."""


WAITED_FOR = 30.0
"""Seconds for which somebody waits for a value that another is getting.

The people of all wisps share few threads. Without an end, those of one whose SIMPLer hangs would take them
all, one after the other.
"""


class Remembered(msgspec.Struct, Generic[T], frozen=True):
    """A value, and when it was got."""

    value: T
    at: datetime


class Memory:
    """Keeps values by what they are of; whoever asks for one that is being got for the first time waits."""

    def __init__(self, patience: float = WAITED_FOR) -> None:
        """Begin with nothing; whoever waits for another does so for `patience` seconds."""
        self._patience = patience
        self._lock = threading.Lock()
        self._getting: dict[Hashable, threading.Lock] = {}
        self._values: dict[Hashable, Remembered[Any]] = {}

    def get(
        self, key: Hashable, now: datetime, make: Callable[[], T], *, anew: bool = False
    ) -> Remembered[T]:
        """Return the value that is kept under a key, also while another is being made; or make it.

        Args:
            key: What the value is of, with all that it depends on; one kind of value for each kind of key.
            now: The time.
            make: Gets the value.
            anew: Make it even if one is kept.

        Raises:
            RetryLater: ``simpler.reading``: somebody else has been getting it for long.
            Exception: Whatever `make` raises.
        """
        with self._lock:
            self._forget(now)
            kept: Remembered[T] | None = self._values.get(key)
            if kept and not anew:
                return kept
            alone = self._getting.setdefault(key, threading.Lock())
        if not alone.acquire(timeout=self._patience):
            raise RetryLater(
                "simpler.reading",
                f"SIMPLer has been read for somebody else for more than {self._patience:.0f} seconds",
                "SIMPLer is slow: its list has been read for half a minute. Please try again in a minute.",
                after=60,
            )
        try:
            found: Remembered[T] | None = self._values.get(key)
            if found is None or (anew and found.at < now):
                found = Remembered(make(), now)
                with self._lock:
                    self._values.pop(key, None)
                    self._values[key] = found
                    self._forget(now)
        finally:
            alone.release()
        return found

    def _forget(self, now: datetime) -> None:
        """Let go of what is too old, and of the oldest beyond `MOST_WISPS`."""
        fresh = [(key, each) for key, each in self._values.items() if abs(now - each.at) < LASTS]
        self._values = dict(fresh[-MOST_WISPS:])
        busy = {key: lock for key, lock in self._getting.items() if lock.locked() or key in self._values}
        self._getting = busy
