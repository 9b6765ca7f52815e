"""Leases in an SQLite file: one row each, changed in a transaction that no other writer shares."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from shared.adapters.lease_errors import held, lost
from shared.adapters.lease_record import UNREADABLE, lease_from
from shared.adapters.local.sqlite.database import Database
from shared.domain.model.lease import Claim, Lease, granted, handed_on, mended, released, renewed
from shared.errors import Misconfigured
from shared.ports import Clock
from shared.replace import replace

# unixepoch('subsec') needs SQLite 3.42; Python 3.11 may come with an older one.
_NOW = "SELECT (julianday('now') - 2440587.5) * 86400.0"


class SqliteLeases:
    """The `LeaseStore` port; "now" is SQLite's clock, which all processes of the machine share."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Take the lease for `ttl` seconds.

        Raises:
            LeaseHeld: Another holds it.
            RetryLater: The database is busy.
        """
        before = self._clock.monotonic()
        with self._database.writing() as connection:
            current = recorded(connection, name)
            lease = granted(current, name, claim, now=now(connection), ttl=ttl)
            if lease is None:
                assert current is not None, "what was never taken is free"
                raise held(current)
            _record(connection, lease)
        return replace(lease, deadline=before + ttl)

    def renew(self, lease: Lease, ttl: float) -> Lease:
        """Extend it to `ttl` seconds from now.

        Raises:
            LeaseLost: It has passed to another, or was released.
            RetryLater: The database is busy.
        """
        before = self._clock.monotonic()
        with self._database.writing() as connection:
            longer = renewed(recorded(connection, lease.name), lease, now(connection), ttl)
            if longer is None:
                raise lost(lease)
            _record(connection, longer)
        return replace(longer, deadline=max(lease.deadline, before + ttl))

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        """Pass it to another claim for `ttl` seconds, with the next token; a grant is handed on once only.

        Raises:
            LeaseLost: It has passed to another, or was released.
            RetryLater: The database is busy.
        """
        before = self._clock.monotonic()
        with self._database.writing() as connection:
            current = recorded(connection, lease.name)
            theirs = handed_on(current, lease, claim, now=now(connection), ttl=ttl)
            if theirs is None:
                raise lost(lease)
            _record(connection, theirs)
        return replace(theirs, deadline=before + ttl)

    def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens if it is not ours, or cannot be read; the record and its token stay.

        Raises:
            RetryLater: The database is busy.
        """
        with self._database.writing() as connection:
            try:
                free = released(recorded(connection, lease.name), lease)
            except Misconfigured as unreadable:
                if unreadable.reason != UNREADABLE:
                    raise
                return
            if free is not None:
                _record(connection, free)

    def held(self) -> Sequence[str]:
        """Return the names of the leases that have a claim, whether it has expired or not, by name.

        Raises:
            RetryLater: The database is busy.
        """
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name FROM leases WHERE owner IS NOT NULL ORDER BY name")
            return [name for (name,) in rows]

    def names(self, prefix: str) -> Sequence[str]:
        """Return the names of all leases that were ever taken and begin so, sorted.

        Raises:
            RetryLater: The database is busy.
        """
        query = "SELECT name FROM leases WHERE substr(name, 1, ?) = ? ORDER BY name"
        with self._database.reading() as connection:
            return [name for (name,) in connection.execute(query, (len(prefix), prefix))]

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Return the lease as recorded, None if it was never taken, and the database's time (seconds, 1970).

        Raises:
            RetryLater: The database is busy.
        """
        with self._database.reading() as connection:
            return recorded(connection, name), now(connection)

    def mend(self, name: str, claim: Claim, ttl: float) -> Lease | None:
        """Put a grant in the place of a record that cannot be read; None if it can be.

        Raises:
            RetryLater: The database is busy.
        """
        with self._database.writing() as connection:
            try:
                recorded(connection, name)
            except Misconfigured:
                token = (_members(connection, name) or {}).get("token")
                lease = mended(token, name, claim, now(connection), ttl=ttl)
                _record(connection, lease)
                return lease
        return None

    def forget(self, name: str) -> bool:
        """Delete the record of a lease that nobody will take any more; whether it was there and free.

        Raises:
            RetryLater: The database is busy.
            Misconfigured: The record cannot be read.
        """
        with self._database.writing() as connection:
            lease = recorded(connection, name)
            if lease is None or not lease.is_free(now(connection)):
                return False
            connection.execute("DELETE FROM leases WHERE name = ?", (name,))
            return True


def recorded(connection: sqlite3.Connection, name: str) -> Lease | None:
    """Return the lease as the database has it, or None if it was never taken.

    Raises:
        Misconfigured: The record cannot be read.
    """
    members = _members(connection, name)
    return None if members is None else lease_from(name, members)


def _members(connection: sqlite3.Connection, name: str) -> dict[str, Any] | None:
    found = connection.execute(
        "SELECT token, owner, run, holder, kind, acquired_at, expires_at FROM leases WHERE name = ?", (name,)
    )
    row = found.fetchone()
    names = (column[0] for column in found.description)
    return None if row is None else dict(zip(names, row, strict=True))


def now(connection: sqlite3.Connection) -> float:
    """Return the database's time, in seconds since 1970."""
    return float(connection.execute(_NOW).fetchone()[0])


def _record(connection: sqlite3.Connection, lease: Lease) -> None:
    claim = msgspec.structs.astuple(lease.claim) if lease.claim else (None, None, None, None)
    connection.execute(
        "INSERT OR REPLACE INTO leases (name, token, acquired_at, expires_at, owner, run, holder, kind)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (lease.name, lease.token, lease.acquired_at, lease.expires_at, *claim),
    )
