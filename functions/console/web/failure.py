"""Failure: the pages that say what went wrong and what to do, and nothing more."""

from http import HTTPStatus
from typing import Literal

from flask import Response, make_response, request
from werkzeug.exceptions import HTTPException

from functions.console.web.render import render
from functions.console.web.visit import Visit, call_of, visit_of
from functions.problems import log_failure, retry_after, status_of
from shared.errors import RetryLater, Trouble
from shared.usecases.accounts.oauth_state import Unfinished, unfinished_by

Way = Literal["", "again", "choose", "connect"]

_TITLES = {
    "session": "Please open this page again from SIMPLer",
    "link": "This link cannot be used",
    "form": "Nothing was done",
    "connect": "The account was not connected",
    "user": "You may not do this",
    "lease": "Please wait a moment",
    "simpler": "SIMPLer could not be read",
    "google": "Google did not do this",
    "wisp": "The settings need somebody",
    "wisp.no_account": "No Google account yet",
    "connect.replayed": "That was done already",
    "google.quota_long": "Google makes us wait",
    "google.quota_project": "Google makes us wait",
    "google.account_in_use": "Please wait a moment",
    "account.busy": "Please wait a moment",
}
"""The titles, by an error's code or the first part of it."""

_MISSING = "There is nothing at this address. It may belong to an account or a run that is no longer there."
_OTHER = {
    404: ("This page does not exist", _MISSING),
    405: ("This page cannot be used like that", "Please go back and use the buttons on the page."),
    413: ("That was too much", "What was sent is larger than any form of this page. Nothing was done."),
}
_HERE = {"wisp.no_account": "Nothing can be compared or changed before one is connected."}
"""What is told instead of an error's text, by its code, where that sends people to a page of this console."""

_SURPRISE = "This should not have happened. Please tell whoever looks after the service the number below."


def page_of(error: Exception) -> Response:
    """Return the page for an error; for an unexpected one it shows nothing but the request's id."""
    if isinstance(error, HTTPException):
        code = error.code or 500
        title, text = _OTHER.get(code, ("This could not be understood", "Please go back and try again."))
        return _page(title, text, code, "request")
    log_failure(error, call_of(request).function)
    if not isinstance(error, Trouble):
        return _page("Something went wrong", _SURPRISE, 500, "internal")
    text = _HERE.get(error.reason, error.user_message)
    response = _page(_title(error), text, status_of(error), error.reason)
    response.headers.update(retry_after(error))
    return response


def _title(trouble: Trouble) -> str:
    if trouble.reason in _TITLES:
        return _TITLES[trouble.reason]
    if isinstance(trouble, RetryLater):
        return "Please try again in a moment"
    return _TITLES.get(trouble.reason.partition(".")[0], "This could not be done")


def _page(title: str, text: str, code: int, reason: str) -> Response:
    begun = _begun()
    shown = {
        "title": title,
        "text": text,
        "way": _way(code, reason, begun),
        "account": begun.account,
        "request_id": call_of(request).id if code >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
    }
    return make_response(render("problem.html", _visit(), **shown), code)


def _way(code: int, reason: str, begun: Unfinished) -> Way:
    """Return the way on: to connect, or the same page once more where that may succeed.

    Whoever may have chosen some customers chooses again: a new account must not be filled with all of them.
    """
    if reason == "wisp.no_account":
        return "connect"
    if reason.startswith("connect.") and reason != "connect.replayed":
        return "connect" if begun.account or begun.is_for_all else "choose"
    may_succeed = code >= HTTPStatus.INTERNAL_SERVER_ERROR and request.method == "GET"
    return "again" if may_succeed and request.endpoint != "callback" else ""


def _begun() -> Unfinished:
    """Return what is known of the connection that a browser comes back from; nothing on any other page."""
    if request.endpoint != "callback":
        return Unfinished()
    return unfinished_by(call_of(request).services, request.args.get("state", ""))


def _visit() -> Visit | None:
    """Return the visit; None if the error prevents finding it out."""
    try:
        return visit_of(request)
    except Trouble:
        return None
