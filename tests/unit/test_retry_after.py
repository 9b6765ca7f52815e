"""How long a server asks to be left alone."""

from datetime import UTC, datetime

import pytest

from shared.retry_after import http_date, retry_after

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("", 0),
        ("-7", 0),
        ("1.5", 0),
        ("²", 0),
        ("٣", 0),
        ("soon", 0),
        ("Mon, 02 Mar 2026 05:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 04:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 05:00:30 -0000", 0),
        ("Mon, 99 Mar 2026 05:00:30 GMT", 0),
    ],
)
def test_it_is_a_number_of_seconds_or_a_moment(value: str, seconds: float) -> None:
    """What is neither, and a moment that is past or tells no time zone, asks for nothing."""
    assert retry_after(value, NOW) == seconds


def test_without_a_moment_to_compare_with_only_a_number_counts() -> None:
    """An answer without a usable `Date` has none."""
    assert retry_after("Mon, 02 Mar 2026 05:00:30 GMT", http_date("")) == 0
    assert retry_after("7", None) == 7
