"""One SQLite file, shared by threads and processes of one machine: connections, schema, errors.

Every call opens a connection of its own and closes it: about 0.15 ms to read and 1 ms to write, and no
connection is ever shared by two threads or carried over a fork (sqlite.org, "How To Corrupt", 2.6).
Readers never wait for the writer (WAL), writers wait for each other in the order SQLite wakes them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from shared.adapters.error_table import Row, row_for
from shared.errors import Misconfigured, RetryLater

_VERSION = 2
"""Of the schema below, kept in the file's `user_version`."""

_SCHEMA = (
    """
    CREATE TABLE documents (
        collection TEXT NOT NULL,
        id TEXT NOT NULL,
        document TEXT NOT NULL,
        expires REAL,
        PRIMARY KEY (collection, id)
    )
    """,
    "CREATE INDEX documents_expires ON documents (expires) WHERE expires IS NOT NULL",
    """
    CREATE TABLE leases (
        name TEXT PRIMARY KEY,
        token INTEGER NOT NULL,
        owner TEXT,
        run TEXT,
        holder TEXT,
        kind TEXT,
        acquired_at REAL NOT NULL,
        expires_at REAL NOT NULL
    )
    """,
)

_NEWER = {1: ("ALTER TABLE leases ADD COLUMN kind TEXT",)}
"""The statements that turn a schema of one version into the next."""

_CLOSED = Row(
    Misconfigured,
    "state.unreachable",
    "the database {path} cannot be opened for writing; check that it is there and that this program may"
    " write it and its folder",
    statuses=(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
)
SQLITE_ERRORS = (
    _CLOSED,
    Row(
        RetryLater,
        "state.busy",
        "the database {path} is being written by others; the same call may succeed in a moment",
        statuses=(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
    ),
    Row(
        Misconfigured,
        "state.corrupt",
        "the database {path} is damaged or no SQLite database; restore it from a backup",
        statuses=(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
    ),
    Row(
        Misconfigured,
        "state.full",
        "the database {path} cannot grow, since the disk is full; make room",
        statuses=(sqlite3.SQLITE_FULL,),
    ),
    Row(
        Misconfigured,
        "state.disk",
        "the database {path} could not be read or written; check the disk",
        statuses=(sqlite3.SQLITE_IOERR,),
    ),
)
"""Meanings of SQLite's primary result codes (https://www.sqlite.org/rescode.html)."""


class Database:
    """The file, made if there is none (mode 0600), and its transactions.

    Args:
        path: Where it is.
        patience: Seconds to wait for another writer.

    Raises:
        Misconfigured: The file cannot be opened, is damaged, or was written by a newer version.
        RetryLater: Others kept it busy for too long.
    """

    def __init__(self, path: Path, patience: float = 10) -> None:
        self._path = path
        self._patience = patience
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise _CLOSED.trouble(path=path) from error
        with self._connected() as connection:
            self._prepare(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for one query."""
        with self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a transaction that no other writer shares; keep all of it, or none."""
        with self._connected() as connection, _transaction(connection):
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        # mode=rw: a file that was moved away is an error, never silently a new and empty database.
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(
                sqlite3.connect(address, uri=True, timeout=self._patience, isolation_level=None)
            ) as connection:
                # A token that was granted must survive a power cut.
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        if _version(connection) == _VERSION:
            return
        with _transaction(connection):
            found = _version(connection)
            if found > _VERSION:
                raise Misconfigured(
                    "state.newer",
                    f"the database {self._path} has version {found}, and this program knows {_VERSION};"
                    " run the newer program, or restore a backup that was made before the update",
                )
            for statement in _to_present(found):
                connection.execute(statement)

    def _translated(self, error: sqlite3.Error) -> Exception:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        # The low byte is the primary code.
        row = row_for(SQLITE_ERRORS, status=code & 0xFF)
        return error if row is None else row.trouble(path=self._path)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE takes the write lock at once: a lock taken later could find that what was read has changed.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some errors, a full disk for one, have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _to_present(version: int) -> Iterator[str]:
    """Return the statements that bring a file of a version, 0 for a new one, to the present one."""
    if version == 0:
        yield from _SCHEMA
    for old in range(version or _VERSION, _VERSION):
        yield from _NEWER[old]
    yield f"PRAGMA user_version = {_VERSION}"


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
