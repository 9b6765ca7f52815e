"""A run takes the time of day once."""

from datetime import UTC, datetime, timedelta

from shared.domain.sync.ledger import Ledger
from shared.usecases.base.steady_clock import SteadyClock
from tests.fake_clock import FakeClock


class SetClock(FakeClock):
    """A clock whose time of day somebody sets."""

    error = timedelta()

    def now(self) -> datetime:
        """Return the time of day, which is wrong."""
        return super().now() + self.error


def test_a_time_of_day_that_is_set_meanwhile_does_not_show() -> None:
    """Ahead or back by a day; time passes all the same."""
    clock = SetClock()
    steady = SteadyClock(clock)
    readings = []
    for error in (timedelta(days=1), timedelta(days=-1)):
        clock.error = error
        steady.sleep(30)
        readings.append(steady.now())

    began = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    assert readings == [began + timedelta(seconds=30), began + timedelta(seconds=60)]
    assert clock.slept == [30, 30]
    assert steady.monotonic() == clock.monotonic()


def test_a_time_that_is_still_to_come_counts_as_this_moment() -> None:
    """A doubt about a creation must neither end at once nor last for a day because a clock was wrong."""
    ledger = Ledger()
    ledger.head.unconfirmed, ledger.head.last_created_at = {"1": 50.0, "2": 90_000.0}, 90_001.0
    ledger.head.empty_since = 90_002.0
    ledger.head.forget_the_future(100.0)

    assert ledger.head.unconfirmed == {"1": 50.0, "2": 100.0}
    assert ledger.head.last_created_at == 100.0
    assert ledger.head.empty_since == 100.0
    ledger.head.forget_the_future(200.0)
    assert ledger.head.unconfirmed == {"1": 50.0, "2": 100.0}
    assert ledger.head.last_created_at == 100.0
