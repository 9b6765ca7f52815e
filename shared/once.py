"""Once: makes a value at its first use, and only once, however many threads ask at the same time."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")

ALONE = threading.RLock()
"""The lock under which the process makes values for the first time, and imports what they need.

It is one lock for all, because values need each other: with a lock for each, two threads could wait for one
another. Python's import system ends such a wait by giving each thread half a module (importlib,
``_ModuleLock``). Its holder must not wait for the network.
"""


class Once(Generic[T]):
    """A value that the first call makes; with `functools.cache` two threads could make it at once."""

    def __init__(self, make: Callable[[], T], lock: AbstractContextManager[object] = ALONE) -> None:
        """Take a function that makes the value; it is called once, or again after it raised.

        A lock of its own, which must be one that its holder may take again, keeps long work from the rest
        of the process. Whoever holds `ALONE` must not ask for such a value.
        """
        self._make = make
        self._lock = lock
        self._made: tuple[T] | None = None

    def __call__(self) -> T:
        """Return the value; raise whatever making it raises."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = (self._make(),)
        return self._made[0]


class _Owner(Protocol):
    @property
    def alone(self) -> AbstractContextManager[object]: ...


Owned = TypeVar("Owned", bound=_Owner)


class MadeOnce(Generic[Owned, T]):
    """A property that its first reader makes, and only once, under the lock `alone` of its object.

    It is stored in the object under its own name, so later readers find it there.
    """

    def __init__(self, make: Callable[[Owned], T]) -> None:
        """Take the method that makes it; it is called again after it raised."""
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, owner: Owned, kind: type[Owned]) -> T:
        """Return the value; raise whatever making it raises."""
        name, made = self._make.__name__, vars(owner)
        with owner.alone:
            if name not in made:
                made[name] = self._make(owner)
        value: T = made[name]
        return value
