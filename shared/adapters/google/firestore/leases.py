"""Leases in Firestore: a document ``leases/{name}`` each, changed only on condition that it is as read.

A lease document is never deleted and has no member that a TTL policy may name, for its token must only grow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

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
from shared.domain.model.lease import Claim, Lease, granted, handed_on, kind_of, released, renewed
from shared.ports import Clock
from shared.retry import Tries


@dataclass(frozen=True, slots=True)
class LeaseRecord:
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
        """Give it back. Nothing happens if it is no longer ours; the record and its token stay.

        Raises:
            RetryLater: Firestore cannot be reached, or too many want this lease at once.
        """
        for _ in Tries(CONTENDED, self._clock):
            record = read(self._client, lease.name)
            free = released(record.lease, lease)
            if free is None or self._written(record, free):
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

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Return the lease as recorded, None if it was never taken, and the database's time (seconds, 1970).

        Raises:
            RetryLater: Firestore cannot be reached.
        """
        record = read(self._client, name)
        return record.lease, record.now

    def _changed(self, name: str, decide: Callable[[Lease | None, float], Lease]) -> Lease:
        wanted = None
        for _ in Tries(CONTENDED, self._clock):
            record = read(self._client, name)
            if wanted is not None and record.lease == wanted:
                return wanted
            wanted = decide(record.lease, record.now)
            if self._written(record, wanted):
                return wanted
        raise contended(f"leases/{name}")

    def _written(self, record: LeaseRecord, lease: Lease) -> bool:
        batch = self._client.batch()
        reference = lease_reference(self._client, lease.name)
        if record.version is None:
            batch.create(reference, _members(lease))
        else:
            unchanged = self._client.write_option(last_update_time=record.version)
            batch.update(reference, _members(lease), option=unchanged)
        return committed(batch)


def lease_reference(client: Client, name: str) -> DocumentReference:
    """Return where the lease is kept."""
    return client.collection("leases").document(name)


def read(client: Client, name: str) -> LeaseRecord:
    """Read the lease document as it is now.

    Raises:
        RetryLater: Firestore cannot be reached.
    """
    with translated():
        snapshot = lease_reference(client, name).get(retry=PATIENT, timeout=FIRESTORE_SECONDS)
    members = snapshot.to_dict()
    now = snapshot.read_time.timestamp()
    if members is None:
        return LeaseRecord(None, now, None, None)
    return LeaseRecord(_lease(name, members), now, snapshot.update_time, members.get("fenced"))


def _lease(name: str, members: Mapping[str, Any]) -> Lease:
    times = {member: members[member] for member in ("acquired_at", "expires_at")}
    return Lease(name, _claim(members), members["token"], **times)


def _claim(members: Mapping[str, Any]) -> Claim | None:
    owner, run = members["owner"], members["run"]
    if owner is None:
        return None
    return Claim(owner, run, members["holder"], members.get("kind") or kind_of(run))


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
