"""Retry-After: the time for which a server asks to be left alone (RFC 9110, section 10.2.3)."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def retry_after(value: str, now: datetime | None) -> float:
    """Return the seconds from now; 0 if the header cannot be used.

    Args:
        value: The header: a number of seconds, or a date. Empty: the answer has no such header.
        now: The time to compare a date with. None: only a number counts.
    """
    given = value.strip()
    if given.isascii() and given.isdecimal():
        return float(given)
    then = http_date(given)
    try:
        return max(0.0, (then - now).total_seconds()) if then and now else 0.0
    except TypeError:  # one of them has no time zone
        return 0.0


def http_date(value: str) -> datetime | None:
    """Return a moment from an HTTP header; None if it is not one."""
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
