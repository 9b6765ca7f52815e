"""Our own documents, and the leases beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.model.lease import Claim, Lease

MOST_WRITES = 400
"""Writes that a store applies at once."""

Document = Mapping[str, Any]
"""A record of ours: JSON values only."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document, replacing what was there.

    Attributes:
        path: ``collection/id[/collection/id …]``.
        document: JSON values only.
        expires: From then on the store may delete it (history only; never leases, never the ledger). The
            document must then have no member of that name.
        new: Only if there is no document at the path, not even one that has expired: of all who write it
            exactly one succeeds. The document must then have no member ``attempt``.
    """

    path: str
    document: Document
    expires: datetime | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Delete a document; nothing happens if there is none."""

    path: str


class StateStore(Protocol):
    """Our own documents, in collections that may be nested below a document.

    Raises, from every method: `RetryLater` when the database cannot be reached.
    """

    def get(self, path: str) -> Document | None:
        """The document at the path, or None."""

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """The (id, document) pairs directly in a collection, by id.

        Args:
            collection: Its path, e.g. ``wisps`` or ``wisps/acme/runs``.
            where: Only those whose top-level members equal these strings.
            newest: Only that many, ordered by their member ``started``, newest first; those without it are
                left out.
        """

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Apply all the writes or none; at most `MOST_WRITES`.

        Raises:
            LeaseLost: `fence` is given and is no longer the holder's; nothing was written.
            AlreadyThere: A `Put` is `new`, and somebody else's document is at its path; nothing was written.
            RetryLater: As always; a `Put` that is `new` may then have been written all the same.
        """


class LeaseStore(Protocol):
    """Leases, in the same database as the state, so that a fenced write is one atomic step.

    Raises, from every method: `RetryLater` when the database cannot be reached.
    """

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Take the lease for `ttl` seconds.

        Raises:
            LeaseHeld: Another holds it.
        """

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Extend it to `ttl` seconds from now.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Pass it to another claim for `ttl` seconds, with the next token; a grant is handed on once only.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens if it is no longer ours; the record and its token stay."""

    def held(self) -> Sequence[str]:
        """The names of the leases that have a claim, whether it has expired or not, by name."""

    def look(self, name: str) -> tuple[Lease | None, float]:
        """The lease as recorded, or None if it was never taken, and the database's time (seconds, 1970)."""
