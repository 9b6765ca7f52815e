"""Nights: started again, after what stopped them was mended."""

from collections.abc import Sequence

import msgspec

from shared.domain.model.time_zone import TIME_ZONES
from shared.errors import Misconfigured, Trouble
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import sync_all


class NightStarted(msgspec.Struct, frozen=True):
    """What came of starting a time zone's night again.

    Attributes:
        time_zone: An IANA name.
        enqueued: How many WISPs got a run.
        last_start: When the last of them starts, ISO 8601, UTC; empty without any.
        last_done: When the last of them will be done.
        why: Why not all could be; empty: they could.
    """

    time_zone: str
    enqueued: int
    last_start: str = ""
    last_done: str = ""
    why: str = ""


def start_nights(services: Services, time_zone: str, *, everybody: bool) -> Sequence[NightStarted]:
    """Start a run where none was complete since 05:00 of the time zone, or the last one was not.

    Args:
        services: The ports.
        time_zone: An IANA name; empty: every time zone in which there are WISPs.
        everybody: For the others too.

    Raises:
        Misconfigured: No WISP has this time zone.
    """
    found = {str(document.get("time_zone")) for _, document in services.state.find("wisps")}
    zones = sorted(found.intersection(TIME_ZONES))
    if time_zone and time_zone not in zones:
        known = ", ".join(zones) or "there is no WISP at all"
        raise Misconfigured("night.unknown", f"no WISP has the time zone {time_zone[:64]!r}; known: {known}")
    return [_started(services, zone, everybody) for zone in ([time_zone] if time_zone else zones)]


def _started(services: Services, zone: str, everybody: bool) -> NightStarted:
    try:
        night = sync_all(services, zone, "all" if everybody else "incomplete")
    except Trouble as trouble:  # another time zone may go well
        return NightStarted(zone, 0, why=trouble.message)
    times = [each.isoformat() if each else "" for each in (night.last_start, night.last_done)]
    return NightStarted(zone, len(night.enqueued), *times)
