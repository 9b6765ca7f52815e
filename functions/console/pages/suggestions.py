"""Suggestions: what users wrote on their phones in place of SIMPLer's values, for people to look at."""

from typing import Any

from flask import Response, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.web.fitting import LONGEST_NUMBER, part_of
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.suggestion import KEPT_FOR
from shared.usecases.customers.suggestions import dismiss, open_suggestions

A_PAGE = 12
"""Suggestions on one page."""


def show(visit: Visit) -> Response:
    """Show the suggestions that were seen last, or older ones, with the notice of the step before."""
    found = open_suggestions(visit.services, visit.wisp)
    shown: dict[str, Any] = {
        "part": part_of(found, A_PAGE, request.args.get("part", "")),
        "days": KEPT_FOR.days,
        "notice": notice.left(request, visit),
    }
    response = make_response(render("suggestions.html", visit, **shown))
    notice.clear(response, visit)
    return response


def dismiss_one(visit: Visit) -> Response:
    """Dismiss the words that somebody has seen, and show the same page."""
    id_ = request.form.get("suggestion", "")
    response = on_to("suggestions", part=request.form.get("part", "")[:LONGEST_NUMBER])
    if dismiss(visit.services, visit.wisp.id, id_, visit.session.user.told):
        told = Notice("Dismissed. You see it again only when something else is written there.")
    else:
        told = Notice(
            "That is not there any more: SIMPLer has it by now, something else was written, or somebody else"
            " dismissed it.",
            "warn",
        )
    notice.leave(response, visit, told)
    return response
