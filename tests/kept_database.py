"""The product's database with connections that stay open: to open one takes longer than a query."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.adapters.local.sqlite.database import Database


class KeptDatabase(Database):
    """A database that opens one connection for all that come one after the other."""

    def __init__(self, path: Path) -> None:
        self._idle: deque[sqlite3.Connection] = deque()
        super().__init__(path)

    def close(self) -> None:
        """Close what nobody uses."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            with super()._connected() as none:
                yield none
            return
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._opened()
        try:
            yield connection
        except sqlite3.Error as error:
            raise self._translated(error) from error
        finally:
            self._idle.append(connection)

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
