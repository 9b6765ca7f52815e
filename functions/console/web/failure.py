"""Failure: the pages that say what went wrong and what to do; never more than a person needs."""

from flask import Response, make_response, request
from werkzeug.exceptions import HTTPException

from functions.console.web.render import render
from functions.console.web.visit import Visit, call_of, visit_of
from functions.problems import log_trouble, status_of
from shared.errors import RetryLater, Trouble
from shared.events import log_internal_error

_TITLES = {
    "session": "Please open this page again from SIMPLer",
    "link": "This link cannot be used",
    "form": "Nothing was done",
    "connect": "The account was not connected",
    "user": "You may not do this",
    "lease": "Please wait a moment",
    "wisp": "There is nothing to do yet",
}
"""By how an error's code begins."""

_MISSING = "There is nothing at this address. It may belong to an account or a run that is no longer there."
_OTHER = {
    404: ("This page does not exist", _MISSING),
    405: ("This page cannot be used like that", "Please go back and use the buttons on the page."),
    413: ("That was too much", "What was sent is larger than any form of this page. Nothing was done."),
}


def of_trouble(trouble: Trouble) -> Response:
    """The page for an error that was foreseen."""
    log_trouble(trouble, call_of(request).function)
    response = _page(_title(trouble), trouble.user_message, status_of(trouble), trouble.reason)
    if isinstance(trouble, RetryLater) and trouble.after:
        response.headers["Retry-After"] = str(round(trouble.after))
    return response


def of_http(error: HTTPException) -> Response:
    """The page for an address or a method that there is not."""
    code = error.code or 500
    title, text = _OTHER.get(code, ("This could not be understood", "Please go back and try again."))
    return _page(title, text, code, "request")


def of_surprise(error: Exception) -> Response:
    """The page for an error that nobody expected: it says the request's id and nothing else."""
    log_internal_error("a page failed unexpectedly", error, function=call_of(request).function)
    text = "This should not have happened. Please tell whoever looks after the service the number below."
    return _page("Something went wrong", text, 500, "internal")


def _title(trouble: Trouble) -> str:
    if isinstance(trouble, RetryLater):
        return "Please try again in a moment"
    return _TITLES.get(trouble.reason.partition(".")[0], "This could not be done")


def _page(title: str, text: str, code: int, reason: str) -> Response:
    shown = {"title": title, "text": text, "reason": reason, "request_id": call_of(request).id}
    return make_response(render("problem.html", _visit(), **shown), code)


def _visit() -> Visit | None:
    """Who is there, as far as that can be found out while something is wrong."""
    try:
        return visit_of(request)
    except Trouble:
        return None
