"""Secrets: passwords, tokens and keys, by name."""

from typing import Protocol


class SecretStore(Protocol):
    """A store of secrets by name ([A-Za-z0-9_-], at most 255), which keeps only the newest version of each.

    Every method raises `RetryLater` if the store cannot be reached.
    """

    def get(self, name: str) -> str:
        """Return the newest version's value.

        Raises:
            Misconfigured: The secret does not exist, or its newest version is disabled or destroyed.
        """

    def put(self, name: str, value: str) -> None:
        """Store a new version, creating the secret if need be; then destroy the older ones.

        A crash in between leaves the older version as well; the next `put` destroys it.
        """

    def destroy(self, name: str) -> None:
        """Destroy the secret with all its versions; do nothing if it does not exist."""
