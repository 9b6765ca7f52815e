"""Health: an account's state, as badges beside its address."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from functions.console.pages.needs import held_back
from functions.console.pages.wording import many
from shared.domain.model.night import Nights
from shared.domain.model.schedule import moment
from shared.usecases.runs.status import Health

Tone = Literal["good", "warn", "bad", "plain"]

_FRESH = timedelta(hours=36)
"""A night, and half a day for what it could not do at once."""


class Badge(msgspec.Struct, frozen=True):
    """A word or two with a colour.

    Attributes:
        text: The words.
        tone: Good, a warning, bad, or neither.
    """

    text: str
    tone: Tone


def badges(health: Health, nights: Nights) -> list[Badge]:
    """Return an account's badges, the most important first."""
    found = [_state(health)]
    if held_back(health, nights):
        found.append(Badge("Removals waiting", "warn"))
    if health.limited:
        found.append(Badge("Limited by Google", "warn"))
    if health.nearly_full:
        found.append(Badge("Nearly full", "warn"))
    return found


def _state(health: Health) -> Badge:
    match health.state:
        case "reconnect":
            return Badge("Needs reconnecting", "bad")
        case "disconnecting":
            return Badge("Being disconnected", "warn")
        case "broken":
            return Badge("Broken", "bad")
        case "paused":
            return Badge("Paused", "warn")
    is_filled = health.last_complete or health.undone
    return Badge("Connected", "good") if is_filled else Badge("Not filled yet", "plain")


def is_stale(health: Health, now: datetime) -> bool:
    """Return whether a night is missing since an account equalled SIMPLer."""
    return bool(health.last_complete) and now - moment(health.last_complete) > _FRESH


def held(health: Health) -> str:
    """Return how many contacts of ours an account held last, and how many more than customers."""
    contacts = many(health.held, "contact")
    if health.undone:
        return contacts
    if more := health.held - health.expected:
        compared = "more" if more > 0 else "fewer"
        return f"{contacts}, {abs(more):,} {compared} than customers"
    return contacts
