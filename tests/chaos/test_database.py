"""A schedule's database from outside."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect

from infra.lab.chaos.database import SqliteFile


def test_before_a_process_has_opened_it_there_are_no_leases_to_set_back(tmp_path: Path) -> None:
    """However long the machine took to start the first one."""
    database = SqliteFile(tmp_path)
    database.set_back(3.0)
    database.close()


def test_leases_are_set_back(tmp_path: Path) -> None:
    """Leases age by the given seconds, as if that time had passed."""
    database, now = SqliteFile(tmp_path), datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    with closing(connect(tmp_path / "state.db")) as connection, connection:
        connection.execute("CREATE TABLE leases (expires_at REAL, acquired_at REAL)")
        connection.execute("INSERT INTO leases VALUES (?, ?)", (now + 300, now))
        connection.commit()
        database.set_back(3.0)
        assert connection.execute("SELECT * FROM leases").fetchall() == [(now + 297, now - 3)]
    database.close()
