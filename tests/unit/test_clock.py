from datetime import UTC, datetime, timedelta

from shared.adapters.local.clock import SystemClock


def test_now_is_utc() -> None:
    """The time of day is the machine's, and says that it is UTC."""
    now = SystemClock().now()
    assert now.tzinfo == UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=30)


def test_monotonic_passes_while_sleeping() -> None:
    """Sleeping takes at least as long as asked for."""
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.01
