"""The tries that something gets, and the waits between them."""

import pytest

from shared.retry import Tries, Waits
from tests.fake_clock import FakeClock


def test_there_is_one_try_more_than_waits() -> None:
    """Each wait comes between two tries, and none after the last."""
    clock = FakeClock()

    assert list(Tries(Waits((1, 2)), clock)) == [1, 2, 3]
    assert clock.slept == [1, 2]


def test_a_loop_that_is_left_waits_no_more() -> None:
    """The first success ends it."""
    clock = FakeClock()
    for tried in Tries(Waits((1, 2)), clock):
        if tried == 2:
            break

    assert clock.slept == [1]


@pytest.mark.parametrize(
    ("obeys", "asked", "pause"),
    [(False, 0, 5), (False, 3, 5), (False, 7, 7), (True, 0, 5), (True, 3, 3), (True, 7, 7)],
)
def test_what_the_other_side_asks_for_counts(obeys: bool, asked: float, pause: float) -> None:
    """In place of our own wait, or where it is longer."""
    assert Waits((5,), obeys=obeys).pause(1, asked) == pause


def test_who_asks_for_too_long_is_not_tried_again() -> None:
    """That wait is for somebody else to keep."""
    waits = Waits((5,), most_asked=60)

    assert waits.pause(1, 60) == 60
    assert waits.pause(1, 60.1) is None


def test_what_was_asked_counts_for_one_wait() -> None:
    """The next try has not been answered yet."""
    clock = FakeClock()
    tries = Tries(Waits((1, 2), obeys=True), clock)
    for tried in tries:
        if tried == 1:
            tries.asked = 30

    assert clock.slept == [30, 2]


def test_jitter_makes_a_wait_longer_within_its_bounds() -> None:
    """So that many do not come back at once."""
    pauses = {Waits((10,), jitter=(1, 1.5)).pause(1) or 0 for _ in range(50)}

    assert all(10 <= pause <= 15 for pause in pauses)
    assert len(pauses) > 1


def test_no_try_begins_after_the_time_is_over() -> None:
    """However many waits there are."""
    clock = FakeClock()

    assert list(Tries(Waits((4,) * 100, within=10), clock)) == [1, 2, 3, 4]
