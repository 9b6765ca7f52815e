"""Time zone: the zones in which a WISP may be, each with a night of its own.

The list (`time_zones.json`) is read by Terraform too, which makes a job of Cloud Scheduler for each
(`infra/gcp/schedule.tf`), so that setting up a WISP needs no deployment. It has the zones in which
providers work, and for every other inhabited place one with the same clocks: of 598 IANA names only 63
differ from each other, and a job costs money.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

TIME_ZONES: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("time_zones.json").read_bytes()))
"""IANA names, in alphabetical order."""

_LOOKED_AT = 400
"""Days for which clocks are compared: more than a year, in which each change of the clocks comes once."""


def has_night(time_zone: str) -> bool:
    """Return whether runs are started in a time zone."""
    return time_zone in TIME_ZONES


def with_same_clocks(time_zone: str, now: datetime) -> str:
    """Return the first zone of the list whose clocks show the same for a year from now on.

    Args:
        time_zone: Any text.
        now: Aware of its time zone.

    Returns:
        An IANA name; empty when `time_zone` is none, or is that of a place where nobody lives.
    """
    if time_zone not in available_timezones():
        return ""
    days = [now.astimezone(UTC) + timedelta(days) for days in range(_LOOKED_AT)]
    return next((known for known in TIME_ZONES if _agree(ZoneInfo(known), ZoneInfo(time_zone), days)), "")


def _agree(one: ZoneInfo, other: ZoneInfo, days: list[datetime]) -> bool:
    return all(day.astimezone(one).utcoffset() == day.astimezone(other).utcoffset() for day in days)
