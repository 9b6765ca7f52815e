"""A process that does one run: `python -m tests.end_to_end.holder FOLDER GOOGLE`; prints how it ended."""

import json
import sys
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.adapters.local.sqlite.state import SqliteState
from shared.adapters.local.vault import Vault
from shared.adapters.simpler.source import SimplerSource
from shared.bootstrap import book, consent
from shared.config import Settings
from shared.ports import Mailer
from shared.signed import Signed
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.fake_clock import FakeClock
from tests.world import PLENTY, TaskList


class Watch(FakeClock):
    """A clock that shows how long its process stood still, as a file says."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def monotonic(self) -> float:
        """Seconds; they pass for a process that stands still, too."""
        return super().monotonic() + float(self._file.read_text())

    def now(self) -> datetime:
        """The time of day, which goes on as well."""
        return super().now() + timedelta(seconds=float(self._file.read_text()))


def services(folder: Path, google: str) -> Services:
    """As `bootstrap` would build them, on that clock."""
    settings = Settings(
        state_url=f"sqlite:///{folder}/state.db",
        secrets_url=f"vault:///{folder}/vault",
        people_api_endpoint=google,
        oauth_token_uri=f"{google}/token",
    )
    clock, vault, database = (
        Watch(folder / "stood-still"),
        Vault(folder / "vault"),
        Database(folder / "state.db"),
    )
    return Services(
        clock=clock,
        state=SqliteState(database, clock),
        leases=SqliteLeases(database, clock),
        secrets=vault,
        tasks=TaskList(),
        mailer=_no_mailer,
        source=lambda wisp: SimplerSource(wisp, vault, clock),
        book=partial(book, settings, vault, clock),
        consent=cache(partial(consent, settings, vault, clock)),
        signed=cache(partial(Signed, vault, settings.signing_key, clock)),
        limits=PLENTY,
    )


def _no_mailer() -> Mailer:
    raise AssertionError("nobody wants to be told")


def main(folder: str, google: str) -> None:
    """Run, and say how it ended."""
    outcome = sync_wisp(services(Path(folder), google), SyncWisp("acme"))
    sys.stdout.write(json.dumps({"state": outcome.state, "code": outcome.code}))


if __name__ == "__main__":
    main(*sys.argv[1:])
