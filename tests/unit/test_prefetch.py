"""The next thing is made while the present one is used."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from shared.prefetch import prefetch

WHO = ContextVar("WHO", default="nobody")
PATIENCE = 10.0


def test_the_next_item_is_made_while_one_is_used() -> None:
    """In another thread, and no further ahead than one; the order stays."""
    made: list[int] = []
    second = threading.Event()

    def numbers() -> Iterator[int]:
        for number in (1, 2, 3):
            made.append(number)
            if number == 2:
                second.set()
            yield number

    coming = prefetch(numbers())
    first = next(coming)

    assert second.wait(PATIENCE)
    assert first == 1
    assert made == [1, 2]
    assert list(coming) == [2, 3]
    assert made == [1, 2, 3]


def test_what_making_one_raises_is_raised_in_its_turn() -> None:
    """The items before it are had all the same."""

    def numbers() -> Iterator[int]:
        yield 1
        raise ValueError("no second one")

    coming = prefetch(numbers())

    assert next(coming) == 1
    with pytest.raises(ValueError, match="no second one"):
        next(coming)


def test_who_leaves_early_waits_for_the_one_that_is_being_made() -> None:
    """Nothing is under way any more afterwards."""
    events: list[str] = []
    leaving = threading.Event()

    def numbers() -> Iterator[int]:
        yield 1
        leaving.wait(PATIENCE)
        events.append("made")
        yield 2

    coming = prefetch(numbers())
    next(coming)
    leaving.set()
    coming.close()

    assert events == ["made"]


def test_things_are_made_in_the_context_of_who_asked() -> None:
    """So that what is logged meanwhile carries the same ids."""
    WHO.set("mary")

    assert list(prefetch(WHO.get() for _ in range(2))) == ["mary", "mary"]
