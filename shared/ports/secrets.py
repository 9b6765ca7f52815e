"""Secrets."""

from typing import Protocol


class SecretStore(Protocol):
    """Secrets by name ([A-Za-z0-9_-], at most 255), with versions of which only the newest is kept.

    Raises, from every method: `RetryLater` when the store cannot be reached.
    """

    def get(self, name: str) -> str:
        """The newest version's value.

        Raises:
            Misconfigured: There is no such secret, or its newest version is disabled or destroyed.
        """

    def put(self, name: str, value: str) -> None:
        """Store a new version (making the secret if need be), then destroy the older ones.

        A crash in between leaves an older version alive, never none; the next `put` destroys it.
        """

    def destroy(self, name: str) -> None:
        """Destroy the secret with all its versions; nothing happens if there is none."""
