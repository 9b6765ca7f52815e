"""Endpoint: what every function does with HTTP, once: check the call, read its body, answer, never leak.

functions-framework routes every method and every path to the function, so both are checked here.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Request, Response

from functions.problems import BadRequest, answer_to, problem
from shared.errors import Trouble
from shared.events import log_internal_error

LARGEST_BODY = 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: JSON members and a status."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def serve(request: Request, body: type[T], action: Callable[[T], Reply]) -> Response:
    """Answer a call: `action` gets the checked body; whatever goes wrong becomes problem details."""
    request_id = secrets.token_hex(8)
    try:
        reply = action(_read(request, body))
        response = Response(msgspec.json.encode(reply.body), reply.status, mimetype="application/json")
        response.headers.extend(reply.headers)
    except Trouble as trouble:
        response = answer_to(trouble, request_id)
    except Exception as error:  # noqa: BLE001  the last line of defence: no trace may reach a caller
        log_internal_error("a call failed unexpectedly", error, request=request_id)
        detail = "An unexpected error occurred. Please tell the operators the request's id."
        response = problem(500, "internal", detail, request_id)
    response.headers["X-Request-Id"] = request_id
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(request: Request, body: type[T]) -> T:
    if request.path != "/":
        raise BadRequest(
            404, "request.path", "There is nothing at this path; call the function's own address."
        )
    if request.method != "POST":
        raise BadRequest(405, "request.method", "Please use POST.")
    if (request.content_length or 0) > LARGEST_BODY:
        raise BadRequest(413, "request.size", "The body may hold at most 1 MiB.")
    if request.mimetype != "application/json":
        raise BadRequest(415, "request.type", "Please send application/json.")
    return decode(request.stream.read(LARGEST_BODY + 1), body)


def decode(data: bytes, body: type[T]) -> T:
    """A JSON body as a typed value; unknown members are refused where the type says so."""
    if len(data) > LARGEST_BODY:
        raise BadRequest(413, "request.size", "The body may hold at most 1 MiB.")
    try:
        return msgspec.json.decode(data, type=body)
    except msgspec.ValidationError as error:
        raise BadRequest(400, "request.body", f"The body is not valid: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(400, "request.json", "The body is not valid JSON.") from error
