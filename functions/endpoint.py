"""Endpoint: what every function does with HTTP, once: who calls, is the call well formed, answer, never leak.

functions-framework routes every method and every path to the function, so both are checked here.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Request, Response

from functions.caller import authenticate
from functions.problems import BadRequest, answer_to, log_trouble, problem
from functions.trace import trace_ids
from shared.errors import Trouble
from shared.events import about, log_internal_error
from shared.policy import Policy
from shared.typed import from_json
from shared.usecases.base.documents import is_id
from shared.usecases.base.services import Services

LARGEST_BODY = 1024 * 1024
"""Bytes."""

T = TypeVar("T")


class ForWisp(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The body of a call that is about a wisp: the caller must be allowed to act for it."""

    wisp: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: JSON members and a status."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def _new_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function.

    Attributes:
        request: As Flask gives it.
        function: The entry point's name.
        policy: Who may call.
        services: The ports.
        id: The request's id, in its answer and in every log line that it causes.
    """

    request: Request
    function: str
    policy: Policy
    services: Services
    id: str = field(default_factory=_new_id)

    def named(self) -> AbstractContextManager[None]:
        """Within, every log line carries the call's id, its function and its trace."""
        return _named(self.request, self.function, self.id)

    def answer(self, body: type[T], action: Callable[[T], Reply | Response]) -> Response:
        """Answer: `action` gets the checked body; whatever goes wrong becomes problem details."""
        with self.named():
            response = guarded(lambda: self._done(body, action), self.function, self.id)
        return _marked(response, self.id)

    def _done(self, body: type[T], action: Callable[[T], Reply | Response]) -> Response:
        checked = self._checked(body)
        if not (isinstance(checked, ForWisp) and is_id(checked.wisp)):
            return _response(action(checked))
        with about(wisp=checked.wisp):
            return guarded(lambda: _response(action(checked)), self.function, self.id)

    def _checked(self, body: type[T]) -> T:
        """The body of a call by somebody who may make it."""
        _check_form(self.request)
        caller = authenticate(self.request, self.function, self.policy)
        found = decode(self.request.stream.read(LARGEST_BODY + 1), body)
        if isinstance(found, ForWisp):
            caller.may_use(found.wisp)
        return found


def answer(
    request: Request,
    function: str,
    policy: Callable[[], Policy],
    services: Callable[[], Services],
    handle: Callable[[Call], Response],
) -> Response:
    """Let a function answer; a setting that is wrong is told as any other error is."""
    id_ = _new_id()

    def answered() -> Response:
        return handle(Call(request, function, policy(), services(), id_))

    with _named(request, function, id_):
        return guarded(answered, function, id_)


def guarded(answered: Callable[[], Response], function: str, request_id: str) -> Response:
    """The answer, or the one that says what went wrong; what an operator may have to know is in the log."""
    try:
        return answered()
    except Trouble as trouble:
        log_trouble(trouble, function)
        return _marked(answer_to(trouble, request_id), request_id)
    except Exception as error:  # noqa: BLE001  the last line of defence: no trace may reach a caller
        log_internal_error("a call failed unexpectedly", error, function=function)
        detail = "An unexpected error occurred. Please tell the operators the request's id."
        return _marked(problem(500, "internal", detail, request_id), request_id)


def _named(request: Request, function: str, request_id: str) -> AbstractContextManager[None]:
    return about(request=request_id, function=function, **trace_ids(request.headers))


def _marked(response: Response, request_id: str) -> Response:
    response.headers["X-Request-Id"] = request_id
    response.headers["Cache-Control"] = "no-store"
    return response


def _response(reply: Reply | Response) -> Response:
    if isinstance(reply, Response):
        return reply
    response = Response(msgspec.json.encode(reply.body), reply.status, mimetype="application/json")
    response.headers.extend(reply.headers)
    return response


def _check_form(request: Request) -> None:
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


def decode(data: bytes, body: type[T]) -> T:
    """A JSON body as a typed value; unknown members are refused where the type says so."""
    if len(data) > LARGEST_BODY:
        raise BadRequest(413, "request.size", "The body may hold at most 1 MiB.")
    try:
        return from_json(data, body)
    except msgspec.ValidationError as error:
        raise BadRequest(400, "request.body", f"The body is not valid: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(400, "request.json", "The body is not valid JSON.") from error
