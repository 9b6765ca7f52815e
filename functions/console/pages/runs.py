"""Runs: shows what was done when, by whom, and why for each customer; also as a file."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from flask import Response, abort, make_response, request

from functions.console.pages.result import duration, result_of, skipped, was_reached
from functions.console.pages.wording import NOTES, RESULTS, RUN_STATES, day, named, named_alone, reason, who
from functions.console.web.csv_file import csv_file
from functions.console.web.fitting import part_of
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.model.run import AccountOutcome, Note, RunOutcome
from shared.usecases.base.documents import load_accounts
from shared.usecases.runs.history import NEWEST, Filter, history, one_run
from shared.usecases.runs.names import names_of

MOST_CUSTOMERS = 50
"""Customers shown on a run's page, which its accounts share; the file has them all."""

OCTETS = 18_000
"""Octets that they take, which are fewer customers where much was typed."""

FEWEST_CUSTOMERS = 2
"""Customers shown of an account, however many accounts there are."""

A_PAGE = 15
"""Runs on a page of the list."""

MOST_ACCOUNTS = 12
"""Accounts on a page of a run; those in which not everything was done come first."""

STATES = ("complete", "partial", "unfinished", "failed", "interrupted", "superseded", "running", "waiting")


UNUSABLE = "skipped"
"""Notes of this kind are about SIMPLer's records: each account has the same, and the page has them once."""

COUNTED = ("created", "updated", "relabelled", "retired", "removed", "refused", "failed", "unchanged")
"""What the file of all runs counts of each account."""


def show(visit: Visit) -> Response:
    """Show the last runs, or those in one state or account if the address says so."""
    wanted = Filter(_asked("state"), _asked("account"))
    runs = history(visit.services, visit.wisp.id, wanted)
    reader = visit.session.user.email
    part = part_of(runs, A_PAGE, _asked("part"))
    shown: dict[str, Any] = {
        "part": part,
        "days": _by_day(visit, part.items),
        "by": {run.by: named_alone(who(run.by, reader)) for run in part.items},
        "wanted": wanted,
        "newest": NEWEST,
        "states": {state: RUN_STATES[state] for state in STATES},
        "accounts": sorted(load_accounts(visit.services.state, visit.wisp.id), key=lambda each: each.email),
        "result": result_of,
        "duration": duration,
    }
    return make_response(render("runs.html", visit, **shown))


def one(visit: Visit, run: str) -> Response:
    """Show one run: its result, and some of its accounts with their counts and the reasons per customer."""
    found, what = _known(visit, run), _asked("what")
    kinds = {note.what for account in found.accounts for note in account.notes}
    part = part_of(sorted(found.accounts, key=_needs_least), MOST_ACCOUNTS, _asked("part"))
    told = {account.account: _notes(account, what) for account in part.items}
    unusable = list({note: None for some in told.values() for note in some if note.what == UNUSABLE})
    notes = {account: [note for note in some if note.what != UNUSABLE] for account, some in told.items()}
    lists = sum(1 for some in notes.values() if some) + bool(found.taken_in) + bool(unusable)
    most = max(FEWEST_CUSTOMERS, MOST_CUSTOMERS // max(1, lists))
    elsewhere = {account.account for account in found.accounts} - told.keys()
    pressed = islice(found.taken_in.items(), max(1, most // max(1, len(found.accounts))))
    taken_in = {
        customer: [outcome for outcome in outcomes if outcome.account not in elsewhere][:MOST_ACCOUNTS]
        for customer, outcomes in pressed
    }
    listed = [note.customer for some in (*notes.values(), unusable) for note in some[:most]]
    shown: dict[str, Any] = {
        "run": found,
        "part": part,
        "what": what,
        "kinds": [kind for kind in NOTES if kind in kinds],
        "notes": notes,
        "unusable": unusable,
        "names": _names(visit, found, [*listed, *taken_in]),
        "most": most,
        "octets": OCTETS // max(1, lists),
        "taken_in": taken_in,
        "result": result_of(found),
        "took": duration(found),
        "skipped": skipped(found) if any(map(was_reached, found.accounts)) else None,
        "was_reached": was_reached,
    }
    return make_response(render("run.html", visit, **shown))


def download(visit: Visit, run: str) -> Response:
    """Return one run's reasons per customer as a file, all or of one kind."""
    found = _known(visit, run)
    heads = ("run", "started", "account", "customer", "name", "what", "why", "link")
    rows = ((found.run, found.started, *row) for row in _rows(visit, found, _asked("what")))
    return csv_file(f"run-{found.run}", heads, rows)


def download_list(visit: Visit) -> Response:
    """Return the last runs as a file, a row for each account of each run."""
    runs = history(visit.services, visit.wisp.id, Filter(_asked("state"), _asked("account")))
    heads = ("run", "started", "ended", "by", "state", "reason", "account", "account state", "account reason")
    rows = (row for run in runs for row in _run_rows(run))
    return csv_file("runs", (*heads, *(NOTES[kind] for kind in COUNTED)), rows)


def _run_rows(run: RunOutcome) -> Iterator[Sequence[object]]:
    own = (run.run, run.started, run.finished, run.by, named(RUN_STATES, run.state), run.reason)
    for each in sorted(run.accounts, key=lambda account: account.email):
        counts = (getattr(each, kind) for kind in COUNTED)
        yield *own, each.email, named(RUN_STATES, each.state), each.reason, *counts
    if not run.accounts:
        yield *own, "", "", "", *("" for _ in COUNTED)


def _by_day(visit: Visit, runs: Iterable[RunOutcome]) -> list[tuple[str, list[RunOutcome]]]:
    now = visit.services.clock.now()
    days = groupby(runs, lambda run: day(run.started, visit.wisp.time_zone, now))
    return [(name, list(some)) for name, some in days]


def _names(visit: Visit, run: RunOutcome, customers: Iterable[str]) -> dict[str, str]:
    return dict(names_of(visit.services, run, set(customers) - {""}))


def _rows(visit: Visit, run: RunOutcome, what: str) -> Iterator[Sequence[str]]:
    notes = [(account.email, note) for account in run.accounts for note in _notes(account, what)]
    names = _names(visit, run, [*(note.customer for _, note in notes), *run.taken_in])
    for email, note in notes:
        id_, why = note.customer, reason(note.what, note.why)
        yield email, id_, names.get(id_, ""), named(NOTES, note.what), why, visit.record(id_)
    for id_, outcomes in run.taken_in.items():
        for outcome in outcomes:
            if what in ("", outcome.result):
                done = named(RESULTS, outcome.result)
                yield outcome.email, id_, names.get(id_, ""), done, outcome.reason, visit.record(id_)


def _notes(account: AccountOutcome, what: str) -> list[Note]:
    """Return an account's notes, all or of one kind; what needs somebody comes first."""
    ranks = {kind: rank for rank, kind in enumerate(NOTES)}
    found = [note for note in account.notes if what in ("", note.what)]
    return sorted(found, key=lambda note: ranks.get(note.what, len(ranks)))


def _needs_least(account: AccountOutcome) -> tuple[bool, str]:
    return account.state == "complete" and not account.refused, account.email


def _known(visit: Visit, run: str) -> RunOutcome:
    return one_run(visit.services, visit.wisp.id, run) or abort(404)


def _asked(name: str) -> str:
    return request.args.get(name, "")
