"""Health: an account's state, as badges beside its address."""

from dataclasses import dataclass
from typing import Literal

from shared.usecases.runs.status import Health

Tone = Literal["good", "warn", "bad", "plain"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two with a colour.

    Attributes:
        text: The words.
        tone: Good, a warning, bad, or neither.
    """

    text: str
    tone: Tone


def badges(health: Health) -> list[Badge]:
    """Return an account's badges, the most important first."""
    found = [_state(health)]
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
    return Badge("Connected", "good") if health.last_complete else Badge("Never synchronised", "plain")
