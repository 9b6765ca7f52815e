"""Journal: what contacts or labels were before each of their last changes, so that these can be undone."""

from collections import deque
from typing import Generic, TypeVar

from infra.standins.google.errors import invalid

REACHES_BACK = 10_000
"""Changes that are remembered (a choice; Google remembers those of 30 days)."""

T = TypeVar("T")


class Journal(Generic[T]):
    """The last changes of contacts, or of labels."""

    def __init__(self) -> None:
        self._entries: deque[tuple[float, str, T | None]] = deque(maxlen=REACHES_BACK)

    def note(self, at: float, name: str, before: T | None) -> None:
        """Note a change.

        Args:
            at: When, in seconds since 1970.
            name: Of what.
            before: What there was of that name; None for nothing.
        """
        self._entries.append((at, name, before))

    def at(self, moment: float) -> dict[str, T | None]:
        """Return what there was at a moment, in seconds since 1970, of everything that was changed after it.

        Raises:
            GoogleError: 400, when that is too long ago.
        """
        if len(self._entries) == REACHES_BACK and self._entries[0][0] > moment:
            raise invalid(f"Only the last {REACHES_BACK} changes can be undone.")
        return {name: before for at, name, before in reversed(self._entries) if at > moment}
