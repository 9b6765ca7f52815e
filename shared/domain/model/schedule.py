"""Schedule: the times at which the service is called by itself, and the nights they make.

Cloud Scheduler keeps them (`infra/gcp/schedule.tf`). Whoever changes one changes it there and in the
documents too; tests compare them.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT = time(5)
"""When the nightly runs start, by the clocks of each wisp's time zone."""

NIGHTLY = "nightly run"
"""Who starts a night's run, in words that others may read."""

WATCH = 30
"""The minute of every hour at which the watchdog looks."""


LONG_AGO = datetime.min.replace(tzinfo=UTC)


def last_night(now: datetime, time_zone: str) -> datetime:
    """Return when the time zone's last night began: its last `NIGHT`, up to and including now, in UTC.

    A `NIGHT` that the clocks skip, or have twice, begins as :pep:`495` says of a time with ``fold=0``.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    nights = (datetime.combine(today - timedelta(days=ago), NIGHT, zone) for ago in range(3))
    return next(night for night in (each.astimezone(UTC) for each in nights) if night <= now)


def day_of(night: datetime, time_zone: str) -> str:
    """Return the day of a night in its time zone, as YYYY-MM-DD."""
    return night.astimezone(ZoneInfo(time_zone)).date().isoformat()


def week_of(night: datetime, time_zone: str) -> str:
    """Return the week of a night in its time zone, from Monday on, as ISO 8601 has it: 2026-W10."""
    year, week, _ = night.astimezone(ZoneInfo(time_zone)).isocalendar()
    return f"{year}-W{week:02}"


def by_its_clocks(written: str, time_zone: str) -> str:
    """Return a time of our documents by the clocks of a time zone, for people: 02 Mar 2026, 05:00."""
    return f"{moment(written).astimezone(ZoneInfo(time_zone)):%d %b %Y, %H:%M}"


def moment(written: str) -> datetime:
    """Read a time of our documents, in UTC; an empty one counts as long ago.

    Raises:
        ValueError: It is no time.
    """
    return datetime.fromisoformat(written).astimezone(UTC) if written else LONG_AGO
