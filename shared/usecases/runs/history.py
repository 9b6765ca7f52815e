"""History: a wisp's runs as people look them up afterwards."""

from collections.abc import Sequence

import msgspec

from shared.domain.model.run import RunOutcome, as_seen
from shared.usecases.base.run_documents import load_run
from shared.usecases.base.services import Services
from shared.usecases.runs.status import last_runs, running_now

NEWEST = 60
"""The most runs to look through: two months of nights."""

_LONGEST_ID = 64


class Filter(msgspec.Struct, frozen=True):
    """A choice of runs to show.

    Attributes:
        state: Only runs in this state; empty: all.
        account: Only runs that worked in this account; empty: all.
    """

    state: str = ""
    account: str = ""

    def __contains__(self, run: RunOutcome) -> bool:
        right_state = not self.state or run.state == self.state
        return right_state and (not self.account or any(a.account == self.account for a in run.accounts))


def history(services: Services, wisp: str, desired: Filter) -> Sequence[RunOutcome]:
    """Return those of a wisp's last `NEWEST` runs that the filter accepts, newest first."""
    _, runs = last_runs(services, wisp, NEWEST)
    return [run for run in runs if run in desired]


def one_run(services: Services, wisp: str, run: str) -> RunOutcome | None:
    """Return a run of the wisp by its id; None if the wisp has no such run."""
    running = running_now(services, wisp)  # first: it may end meanwhile
    found = load_run(services.state, wisp, run) if _is_id(run) else None
    return as_seen(found, running.run if running else "") if found else None


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and all(c.isascii() and (c.isalnum() or c == "-") for c in text)
