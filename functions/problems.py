"""Problems: errors as callers see them: RFC 9457 problem details, with a stable type and advice."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import msgspec
from flask import Response

from shared.errors import (
    Denied,
    LeaseHeld,
    Misconfigured,
    RetryLater,
    SkipCustomer,
    StopAccount,
    StopRun,
    Trouble,
    Unauthenticated,
)
from shared.events import Event, log, log_internal_error

PROBLEM = "application/problem+json"
TYPE = "urn:simpler-contacts:problem:"

_BY_REASON = {
    "wisp.unknown": 404,
    "lease.unknown": 404,
    "night.unknown": 404,
    "wisp.no_account": 409,
    "settings.changed": 409,
    "simpler.down": 503,
    "customer.unknown": 404,
    "mail.recipient": 422,
}
_BY_KIND: tuple[tuple[type[Trouble], int], ...] = (
    (LeaseHeld, 409),
    (RetryLater, 503),
    (Unauthenticated, 401),
    (Denied, 403),
    (SkipCustomer, 422),
    (StopAccount, 502),
    (StopRun, 502),
    (Misconfigured, 500),
)
_TITLES = {
    400: "The request is not valid",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Wrong method",
    409: "Not possible at the moment",
    413: "The request is too large",
    415: "Wrong content type",
    422: "Not possible with this data",
    500: "The service needs an operator",
    502: "Another system gave no usable answer",
    503: "Please try again later",
}


class BadRequest(Trouble):
    """The request itself is wrong.

    Attributes:
        status: HTTP status: 400, 404, 405, 413 or 415.
        allow: The methods that there are, where the method is wrong.
    """

    def __init__(self, status: int, reason: str, caller: str, allow: str = "POST") -> None:
        super().__init__(reason, caller, caller)
        self.status = status
        self.allow = allow


def status_of(trouble: Trouble) -> int:
    """Return the HTTP status that tells a caller, and its retries, what to do."""
    if isinstance(trouble, BadRequest):
        return trouble.status
    by_kind = next((status for kind, status in _BY_KIND if isinstance(trouble, kind)), 500)
    return _BY_REASON.get(trouble.reason, by_kind)


def problem(status: int, reason: str, detail: str, request_id: str, **members: Any) -> Response:
    """Return a problem+json answer, which must hold no trace, token or customer data."""
    body: Mapping[str, Any] = {
        "type": TYPE + reason,
        "title": _TITLES[status],
        "status": status,
        "detail": detail,
        "request": request_id,
    } | members
    return Response(msgspec.json.encode(body), status, mimetype=PROBLEM)


def log_failure(error: Exception, function: str) -> None:
    """Log a call that failed or was refused, if an operator may need to know."""
    if isinstance(error, Trouble):
        _log_trouble(error, function)
    else:
        log_internal_error("a call failed unexpectedly", error, function=function)


def _log_trouble(trouble: Trouble, function: str) -> None:
    status = status_of(trouble)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        log(Event.CALL_REFUSED, trouble.message, function=function, code=trouble.reason)
    elif status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log(Event.CALL_MISCONFIGURED, trouble.message, function=function, code=trouble.reason)
    elif status > HTTPStatus.INTERNAL_SERVER_ERROR:
        log(Event.CALL_FAILED, trouble.message, function=function, code=trouble.reason)


def retry_after(error: Exception) -> dict[str, str]:
    """Return the header that says when to try again, in whole seconds; none if the error does not say."""
    return {"Retry-After": str(ceil(error.after))} if isinstance(error, RetryLater) and error.after else {}


def answer_to(error: Exception, request_id: str) -> Response:
    """Return the answer to a failed call; after an unexpected error it holds nothing but the id."""
    if not isinstance(error, Trouble):
        detail = "An unexpected error occurred. Please tell the operators the request's id."
        return problem(500, "internal", detail, request_id)
    response = problem(status_of(error), error.reason, error.user_message, request_id)
    response.headers.update(retry_after(error))
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, BadRequest) and error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = error.allow
    return response
