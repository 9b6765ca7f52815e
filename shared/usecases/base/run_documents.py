"""Run documents: what runs did, what a wisp's runs came to in short, and how far nights were watched.

`shared/usecases/base/documents.py` lists the paths of all documents.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from shared.domain.model.night import Nights, Watched, nights_of
from shared.domain.model.run import Note, RunOutcome
from shared.domain.model.wisp import Wisp
from shared.ports import Put, StateStore
from shared.replace import replace
from shared.usecases.base.documents import HISTORY, from_document, readable, run_time, to_document

LATELY = 10
"""Runs to look at first where no document tells of them in short: a night with its further tasks, and some
presses of the button."""

LONG = 60
"""Runs to look at if none of those is complete: more than a day can hold."""

WATCHED = "watched/nights"
"""Path of the document that says how far each night was watched."""


class Notes(msgspec.Struct, frozen=True):
    """A run's notes about single customers in one account."""

    notes: tuple[Note, ...]


def read_nights(state: StateStore, time_zone: str) -> tuple[Mapping[str, Nights], Sequence[str]]:
    """Return what the runs of a time zone's wisps came to, by wisp, and the paths of unreadable documents.

    An earlier build told only how long the last run took: there, `Nights.began` is empty.
    """
    found = state.find("durations", where={"time_zone": time_zone})
    return readable(found, Nights, "durations")


def load_nights(state: StateStore, wisp: Wisp) -> Nights:
    """Return what a wisp's runs came to, by their records where no readable document tells it."""
    document = state.get(f"durations/{wisp.id}")
    known, _ = readable([(wisp.id, document)] if document else [], Nights, "durations")
    nights = known.get(wisp.id, Nights(wisp.time_zone))
    return replace(
        nights if nights.began else nights_by_runs(state, wisp.id, nights), time_zone=wisp.time_zone
    )


def nights_by_runs(state: StateStore, wisp: str, nights: Nights) -> Nights:
    """Return what a wisp's runs came to by their records, far enough back to know of a complete one."""
    path = f"wisps/{wisp}/runs"
    for newest in (LATELY, LONG):
        found = state.find(path, newest=newest)
        runs = [run for run in readable(found, RunOutcome, path)[0].values() if not run.undid]
        if len(found) < newest or any(run.state == "complete" for run in runs):
            break
    return replace(nights_of(nights.time_zone, reversed(runs)), seconds=nights.seconds)


def nights_put(wisp: str, nights: Nights) -> Put:
    """Return the write that stores what a wisp's runs came to."""
    return Put(f"durations/{wisp}", to_document(nights))


def load_watched(state: StateStore) -> Mapping[str, Watched]:
    """Return how far each night was watched, by time zone; what cannot be read is watched again."""
    zones = (state.get(WATCHED) or {}).get("zones")
    found = zones.items() if isinstance(zones, dict) else ()
    return readable(found, Watched, WATCHED)[0]


def watched_put(watched: Mapping[str, Watched]) -> Put:
    """Return the write that stores how far each night was watched."""
    return Put(WATCHED, {"zones": to_document(watched)})


def load_runs(state: StateStore, wisp: str, newest: int) -> Sequence[RunOutcome]:
    """Return a wisp's last runs, newest first, without their notes on single customers."""
    path = f"wisps/{wisp}/runs"
    return [
        from_document(document, RunOutcome, f"{path}/{id_}")
        for id_, document in state.find(path, newest=newest)
    ]


def was_undone_since(state: StateStore, wisp: str, account: str, since: str) -> bool:
    """Return whether an undo that was asked for later has been at work in an account.

    Args:
        state: The database.
        wisp: The wisp's id.
        account: The account's id.
        since: ISO 8601, UTC.
    """
    path = f"wisps/{wisp}/runs"
    runs = readable(state.find(path, newest=LONG), RunOutcome, path)[0].values()
    return any(
        run.undid and run_time(run.run) > since and any(each.account == account for each in run.accounts)
        for run in runs
    )


def find_run(state: StateStore, wisp: str, run: str) -> RunOutcome | None:
    """Return one run without its notes; None if the wisp has no such run."""
    path = f"wisps/{wisp}/runs/{run}"
    document = state.get(path)
    return from_document(document, RunOutcome, path) if document else None


def load_notes(state: StateStore, wisp: str, run: str, account: str) -> Sequence[Note]:
    """Return what a run noted about single customers in one account."""
    path = f"wisps/{wisp}/runs/{run}/notes/{account}"
    document = state.get(path)
    return from_document(document, Notes, path).notes if document else ()


def load_run(state: StateStore, wisp: str, run: str) -> RunOutcome | None:
    """Return one run with its notes; None if the wisp has no such run."""
    path, outcome = f"wisps/{wisp}/runs/{run}", find_run(state, wisp, run)
    if outcome is None:
        return None
    notes = {
        id_: from_document(found, Notes, f"{path}/notes/{id_}") for id_, found in state.find(f"{path}/notes")
    }
    accounts = [
        replace(account, notes=list(notes[account.account].notes) if account.account in notes else [])
        for account in outcome.accounts
    ]
    return replace(outcome, accounts=accounts)


def run_put(outcome: RunOutcome) -> Put:
    """Return the write that stores a run without its notes, because lists of runs are read often."""
    slim = replace(outcome, accounts=[replace(account, notes=[]) for account in outcome.accounts])
    return Put(f"wisps/{outcome.wisp}/runs/{outcome.run}", to_document(slim), _until(outcome))


def notes_puts(outcome: RunOutcome) -> list[Put]:
    """Return the writes that store a run's notes, one document for each account."""
    path = f"wisps/{outcome.wisp}/runs/{outcome.run}/notes"
    has_user_data = [account for account in outcome.accounts if account.notes]
    return [
        Put(f"{path}/{a.account}", to_document(Notes(tuple(a.notes))), _until(outcome)) for a in has_user_data
    ]


def _until(outcome: RunOutcome) -> datetime:
    return datetime.fromisoformat(outcome.started).astimezone(UTC) + HISTORY
