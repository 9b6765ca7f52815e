"""The stand-in's clock: somebody else's time, moved forward on request."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """A clock that tests move forward, so that nothing has to wait for a token to expire."""

    def __init__(self, base: Callable[[], datetime]) -> None:
        self._base = base
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the time in UTC."""
        return (self._base() + self._ahead).astimezone(UTC)

    def forward(self, duration: timedelta) -> None:
        """Move on; a negative duration moves back."""
        self._ahead += duration

    def reset(self) -> None:
        """Show the base's time again."""
        self._ahead = timedelta()


def timestamp(moment: datetime) -> str:
    """Return a google-datetime: RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
