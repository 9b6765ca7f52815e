"""Coordinates: a place on a map, from the latitude and the longitude that SIMPLer has."""

import re

from shared.pattern import pattern

MAP = "https://www.google.com/maps/search/?api=1&query="
"""What a link to a place on a map begins with; telephones open it in their own map (Google, "Maps URLs")."""

_DEGREES = pattern(r"([NSEW])? *([+-]?\d{1,3}(?:\.\d+)?) *°? *([NSEW])?", re.IGNORECASE | re.ASCII)
_BOTH = pattern(r"\s*[,;]\s*|\s+(?=[-+\d])", re.ASCII)
_MOST = {"NS": 90, "EW": 180}
_DIGITS = 6  # after the point: a tenth of a metre


def map_link(latitude: str, longitude: str) -> str:
    """Return a link to a place on a map; empty where the texts are no place.

    Degrees are decimal, such as ``-8.47``, ``8.47 W`` or ``8.47°W``. Nobody lives at 0, 0: programs write
    that where they know no place.
    """
    north, east = _degrees(latitude, "NS"), _degrees(longitude, "EW")
    if north is None or east is None or north == east == 0:
        return ""
    return f"{MAP}{_plain(north)}%2C{_plain(east)}"


def apart(both: str) -> tuple[str, str]:
    """Return latitude and longitude of a text with both, such as ``51.9, -8.47``; else two empty ones."""
    match _BOTH.split(both.strip()):
        case [latitude, longitude]:
            return latitude, longitude
        case _:
            return "", ""


def _degrees(text: str, letters: str) -> float | None:
    """Read decimal degrees; a letter is one of the two that this direction has, and says the sign alone."""
    found = _DEGREES.fullmatch(text.strip())
    if not found:
        return None
    before, number, after = (part or "" for part in found.groups())
    letter = (before + after).upper()
    if letter and (letter not in {*letters} or not number[0].isdecimal()):
        return None
    degrees = round(float(number), _DIGITS)
    if letter in ("S", "W"):
        degrees = -degrees
    return degrees if abs(degrees) <= _MOST[letters] else None


def _plain(degrees: float) -> str:
    return f"{degrees:.{_DIGITS}f}".rstrip("0").rstrip(".")
