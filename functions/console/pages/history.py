"""History: shows who did what: connected, disconnected, approved, changed, pressed."""

import re

from flask import Response, make_response, request

from functions.console.pages.wording import ACTS
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.usecases.wisps.acts import MOST_ACTS, MOST_OF_MANY, acts_of

OCTETS = 24_000
"""Octets that the entries of a page take; the others are on the next ones."""

MOST_CHANGED = 20
"""Settings of one change that are shown with what they were."""

_NUMBER = re.compile(r"[0-9]{1,4}")


def show(visit: Visit) -> Response:
    """Show the last acts, newest first."""
    acts = acts_of(visit.services, visit.wisp.id)
    asked = request.args.get("first", "")
    first = int(asked) if _NUMBER.fullmatch(asked) else 0
    shown = {
        "acts": acts,
        "first": first if first < len(acts) else 0,
        "did": ACTS,
        "most": MOST_ACTS,
        "presses": MOST_OF_MANY["pressed"],
        "looks": MOST_OF_MANY["outage_listed"],
        "octets": OCTETS,
        "changed": MOST_CHANGED,
    }
    return make_response(render("history.html", visit, **shown))
