"""Accounts: the first page, with the button, a run's progress, and every account's health."""

from functools import partial

from flask import Response, make_response, request

from functions.console.pages import notice
from functions.console.pages.health import badges, held
from functions.console.pages.needs import Known, all_well, needs_of
from functions.console.pages.notice import Notice
from functions.console.pages.progress import progress_of
from functions.console.pages.result import result_of
from functions.console.pages.wording import RUN_STATES
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.model.schedule import NIGHT
from shared.usecases.base.documents import load_nights
from shared.usecases.runs.limited import left_alone
from shared.usecases.runs.status import Status, status


def show(visit: Visit) -> Response:
    """Show the page, with the notice that the previous step left, or how the run that it began is going."""
    return page(visit, notice.left(request, visit), after=request.args.get("after", ""))


def page(visit: Visit, shown: Notice | None, code: int = 200, after: str = "") -> Response:
    """Return the page with a notice at its top; `after` is a run that it tells of otherwise."""
    services, now = visit.services, visit.services.clock.now()
    found = status(services, visit.wisp.id, has_right=visit.has_right)
    alone = left_alone(services, visit.wisp.id) if any(each.limited for each in found.accounts) else {}
    known = Known(visit.wisp, now, found, load_nights(services.state, visit.wisp), left_alone=alone)
    emails = {account.account: account.email for account in found.accounts}
    html = render(
        "accounts.html",
        visit,
        status=found,
        progress=progress_of(found.running, found.last_runs, emails),
        badges=partial(badges, nights=known.nights),
        held=held,
        result=result_of,
        needs=needs_of(known),
        well=all_well(known),
        notice=shown or _told(found, after),
        night=f"{NIGHT:%H:%M}",
    )
    response = make_response(html, code)
    notice.clear(response, visit)
    return response


def _told(found: Status, after: str) -> Notice | None:
    """Return how the run that the reader began is going; None if it is not one of the last."""
    run = next((run for run in found.last_runs if run.run == after), None)
    if run is None:
        return None
    if run.state in ("waiting", "running"):
        return Notice("The synchronisation has been started.")
    result = result_of(run)
    if run.state == "complete":
        return Notice(f"Done: {result}." if result else run.reason)
    words = (f"{RUN_STATES[run.state]}.", f"{result}." if result else "", run.reason)
    return Notice(" ".join(filter(None, words)), "warn")
