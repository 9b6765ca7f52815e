"""Leases in Firestore: a document ``leases/{name}`` each, changed only on condition that it is as read.

A lease document is never deleted and has no member that a TTL policy may name, for its token must only grow.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from google.cloud.firestore import Client, DocumentReference, FieldFilter

from shared.adapters.google.firestore.client import (
    CONTENDED,
    FIRESTORE_SECONDS,
    PATIENT,
    committed,
    contended,
    translated,
)
from shared.adapters.lease_errors import held, lost
from shared.adapters.lease_record import UNREADABLE, lease_from
from shared.domain.model.lease import Claim, Lease, granted, handed_on, mended, released, renewed
from shared.errors import Misconfigured
from shared.ports import Clock
from shared.replace import replace
from shared.retry import Tries

_PAGE = 5000
"""Names in one request: each has a time limit."""

_FIRST, _LAST = "!", "\uf8ff"
"""What no lease's name begins before, and what none goes on with."""


class LeaseRecord(msgspec.Struct, frozen=True):
    """A lease document as it was read.

    Attributes:
        lease: The lease, or None if it was never taken.
        now: When it was read, by the database's clock, in seconds since 1970.
        version: When it was last written: the precondition of the next write. None if it is not there.
        fenced: Marks the last fenced write, whoever made it.
    """

    lease: Lease | None
    now: float
    version: datetime | None
    fenced: str | None


class FirestoreLeases:
    """The `LeaseStore` port; "now" is the `read_time` that Firestore gives with each document.

    A change whose answer was lost is looked for before it is tried again: a lease that carries our
    claim, which is unique, and our token is ours. After `RetryLater` a lease may have been granted
    all the same; it then expires unused.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Take the lease for `ttl` seconds.

        Raises:
            LeaseHeld: Another holds it.
            RetryLater: Firestore cannot be reached, or too many want this lease at once.
        """

        def grant(current: Lease | None, now: float) -> Lease:
            lease = granted(current, name, claim, now=now, ttl=ttl)
            if lease is None:
                assert current is not None, "what was never taken is free"
                raise held(current)
            return lease

        before = self._clock.monotonic()
        return replace(self._changed(name, grant), deadline=before + ttl)

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Extend it to `ttl` seconds from now.

        Raises:
            LeaseLost: It has passed to another, or was released.
            RetryLater: Firestore cannot be reached, or too many want this lease at once.
        """

        def extend(current: Lease | None, now: float) -> Lease:
            longer = renewed(current, lease, now, ttl)
            if longer is None:
                raise lost(lease)
            return longer

        before = self._clock.monotonic()
        longer = self._changed(lease.name, extend)
        return replace(longer, deadline=max(lease.deadline, before + ttl))

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Pass it to another claim for `ttl` seconds, with the next token; a grant is handed on once only.

        Raises:
            LeaseLost: It has passed to another, or was released.
            RetryLater: Firestore cannot be reached, or too many want this lease at once.
        """

        def pass_on(current: Lease | None, now: float) -> Lease:
            theirs = handed_on(current, lease, claim, now=now, ttl=ttl)
            if theirs is None:
                raise lost(lease)
            return theirs

        before = self._clock.monotonic()
        return replace(self._changed(lease.name, pass_on), deadline=before + ttl)

    def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens if it is not ours, or cannot be read; the record and its token stay.

        Raises:
            RetryLater: Firestore cannot be reached, or too many want this lease at once.
        """
        for _ in Tries(CONTENDED, self._clock):
            try:
                record = read(self._client, lease.name)
            except Misconfigured as unreadable:
                if unreadable.reason != UNREADABLE:
                    raise
                return
            free = released(record.lease, lease)
            if free is None or self._written(lease.name, record.version, free):
                return
        raise contended(f"leases/{lease.name}")

    def held(self) -> Sequence[str]:
        """Return the names of the leases that have a claim, whether it has expired or not, by name.

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        claimed = self._client.collection("leases").where(filter=FieldFilter("owner", ">", "")).select(())
        with translated():
            return sorted(each.id for each in claimed.stream(retry=PATIENT, timeout=FIRESTORE_SECONDS))

    def names(self, prefix: str) -> Sequence[str]:
        """Return the names of all leases that were ever taken and begin so, by name.

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        end = lease_reference(self._client, f"{prefix}{_LAST}")
        bound, last, names = ">=", prefix or _FIRST, list[str]()
        while last:
            start = lease_reference(self._client, last)
            query = self._client.collection("leases").where(filter=FieldFilter("__name__", bound, start))
            query = query.where(filter=FieldFilter("__name__", "<", end)).select(()).limit(_PAGE)
            with translated():
                page = [each.id for each in query.stream(retry=PATIENT, timeout=FIRESTORE_SECONDS)]
            names += page
            bound, last = ">", page[-1] if len(page) == _PAGE else ""
        return names

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Return the lease as recorded, None if it was never taken, and the database's time (seconds, 1970).

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        record = read(self._client, name)
        return record.lease, record.now

    def mend(self, name: str, claim: Claim, ttl: float) -> Lease | None:
        """Put a grant in the place of a record that cannot be read; None if it can be.

        Raises:
            RetryLater: Firestore cannot be reached, or others keep changing the record.
        """
        wanted = None
        for _ in Tries(CONTENDED, self._clock):
            stored = _stored(self._client, name)
            try:
                found = stored.lease(name)
            except Misconfigured:
                assert stored.members is not None, "what is not there can be read"
                wanted = mended(stored.members.get("token"), name, claim, stored.now, ttl=ttl)
                if self._written(name, stored.version, wanted):
                    return wanted
            else:
                return found if found is not None and found == wanted else None
        raise contended(f"leases/{name}")

    def forget(self, name: str) -> bool:
        """Delete the record of a lease that nobody will take any more; whether it was there and free.

        Raises:
            RetryLater: Firestore cannot be reached, or others keep changing the record.
            Misconfigured: The record cannot be read.
        """
        for _ in Tries(CONTENDED, self._clock):
            record = read(self._client, name)
            if record.lease is None or not record.lease.is_free(record.now):
                return False
            batch = self._client.batch()
            unchanged = self._client.write_option(last_update_time=record.version)
            batch.delete(lease_reference(self._client, name), option=unchanged)
            if committed(batch):
                return True
        raise contended(f"leases/{name}")

    def _changed(self, name: str, decide: Callable[[Lease | None, float], Lease]) -> Lease:
        wanted = None
        for _ in Tries(CONTENDED, self._clock):
            record = read(self._client, name)
            if wanted is not None and record.lease == wanted:
                return wanted
            wanted = decide(record.lease, record.now)
            if self._written(name, record.version, wanted):
                return wanted
        raise contended(f"leases/{name}")

    def _written(self, name: str, version: datetime | None, lease: Lease) -> bool:
        batch = self._client.batch()
        reference = lease_reference(self._client, name)
        if version is None:
            batch.create(reference, _members(lease))
        else:
            unchanged = self._client.write_option(last_update_time=version)
            batch.update(reference, _members(lease), option=unchanged)
        return committed(batch)


def lease_reference(client: Client, name: str) -> DocumentReference:
    """Return where the lease is kept."""
    return client.collection("leases").document(name)


def read(client: Client, name: str) -> LeaseRecord:
    """Read the lease document as it is now.

    Raises:
        RetryLater: Firestore cannot be reached.
        Misconfigured: The document cannot be read.
    """
    stored = _stored(client, name)
    fenced = stored.members.get("fenced") if stored.members else None
    return LeaseRecord(stored.lease(name), stored.now, stored.version, fenced)


class _Stored(msgspec.Struct, frozen=True):
    """A lease document before anybody has looked whether it can be read."""

    members: Mapping[str, Any] | None
    now: float
    version: datetime | None

    def lease(self, name: str) -> Lease | None:
        return None if self.members is None else lease_from(name, self.members)


def _stored(client: Client, name: str) -> _Stored:
    with translated():
        snapshot = lease_reference(client, name).get(retry=PATIENT, timeout=FIRESTORE_SECONDS)
    return _Stored(snapshot.to_dict(), snapshot.read_time.timestamp(), snapshot.update_time)


def _members(lease: Lease) -> dict[str, Any]:
    claim = lease.claim
    return {
        "owner": claim.owner if claim else None,
        "run": claim.run if claim else None,
        "holder": claim.holder if claim else None,
        "kind": claim.kind if claim else None,
        "token": lease.token,
        "acquired_at": lease.acquired_at,
        "expires_at": lease.expires_at,
    }
