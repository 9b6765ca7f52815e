"""Time zones: those that have a night, and which of them stands for another."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from shared.domain.model.time_zone import TIME_ZONES, has_night, with_same_clocks

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
DAYS = [NOW + timedelta(3 * number) for number in range(130)]
UNINHABITED = {"Antarctica/Troll", "Pacific/Pitcairn"}


def clocks(zone: str) -> tuple[timedelta | None, ...]:
    """What the clocks of a zone differ from UTC by, in a year."""
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in DAYS)


def test_every_zone_is_an_iana_name() -> None:
    """Python knows each, as Cloud Scheduler must."""
    assert set(TIME_ZONES) - available_timezones() == set()


def test_the_list_is_in_order() -> None:
    """Each stands once, in the alphabet's order, so that a change of the list is easily read."""
    assert list(TIME_ZONES) == sorted(set(TIME_ZONES))


def test_every_inhabited_place_has_a_zone_with_its_clocks() -> None:
    """Wherever a WISP is, there is a night at 05:00 of its clocks."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    known = {clocks(zone) for zone in TIME_ZONES}

    assert {zone for zone in places if clocks(zone) not in known} == UNINHABITED


@pytest.mark.parametrize(
    ("zone", "same"),
    [
        ("Europe/Belfast", "Europe/Dublin"),
        ("America/Kentucky/Louisville", "America/Detroit"),
        ("Asia/Calcutta", "Asia/Colombo"),
        ("Europe/Dublni", ""),
        ("../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_zone_with_the_same_clocks_is_found(zone: str, same: str) -> None:
    """Both change their clocks on the same days; what is no time zone has none."""
    assert with_same_clocks(zone, NOW) == same


def test_a_zone_of_the_list_has_a_night() -> None:
    """Any other has none, though it exists."""
    assert has_night("Europe/Dublin")
    assert not has_night("Europe/Belfast")
