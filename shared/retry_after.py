"""Retry-After: how long a server asks to be left alone (RFC 9110, section 10.2.3)."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def retry_after(value: str, now: datetime | None) -> float:
    """Seconds from now; 0 where the header says nothing that can be used.

    Args:
        value: The header: a number of seconds, or a moment. Empty: there is none.
        now: What a moment is compared with. None: only a number counts.
    """
    given = value.strip()
    if given.isascii() and given.isdecimal():
        return float(given)
    then = http_date(given)
    try:
        return max(0.0, (then - now).total_seconds()) if then and now else 0.0
    except TypeError:  # one of them tells no time zone
        return 0.0


def http_date(value: str) -> datetime | None:
    """Return a moment from an HTTP header; None if it is not one."""
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
