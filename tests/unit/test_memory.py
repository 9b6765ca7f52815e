"""What was costly to get is remembered for a short while."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event

import pytest

from shared.errors import RetryLater
from shared.usecases.base.memory import LASTS, MOST_WISPS, Memory

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


def numbers() -> Callable[[], int]:
    """Return what gives another number each time."""
    return count(1).__next__


def test_a_value_is_got_once_and_anew_when_it_is_old() -> None:
    """It says since when it is known; another key has another value; who asks anew gets it anew."""
    memory, make = Memory(), numbers()
    later, late = NOW + LASTS - timedelta(seconds=1), NOW + LASTS

    assert memory.get("one", NOW, make).value == 1
    assert memory.get("one", later, make).at == NOW
    assert memory.get("other", NOW, make).value == 2
    assert memory.get("one", late, make).value == 3
    assert memory.get("one", late, make, anew=True).at == late
    assert memory.get("one", late + timedelta(seconds=1), make, anew=True).value == 4


def test_a_clock_that_was_ahead_keeps_nothing_for_long() -> None:
    """A value from the future is got anew."""
    memory, make = Memory(), numbers()
    memory.get("one", NOW + timedelta(days=1), make)

    assert memory.get("one", NOW, make).value == 2


def test_only_the_latest_are_remembered() -> None:
    """Each may be large."""
    memory, make = Memory(), numbers()
    for key in range(MOST_WISPS + 1):
        memory.get(key, NOW, make)

    assert memory.get(MOST_WISPS, NOW, make).value == MOST_WISPS + 1
    assert memory.get(0, NOW, make).value == MOST_WISPS + 2


def test_a_failure_is_not_remembered() -> None:
    """The next who asks tries again."""
    memory = Memory()

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        memory.get("one", NOW, fail)
    assert memory.get("one", NOW, numbers()).value == 1


def test_nobody_waits_for_another_for_long() -> None:
    """Or the people of one wisp, whose SIMPLer hangs, would take the threads that all wisps share."""
    memory, begun, go_on = Memory(patience=0.01), Event(), Event()

    def hang() -> int:
        begun.set()
        go_on.wait(20)
        return 1

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(memory.get, "one", NOW, hang)
        begun.wait(20)
        with pytest.raises(RetryLater, match=r"simpler\.reading"):
            memory.get("one", NOW, numbers())
        assert memory.get("other", NOW, numbers()).value == 1
        go_on.set()
        assert first.result(20).value == 1
    assert memory.get("one", NOW, numbers()).value == 1


def test_nobody_waits_for_a_newer_value_who_did_not_ask_for_it() -> None:
    """What is kept is returned at once, while somebody else has it got anew."""
    memory, make, begun, go_on = Memory(patience=0.01), numbers(), Event(), Event()
    memory.get("one", NOW, make)

    def slow() -> int:
        begun.set()
        go_on.wait(20)
        return make()

    with ThreadPoolExecutor(1) as pool:
        later = NOW + timedelta(seconds=1)
        newer = pool.submit(memory.get, "one", later, slow, anew=True)
        begun.wait(20)
        assert memory.get("one", later, make).value == 1
        go_on.set()
        assert newer.result(20).value == 2
    assert memory.get("one", later, make).value == 2


def test_two_who_ask_at_once_get_one_value() -> None:
    """The second waits for the first."""
    memory, make, begun, go_on = Memory(), numbers(), Event(), Event()

    def slow() -> int:
        begun.set()
        go_on.wait(20)
        return make()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.get, "one", NOW, slow)
        begun.wait(20)
        second = pool.submit(memory.get, "one", NOW, make)
        go_on.set()
        assert first.result(20).value == 1
        assert second.result(20).value == 1
