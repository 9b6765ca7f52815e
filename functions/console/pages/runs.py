"""Runs: shows what was done when, by whom, and why for each customer; also as a file."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, make_response, request

from functions.console.pages.wording import NOTES, RUN_STATES, named, reason
from functions.console.web.csv_file import csv_file
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.model.run import AccountOutcome, Note, RunOutcome
from shared.usecases.base.documents import load_accounts
from shared.usecases.runs.history import NEWEST, Filter, history, one_run

MOST_CUSTOMERS = 200
"""Customers shown per account; the file has them all."""

STATES = ("complete", "partial", "unfinished", "failed", "interrupted", "superseded", "running", "waiting")


def show(visit: Visit) -> Response:
    """Show the last runs, or those in one state or account if the address says so."""
    wanted = Filter(_asked("state"), _asked("account"))
    shown: dict[str, Any] = {
        "runs": history(visit.services, visit.wisp.id, wanted),
        "wanted": wanted,
        "newest": NEWEST,
        "states": {state: RUN_STATES[state] for state in STATES},
        "accounts": load_accounts(visit.services.state, visit.wisp.id),
    }
    return make_response(render("runs.html", visit, **shown))


def one(visit: Visit, run: str) -> Response:
    """Show one run: each account's counts, and the reasons per customer."""
    found, what = _known(visit, run), _asked("what")
    kinds = {note.what for account in found.accounts for note in account.notes}
    shown: dict[str, Any] = {
        "run": found,
        "what": what,
        "kinds": sorted(kinds),
        "notes": {account.account: _notes(account, what) for account in found.accounts},
        "most": MOST_CUSTOMERS,
    }
    return make_response(render("run.html", visit, **shown))


def download(visit: Visit, run: str) -> Response:
    """Return one run's reasons per customer as a file, all or of one kind."""
    found = _known(visit, run)
    heads = ("run", "started", "account", "customer", "what", "why")
    rows = ((found.run, found.started, *row) for row in _rows(found, _asked("what")))
    return csv_file(f"run-{found.run}", heads, rows)


def _rows(run: RunOutcome, what: str) -> Iterator[tuple[str, str, str, str]]:
    for account in run.accounts:
        for note in _notes(account, what):
            yield account.email, note.customer, named(NOTES, note.what), reason(note.what, note.why)
    for customer, outcomes in run.taken_in.items():
        for outcome in outcomes:
            if what in ("", outcome.result):
                yield outcome.email, customer, named(NOTES, outcome.result), outcome.reason


def _notes(account: AccountOutcome, what: str) -> list[Note]:
    return [note for note in account.notes if what in ("", note.what)]


def _known(visit: Visit, run: str) -> RunOutcome:
    return one_run(visit.services, visit.wisp.id, run) or abort(404)


def _asked(name: str) -> str:
    return request.args.get(name, "")
