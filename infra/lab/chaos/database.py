"""Database: a schedule's state from outside: its leases age with simulated time, and all of it can be read.

"Now" of a lease is the database's clock, which is real. So before a lease is looked at, its record is set
back by the time that has passed here and not there.
"""

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import requests

TIMEOUT = 30
_DRIFT = 0.5
"""Seconds of difference that matter to nobody."""


class Database(Protocol):
    """The database in which the processes of a schedule keep their state.

    Attributes:
        url: As the setting STATE_URL has it.
    """

    url: str

    def set_back(self, seconds: float) -> None:
        """Let every lease be so much older."""

    def everything(self) -> dict[str, Any]:
        """Return all documents by path, without the leases."""

    def close(self) -> None:
        """Delete it."""


class Ages:
    """Keeps the leases of a database as old as simulated time has it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._real = time.monotonic()
        self._owed = 0.0

    def pass_by(self, seconds: float) -> None:
        """Note that simulated time has passed."""
        self._owed += seconds

    def settle(self) -> None:
        """Make up for what real time has not done."""
        now = time.monotonic()
        due = self._owed - (now - self._real)
        if abs(due) > _DRIFT:
            self._database.set_back(due)
            self._owed, self._real = 0.0, now


class SqliteFile:
    """A database in its own file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "state.db"
        self.url = f"sqlite:///{self._path}"

    def set_back(self, seconds: float) -> None:
        """Let every lease be so much older."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'leases'").fetchone():
                return  # no process has opened it yet
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "UPDATE leases SET expires_at = expires_at - ?, acquired_at = acquired_at - ?",
                (seconds, seconds),
            )

    def everything(self) -> dict[str, Any]:
        """Return all documents by path, without the leases."""
        with closing(sqlite3.connect(self._path)) as connection:
            rows = connection.execute("SELECT collection, id, document FROM documents").fetchall()
        return {f"{collection}/{id_}": json.loads(document) for collection, id_, document in rows}

    def close(self) -> None:
        """Delete it."""
        shutil.rmtree(self._folder, ignore_errors=True)


class EmulatorProject:
    """A project in Google's Firestore emulator, through REST: gRPC must not start before a fork."""

    def __init__(self, host: str, project: str) -> None:
        self.url = f"firestore://{project}/(default)"
        self._session = requests.Session()
        self._documents = f"http://{host}/v1/projects/{project}/databases/(default)/documents"
        self._all = f"http://{host}/emulator/v1/projects/{project}/databases/(default)/documents"

    def set_back(self, seconds: float) -> None:
        """Let every lease be so much older."""
        listed = self._session.get(f"{self._documents}/leases", timeout=TIMEOUT).json()
        for lease in listed.get("documents", ()):
            mask = {"updateMask.fieldPaths": ["expires_at", "acquired_at"]}
            fields = {
                name: {"doubleValue": _number(lease["fields"][name]) - seconds}
                for name in ("expires_at", "acquired_at")
            }
            url = f"{self._documents}/leases/{lease['name'].rsplit('/', 1)[1]}"
            self._session.patch(url, params=mask, json={"fields": fields}, timeout=TIMEOUT).raise_for_status()

    def everything(self) -> dict[str, Any]:
        """Return all documents by path, without the leases."""
        query = {"structuredQuery": {"from": [{"allDescendants": True}]}}
        answer = self._session.post(f"{self._documents}:runQuery", json=query, timeout=TIMEOUT)
        answer.raise_for_status()
        found = (row["document"] for row in answer.json() if "document" in row)
        paths = {document["name"].split("/documents/", 1)[1]: document["fields"] for document in found}
        return {path: fields for path, fields in paths.items() if not path.startswith("leases/")}

    def close(self) -> None:
        """Delete it."""
        self._session.delete(self._all, timeout=TIMEOUT).raise_for_status()
        self._session.close()


def _number(value: dict[str, Any]) -> float:
    return float(next(iter(value.values())))
