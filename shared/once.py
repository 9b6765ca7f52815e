"""Once: makes a value when it is first asked for, and once, however many threads ask at the same time."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

ALONE = threading.RLock()
"""Held by whoever makes something for the first time, or imports what it needs for that.

One for all of the process, since makers make each other's parts: with a lock for each, two threads could wait
for one another. Two that import modules which need each other would each get half a module, for so Python's
import system ends such a wait (importlib, ``_ModuleLock``). Whoever holds it asks nothing of the network.
"""


class Once(Generic[T]):
    """A value that the first call makes; through `functools.cache` two threads may call at once."""

    def __init__(self, make: Callable[[], T]) -> None:
        """`make` is called once; when it raises, the next call tries again."""
        self._make = make
        self._made: tuple[T] | None = None

    def __call__(self) -> T:
        """The value; raises what making it raises."""
        if self._made is None:
            with ALONE:
                if self._made is None:
                    self._made = (self._make(),)
        return self._made[0]
