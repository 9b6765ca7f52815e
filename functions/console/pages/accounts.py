"""Accounts: the first page, with the button, a run's progress, and every account's health."""

from functools import partial

from flask import Response, make_response, request

from functions.console.pages import notice
from functions.console.pages.health import badges, held, is_stale
from functions.console.pages.needs import Known, all_well, needs_of
from functions.console.pages.notice import Notice
from functions.console.pages.progress import progress_of
from functions.console.pages.result import result_of, skipped, was_reached
from functions.console.pages.wording import RUN_STATES
from functions.console.web.fitting import part_of
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.model.run import RunOutcome
from shared.domain.model.schedule import NIGHT
from shared.domain.model.scope import EVERYBODY
from shared.usecases.base.documents import load_acts
from shared.usecases.base.run_documents import load_nights
from shared.usecases.customers.suggestions import open_suggestions
from shared.usecases.runs.limited import left_alone
from shared.usecases.runs.status import Status, status

A_PAGE = 12
"""Accounts on a page."""

OCTETS = 8_000
"""Octets that what needs somebody takes; the most urgent is there in any case."""

_MOST_ACTS = 20
"""Acts of people among which the last disconnections are looked for."""


def show(visit: Visit) -> Response:
    """Show the page, with the notice that the previous step left, or how the run that it began is going."""
    return page(visit, notice.left(request, visit), after=request.args.get("after", ""))


def page(visit: Visit, shown: Notice | None, code: int = 200, after: str = "") -> Response:
    """Return the page with a notice at its top; `after` is a run that it tells of otherwise."""
    services, now = visit.services, visit.services.clock.now()
    found = status(services, visit.wisp.id, has_right=True)
    alone = left_alone(services, visit.wisp.id) if any(each.limited for each in found.accounts) else {}
    known = Known(visit.wisp, now, found, load_nights(services.state, visit.wisp), left_alone=alone)
    emails = {account.account: account.email for account in found.accounts}
    html = render(
        "accounts.html",
        visit,
        status=found,
        part=part_of(
            sorted(found.accounts, key=lambda each: each.email), A_PAGE, request.args.get("part", "")
        ),
        progress=progress_of(found.running, found.last_runs, emails),
        badges=partial(badges, nights=known.nights),
        held=held,
        is_stale=partial(is_stale, now=now),
        everybody=EVERYBODY,
        why=_told_why(found),
        result=result_of,
        needs=needs_of(known),
        octets=OCTETS,
        well=all_well(known),
        notice=shown or (_told(visit, found, after) if after else None),
        night=f"{NIGHT:%H:%M}",
        suggested=len(open_suggestions(services, visit.wisp)),
        unusable=_unusable(found),
    )
    response = make_response(html, code)
    notice.clear(response, visit)
    return response


def _told_why(found: Status) -> dict[str, str]:
    """Return, by account that holds another number than SIMPLer has customers, the run that tells why."""
    compared = (account for account in found.accounts if not account.undone)
    other = {account.account for account in compared if account.held != account.expected}
    runs: dict[str, str] = {}
    for run in found.last_runs:  # newest first
        for outcome in run.accounts:
            if outcome.planned and outcome.account in other:
                runs.setdefault(outcome.account, run.run)
    return runs


def _unusable(found: Status) -> int:
    """Return how many records of SIMPLer the last run that compared them could not use."""
    compared = (run for run in found.last_runs if not run.undid and any(map(was_reached, run.accounts)))
    last = next(compared, None)
    return skipped(last) if last else 0


def _told(visit: Visit, found: Status, after: str) -> Notice | None:
    """Return how the run that the reader began is going; None if it is not one of the last."""
    run = next((run for run in found.last_runs if run.run == after), None)
    if run is None:
        return None
    if run.state in ("waiting", "running"):
        return Notice(_begun(found, run))
    gone = _disconnected(visit, found, run)
    result = result_of(run)
    if run.state == "complete":
        done = f"Done: {result}." if result else run.reason
        paused = "The account is paused until somebody resumes it." if run.undid and result else ""
        return Notice(gone or " ".join(filter(None, (done, paused))))
    words = (gone, f"{RUN_STATES[run.state]}.", f"{result}." if result else "", run.reason)
    return Notice(" ".join(filter(None, words)), "warn")


def _begun(found: Status, run: RunOutcome) -> str:
    """Say what goes on, so that nobody waits for it."""
    leaving = [account.email for account in found.accounts if account.state == "disconnecting"]
    if run.undid:
        return "The account is being brought back to what it was. You may leave this page meanwhile."
    if leaving:
        are = "are" if len(leaving) > 1 else "is"
        return f"{' and '.join(leaving)} {are} being disconnected. You may leave this page meanwhile."
    return "A run has been started."


def _disconnected(visit: Visit, found: Status, run: RunOutcome) -> str:
    """Say what became of the contacts of accounts that a run let go; empty where it let none go."""
    stay = {account.account for account in found.accounts}
    gone = {account.email for account in run.accounts if account.account not in stay}
    acts = load_acts(visit.services.state, visit.wisp.id, newest=_MOST_ACTS) if gone else ()
    ended = (act for act in acts if act.what == "disconnected" and act.account in gone)
    return " ".join(
        f"{act.account} is disconnected. {act.detail}" for act in ended if act.started >= run.started
    )
