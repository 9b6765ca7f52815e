import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.state import SqliteState
from shared.domain.model.lease import Claim
from shared.errors import Misconfigured, RetryLater
from shared.ports import Put
from tests.contract.stores import in_sqlite
from tests.fake_clock import FakeClock

_VERSION_1 = """
CREATE TABLE documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, expires REAL,
    PRIMARY KEY (collection, id)
);
CREATE INDEX documents_expires ON documents (expires) WHERE expires IS NOT NULL;
CREATE TABLE leases (
    name TEXT PRIMARY KEY, token INTEGER NOT NULL, owner TEXT, run TEXT, holder TEXT,
    acquired_at REAL NOT NULL, expires_at REAL NOT NULL
);
INSERT INTO documents VALUES ('wisps', 'acme', '{"n": 1}', NULL);
INSERT INTO leases VALUES ('wisp-acme', 3, 'o', 'disconnect-1', 'mary', 1, 2);
INSERT INTO leases VALUES ('wisp-beta', 4, NULL, NULL, NULL, 1, 2);
INSERT INTO leases VALUES ('accounts-acme', 5, 'p', '', 'joe', 1, 2);
PRAGMA user_version = 1;
"""


def mode(path: Path) -> str:
    """Return the permissions of a file, in octal."""
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_private(tmp_path: Path) -> None:
    """Only the owner may read the file and those that SQLite keeps beside it; a missing folder is made."""
    path = tmp_path / "data" / "deep" / "state.db"
    database = Database(path)
    with database.reading() as connection:
        connection.execute("SELECT count(*) FROM documents").fetchone()
        beside = sorted(path.parent.iterdir())
        assert [file.name for file in beside] == ["state.db", "state.db-shm", "state.db-wal"]
        assert {mode(file) for file in beside} == {"0o600"}


def test_kept(tmp_path: Path) -> None:
    """What was written is there when the file is opened again."""
    SqliteState(Database(tmp_path / "state.db"), FakeClock()).write(Put("wisps/acme", {"n": 1}))
    assert SqliteState(Database(tmp_path / "state.db"), FakeClock()).get("wisps/acme") == {"n": 1}


def test_odd_name(tmp_path: Path) -> None:
    """A path may hold what means something in an address."""
    state = SqliteState(Database(tmp_path / "100% sure?#&.db"), FakeClock())
    state.write(Put("wisps/acme", {}))
    assert (tmp_path / "100% sure?#&.db").exists()


def test_newer(tmp_path: Path) -> None:
    """A file from a newer version is left alone, and the operator is told what to do."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    with pytest.raises(
        Misconfigured, match="has version 3, and this program knows 2; run the newer"
    ) as caught:
        Database(path)
    assert caught.value.reason == "state.newer"


def test_older(tmp_path: Path) -> None:
    """A file of version 1 is taken over: its documents, and its leases with what their runs' ids tell."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_VERSION_1)
    stores = in_sqlite(path, FakeClock())
    found = [stores.leases.look(name)[0] for name in ("wisp-acme", "wisp-beta", "accounts-acme")]
    claims = [(lease.claim, lease.token) for lease in found if lease is not None]

    assert stores.state.get("wisps/acme") == {"n": 1}
    assert claims == [
        (Claim("o", "disconnect-1", "mary", "disconnect"), 3),
        (None, 4),
        (Claim("p", "", "joe", "accounts"), 5),
    ]
    assert stores.leases.acquire("wisp-beta", Claim("q", "restore-2", "ann", "restore"), 60).token == 5
    assert in_sqlite(path, FakeClock()).leases.look("wisp-beta")[0] == stores.leases.look("wisp-beta")[0]


def test_not_a_database(tmp_path: Path) -> None:
    """A file that is no database is left as it is."""
    path = tmp_path / "state.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(Misconfigured, match="is damaged or no SQLite database") as caught:
        Database(path)
    assert caught.value.reason == "state.corrupt"
    assert path.read_text() == "Dear diary, " * 100


def test_damaged_later(tmp_path: Path) -> None:
    """Damage that comes while the service runs is told apart from a passing trouble."""
    path = tmp_path / "state.db"
    state = SqliteState(Database(path), FakeClock())
    state.write(Put("wisps/acme", {"text": "x" * 20_000}))
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(Misconfigured, match="is damaged"):
        state.get("wisps/acme")


def test_gone(tmp_path: Path) -> None:
    """A file that was taken away is missed, not silently replaced by an empty one."""
    path = tmp_path / "state.db"
    state = SqliteState(Database(path), FakeClock())
    path.unlink()
    with pytest.raises(Misconfigured, match="cannot be opened"):
        state.get("wisps/acme")
    assert not path.exists()


def test_no_folder(tmp_path: Path) -> None:
    """A place where no file can be made is a wrong setting."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be opened"):
        Database(tmp_path / "file" / "state.db")


def test_busy(tmp_path: Path) -> None:
    """A writer that cannot get its turn is asked to come later; readers are served all the while."""
    database = Database(tmp_path / "state.db", patience=0)
    state = SqliteState(database, FakeClock())
    with database.writing(), pytest.raises(RetryLater, match=r"state\.busy"):
        state.write(Put("wisps/acme", {}))
    with database.writing():
        assert state.get("wisps/acme") is None


def test_own_mistakes_are_not_disguised(tmp_path: Path) -> None:
    """An error that no operator can mend and no retry helps stays what it is."""
    with pytest.raises(sqlite3.OperationalError), Database(tmp_path / "state.db").writing() as connection:
        connection.execute("SELECT * FROM nowhere")
