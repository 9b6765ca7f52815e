"""Stage: the servers, the database and the vault that stories are played on, one after the other."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from infra.standins.google import GoogleStandIn, Rules
from infra.standins.google.world import World as Google
from infra.standins.simpler.standin import SimplerStandIn
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.vault import Vault
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.model.quota import Limits
from shared.events import LOGGER, Event
from shared.replace import replace
from shared.usecases.base.services import Services
from tests.fake_clock import FakeClock
from tests.world import TaskList

MOST_ACCOUNTS = 3


class Unexpected(logging.Handler):
    """Keeps what the service logs as an internal error."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if getattr(record, "event", None) == Event.INTERNAL_ERROR:
            self.found.append(logging.Formatter().format(record))


@dataclass(slots=True)
class Stage:
    """What outlives a story: the servers, the database's file, the vault. Each story finds them empty.

    Attributes:
        google: Google.
        google_url: Its address.
        simpler: SIMPLer.
        folder: With the database and the vault.
        database: The database.
        vault: The vault.
        unexpected: Internal errors.
        clock: The present story's.
    """

    google: GoogleStandIn
    google_url: str
    simpler: SimplerStandIn
    folder: Path
    database: Database
    vault: Vault
    unexpected: Unexpected
    clock: FakeClock

    def empty(self, rules: Rules) -> None:
        """Forget everything that has happened."""
        self.clock = FakeClock()
        self.google.world = Google(self.google.clock.now, Random(0), rules=rules)
        state = self.simpler.state
        state.customers.replace([])
        state.failure = None
        state.calls.clear()
        self.unexpected.found.clear()
        with self.database.writing() as connection:
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM leases")

    def services(self, tasks: TaskList, limits: Limits) -> Services:
        """Build the services, on the story's clock."""
        settings = Settings(
            state_url=f"sqlite:///{self.folder}/state.db",
            secrets_url=f"vault:///{self.folder}/vault",
            people_api_endpoint=self.google_url,
            oauth_token_uri=f"{self.google_url}/token",
        )
        return replace(build(settings, clock=self.clock, tasks=tasks), mailer=_no_mail, limits=limits)

    def age_leases(self, seconds: float) -> None:
        """Set the record of every lease back, because its time is the database's and real."""
        with closing(sqlite3.connect(self.folder / "state.db")) as connection, connection:
            connection.execute("UPDATE leases SET expires_at = expires_at - ?", (seconds,))


def _no_mail() -> Any:
    raise AssertionError("nobody is to be mailed")


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """Run the servers, while the block runs."""
    unexpected = Unexpected()
    LOGGER.addHandler(unexpected)
    vault = Vault(folder / "vault")
    vault.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')

    def now() -> datetime:
        return stage.clock.now()

    google = GoogleStandIn(clock=now)
    with SimplerStandIn() as simpler, google.serve() as url:
        vault.put("simpler-acme", simpler.state.secret())
        for number in range(MOST_ACCOUNTS):
            vault.put(f"token-{number}", f"refresh-{number}")
        database = Database(folder / "state.db")
        stage = Stage(google, url, simpler, folder, database, vault, unexpected, FakeClock())
        try:
            yield stage
        finally:
            LOGGER.removeHandler(unexpected)
