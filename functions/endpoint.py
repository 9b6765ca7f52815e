"""Endpoint: the HTTP side of every function: checks the caller and the call, answers, and leaks nothing.

functions-framework routes every method and path to the function, so both are checked here.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from flask import Request, Response

from functions.body import LARGEST_BODY, let_go, read_body, too_large
from functions.caller import Caller, authenticate
from functions.problems import BadRequest, answer_to, log_failure
from functions.trace import trace_ids
from shared.events import about, also_about
from shared.policy import Policy
from shared.typed import from_json
from shared.usecases.base.documents import is_id
from shared.usecases.base.services import Services

T = TypeVar("T")


class ForWisp(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The body of a call about a wisp; the caller must have the right to act for it."""

    wisp: str


class Reply(msgspec.Struct, frozen=True):
    """A successful answer: JSON members and a status."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


class Call(msgspec.Struct, frozen=True):
    """One call of a function.

    Attributes:
        request: Flask's request.
        function: The entry point's name.
        policy: Who may call.
        services: The ports.
        id: The request's id, shown in its answer and in each of its log lines.
    """

    request: Request
    function: str
    policy: Policy
    services: Services
    id: str

    def answer(self, body: type[T], action: Callable[[T], Reply | Response]) -> Response:
        """Check the caller and the body, then answer with the result of `action` for the body.

        After the check, log lines carry the wisp that the call is about.

        Raises:
            Trouble: The call is refused, or failed.
        """
        return self.answer_to(body, lambda checked, _: action(checked))

    def answer_to(self, body: type[T], action: Callable[[T, Caller], Reply | Response]) -> Response:
        """Do as `answer`, with an action that needs to know who calls."""
        _check_form(self.request, self.function)
        caller = authenticate(self.request, self.function, self.policy)
        checked = decode(read_body(self.request), body)
        if isinstance(checked, ForWisp):
            caller.may_use(checked.wisp)
            if is_id(checked.wisp):
                also_about(wisp=checked.wisp)
        return respond(action(checked, caller))


def answer(
    request: Request,
    function: str,
    policy: Callable[[], Policy],
    services: Callable[[], Services],
    handle: Callable[[Call], Response],
) -> Response:
    """Have a function answer; turn any error, a wrong setting too, into problem details, and log it."""
    id_ = secrets.token_hex(8)
    with about(request=id_, function=function, **trace_ids(request.headers)):
        try:
            response = handle(Call(request, function, policy(), services=services(), id=id_))
        except Exception as error:  # noqa: BLE001  the last line of defence: no trace may reach a caller
            log_failure(error, function)
            response = answer_to(error, id_)
    let_go(request)
    response.headers["X-Request-Id"] = id_
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def respond(reply: Reply | Response) -> Response:
    """Return an answer as HTTP has it."""
    if isinstance(reply, Response):
        return reply
    response = Response(msgspec.json.encode(reply.body), reply.status, mimetype="application/json")
    response.headers.extend(reply.headers)
    return response


def check_path(request: Request, function: str) -> None:
    """Refuse a path that is neither the function's address nor, as a generated client has it, its name."""
    if request.path not in ("/", f"/{function}"):
        raise BadRequest(
            404, "request.path", "There is nothing at this path; call the function's own address."
        )


def _check_form(request: Request, function: str) -> None:
    check_path(request, function)
    if request.method != "POST":
        raise BadRequest(405, "request.method", "Please use POST.")
    if (request.content_length or 0) > LARGEST_BODY:
        raise too_large()
    if request.mimetype != "application/json":
        raise BadRequest(415, "request.type", "Please send application/json.")


def decode(data: bytes, body: type[T]) -> T:
    """Return a JSON body as a typed value; refuse unknown members if the type says so."""
    try:
        return from_json(data, body)
    except msgspec.ValidationError as error:
        raise BadRequest(400, "request.body", f"The body is not valid: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(400, "request.json", "The body is not valid JSON.") from error
