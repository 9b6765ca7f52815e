"""History: shows who did what: connected, disconnected, approved, changed, pressed."""

import json

from flask import Response, make_response

from functions.console.pages.wording import ACTS
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.usecases.wisps.acts import MOST, acts_of


def show(visit: Visit) -> Response:
    """Show the last acts, newest first."""
    acts = acts_of(visit.services, visit.wisp.id)
    return make_response(render("history.html", visit, acts=acts, did=ACTS, value=value, most=MOST))


def value(text: str) -> str:
    """Return a setting's value, which is kept as JSON and may be cut, as people write it."""
    try:
        found = json.loads(text or '""')
    except ValueError:
        return text
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)
