"""The two stores of one database, on each adapter; processes that use SQLite do not load Google's library."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.adapters.local.sqlite.state import SqliteState
from shared.ports import Clock, LeaseStore, StateStore


@dataclass(frozen=True, slots=True)
class Stores:
    state: StateStore
    leases: LeaseStore


def in_sqlite(path: Path, clock: Clock) -> Stores:
    """Return both stores in one SQLite file."""
    database = Database(path)
    return Stores(SqliteState(database, clock), SqliteLeases(database, clock))


def in_firestore(client: Any, clock: Clock) -> Stores:
    """Return both stores in one Firestore database, given its client."""
    from shared.adapters.google.firestore.leases import FirestoreLeases  # noqa: PLC0415  see the module's text
    from shared.adapters.google.firestore.state import FirestoreState  # noqa: PLC0415  as above

    return Stores(FirestoreState(client, clock), FirestoreLeases(client, clock))
