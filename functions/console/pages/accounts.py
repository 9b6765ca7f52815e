"""Accounts: the first page, with the button, a run's progress, and every account's health."""

from flask import Response, make_response, request

from functions.console.pages import notice
from functions.console.pages.health import badges
from functions.console.pages.notice import Notice
from functions.console.pages.progress import progress_of
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.model.schedule import NIGHT
from shared.usecases.runs.status import status


def show(visit: Visit) -> Response:
    """Show the page, with the notice that the previous step left."""
    return page(visit, notice.left(request, visit))


def page(visit: Visit, shown: Notice | None, code: int = 200) -> Response:
    """Return the page with a notice at its top."""
    found = status(visit.services, visit.wisp.id, has_right=visit.has_right)
    emails = {account.account: account.email for account in found.accounts}
    html = render(
        "accounts.html",
        visit,
        status=found,
        progress=progress_of(found.running, found.last_runs, emails),
        badges=badges,
        notice=shown,
        night=f"{NIGHT:%H:%M}",
    )
    response = make_response(html, code)
    notice.clear(response, visit)
    return response
