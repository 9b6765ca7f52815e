"""A process that does one run: `python -m tests.end_to_end.holder FOLDER GOOGLE`; prints how it ended."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from shared.bootstrap import build
from shared.config import Settings
from shared.ports import Mailer
from shared.replace import replace
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
        """Return the seconds, which also pass for a process that stands still."""
        return super().monotonic() + float(self._file.read_text())

    def now(self) -> datetime:
        """Return the time of day, which goes on as well."""
        return super().now() + timedelta(seconds=float(self._file.read_text()))


def services(folder: Path, google: str) -> Services:
    """Build the services, on that clock."""
    settings = Settings(
        state_url=f"sqlite:///{folder}/state.db",
        secrets_url=f"vault:///{folder}/vault",
        people_api_endpoint=google,
        oauth_token_uri=f"{google}/token",
    )
    built = build(settings, clock=Watch(folder / "stood-still"), tasks=TaskList())
    return replace(built, mailer=_no_mailer, limits=PLENTY)


def _no_mailer() -> Mailer:
    raise AssertionError("nobody wants to be told")


def main(folder: str, google: str) -> None:
    """Run, and say how it ended."""
    outcome = sync_wisp(services(Path(folder), google), SyncWisp("acme"))
    sys.stdout.write(json.dumps({"state": outcome.state, "code": outcome.code}))


if __name__ == "__main__":
    main(*sys.argv[1:])
