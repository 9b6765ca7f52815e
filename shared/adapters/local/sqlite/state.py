"""Documents in an SQLite file: one row of JSON each."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from shared.adapters.lease_errors import already_there, lost
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import recorded
from shared.domain.model.lease import Lease
from shared.ports import Clock, Document, Drop, Put


class SqliteState:
    """The `StateStore` port. Expired documents are deleted whenever another that expires is written."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a file; documents expire by the clock of those who set their time."""
        self._database = database
        self._clock = clock

    def get(self, path: str) -> Document | None:
        """Return the document at the path, or None.

        Raises:
            RetryLater: The database is busy.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT document FROM documents WHERE collection = ? AND id = ?", _place(path)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def find(
        self, collection: str, *, where: Mapping[str, str] | None = None, newest: int | None = None
    ) -> Sequence[tuple[str, Document]]:
        """Return (id, document) pairs directly in a collection, by id, or the newest by member `started`.

        Raises:
            RetryLater: The database is busy.
        """
        query = "SELECT id, document FROM documents WHERE collection = ?"
        values: list[str | int] = [collection]
        for member, value in (where or {}).items():
            query += " AND json_extract(document, ?) = ?"
            values += [f'$."{member}"', value]
        if newest is None:
            query += " ORDER BY id"
        else:
            query += " AND json_extract(document, '$.started') IS NOT NULL"
            query += " ORDER BY json_extract(document, '$.started') DESC, id DESC LIMIT ?"
            values.append(newest)
        with self._database.reading() as connection:
            rows = connection.execute(query, values).fetchall()
        return [(id_, json.loads(document)) for id_, document in rows]

    def write(self, *writes: Put | Drop, fence: Lease | None = None) -> None:
        """Apply all the writes or none.

        Raises:
            LeaseLost: `fence` is given and is no longer the holder's; nothing was written.
            AlreadyThere: A `Put` is `new`, and there is a document at its path; nothing was written.
            RetryLater: The database is busy; nothing was written.
        """
        with self._database.writing() as connection:
            if fence is not None:
                _require(connection, fence)
            for write in writes:
                _apply(connection, write)
            if any(isinstance(write, Put) and write.expires for write in writes):
                now = self._clock.now().timestamp()
                connection.execute("DELETE FROM documents WHERE expires < ?", (now,))


def _require(connection: sqlite3.Connection, fence: Lease) -> None:
    current = recorded(connection, fence.name)
    if current is None or not current.belongs_to(fence):
        raise lost(fence)


def _apply(connection: sqlite3.Connection, write: Put | Drop) -> None:
    place = _place(write.path)
    if isinstance(write, Drop):
        connection.execute("DELETE FROM documents WHERE collection = ? AND id = ?", place)
        return
    assert write.expires is None or "expires" not in write.document, "Firestore keeps its own `expires`"
    assert not write.new or "attempt" not in write.document, "Firestore keeps its own `attempt`"
    if write.new and _is_there(connection, place):
        raise already_there(write.path)
    text = json.dumps(write.document, ensure_ascii=False, allow_nan=False)
    expires = write.expires.timestamp() if write.expires else None
    connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", (*place, text, expires))


def _is_there(connection: sqlite3.Connection, place: tuple[str, str]) -> bool:
    found = connection.execute("SELECT 1 FROM documents WHERE collection = ? AND id = ?", place)
    return found.fetchone() is not None


def _place(path: str) -> tuple[str, str]:
    parts = path.split("/")
    if len(parts) % 2 or not all(parts):
        raise ValueError(f"{path!r} names no document: it must be collection/id[/collection/id …]")
    return "/".join(parts[:-1]), parts[-1]
