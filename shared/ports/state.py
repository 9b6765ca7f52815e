"""State: our own documents, and the leases beside them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from shared.domain.model.lease import Claim, Lease

MOST_WRITES = 400
"""Writes that a store applies at once."""

Document = Mapping[str, Any]
"""A record of ours: JSON values only."""


class Put(msgspec.Struct, frozen=True):
    """Write a document, replacing what was there.

    Attributes:
        path: ``collection/id[/collection/id …]``.
        document: JSON values only.
        expires: From then on the store may delete it. Only for history, not for leases or the ledger. The
            document must then have no member of that name.
        new: Write only if the path has no document, not even an expired one: of all who write it, exactly one
            succeeds. The document must then have no member ``attempt``.
    """

    path: str
    document: Document
    expires: datetime | None = None
    new: bool = False


class Drop(msgspec.Struct, frozen=True):
    """Delete a document; do nothing if it does not exist."""

    path: str


class StateStore(Protocol):
    """A store of our documents, in collections that may lie below a document.

    Every method raises `RetryLater` if the database cannot be reached.
    """

    def get(self, path: str) -> Document | None:
        """Return the document at the path, or None."""

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """Return the (id, document) pairs directly in a collection, sorted by id.

        Args:
            collection: Its path, e.g. ``wisps`` or ``wisps/acme/runs``.
            where: Only those whose top-level members equal these strings.
            newest: Only that many, sorted by their member ``started``, newest first; documents without it are
                left out.
        """

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Apply all the writes or none; at most `MOST_WRITES`.

        Raises:
            LeaseLost: `fence` is given and has passed to another; nothing was written.
            AlreadyThere: A `Put` is `new`, and its path has somebody else's document; nothing was written.
            RetryLater: The database cannot be reached; a `Put` that is `new` may have been written anyway.
        """


class LeaseStore(Protocol):
    """A store of leases, in the same database as the state, so that a fenced write is one atomic step.

    Every method raises `RetryLater` if the database cannot be reached. Those that read a record, and a fenced
    write, raise `Misconfigured` (``document.invalid``) if it cannot be read; all others are as they were.
    """

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Take the lease for `ttl` seconds.

        Raises:
            LeaseHeld: Another holds it.
        """

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Extend the lease to `ttl` seconds from now.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Pass the lease to another claim for `ttl` seconds, with the next token; this works once per grant.

        Raises:
            LeaseLost: It has passed to another, or was released.
        """

    def release(self, lease: Lease) -> None:
        """Give the lease back; do nothing if it is no longer ours. Its record and its token stay.

        A record that cannot be read is left for whoever watches over them.
        """

    def held(self) -> Sequence[str]:
        """Return the names of the leases that have a claim, expired or not, sorted."""

    def names(self, prefix: str) -> Sequence[str]:
        """Return the names of all leases that were ever taken and begin so, sorted."""

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Return the lease as recorded, None if never taken; and the database's time (seconds since 1970)."""

    def mend(self, name: str, claim: Claim, ttl: float) -> Lease | None:
        """Put a grant of `ttl` seconds in the place of a record that cannot be read; None if it can be.

        Its token is greater than the record's, whatever of that can be read.
        """

    def forget(self, name: str) -> bool:
        """Delete the record of a lease that nobody will take any more; return whether it was there and free.

        Only for names that no build uses: the token of any other must never be lost.
        """
