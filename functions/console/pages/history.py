"""History: shows who did what: connected, disconnected, approved, changed, pressed."""

from flask import Response, make_response

from functions.console.pages.wording import ACTS
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.usecases.wisps.acts import MOST_ACTS, acts_of


def show(visit: Visit) -> Response:
    """Show the last acts, newest first."""
    acts = acts_of(visit.services, visit.wisp.id)
    return make_response(render("history.html", visit, acts=acts, did=ACTS, most=MOST_ACTS))
