"""SIMPLer's REST API as the default profile supposes it: the list call and the call for one customer."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, request

from infra.standins.simpler.failure import Failure
from infra.standins.simpler.listing import list_answer, window_of
from infra.standins.simpler.state import Call, State

_CREDENTIALS = ("api_username", "api_password")


def api(state: State) -> Blueprint:
    """Return the calls below ``/restapi/``."""
    calls = Blueprint("restapi", __name__, url_prefix="/restapi")

    @calls.route("/getCustomers", methods=["GET", "POST"])
    def get_customers() -> Response:
        parameters = _note_call(state)
        try:
            window = window_of(state, parameters)
        except ValueError:
            return _json({"success": False, "error": "invalid page"}, 400)
        failure = state.strike(window.number)
        return _refusal(state, parameters, failure) or _sent(
            list_answer(state, window, failure), failure, state
        )

    @calls.route("/getCustomerData", methods=["GET", "POST"])
    def get_customer_data() -> Response:
        parameters = _note_call(state)
        failure = state.strike(1)
        if refusal := _refusal(state, parameters, failure):
            return refusal
        record = _spoiled(state.customers.get(str(parameters.get("customerid"))), failure, state)
        found = {"success": True, "customer": record}
        return _sent(found if record else {"success": False, "error": "Customer not found"}, failure, state)

    return calls


def _spoiled(record: Any, failure: Failure | None, state: State) -> Any:
    """Return the record of one customer, or what a failure puts in its place."""
    match failure:
        case Failure(kind="no id") if record:
            return {name: value for name, value in record.items() if name != "customerid"}
        case Failure(kind="another") if record:
            return next((other for other in state.customers.all() if other != record), record)
    return record


def _note_call(state: State) -> dict[str, Any]:
    body = request.get_json(silent=True)
    parameters = {**request.values.to_dict(), **(body if isinstance(body, dict) else {})}
    open_ones = {name: value for name, value in parameters.items() if name not in _CREDENTIALS}
    state.calls.append(Call(request.path, open_ones))
    return parameters


def _refusal(state: State, parameters: dict[str, Any], failure: Failure | None) -> Response | None:
    """Return the answer without customers, if a failure asks for one."""
    if failure and (answer := _misbehaviour(failure)):
        return answer
    wanted = (state.api_username, state.api_password, state.operator)
    given = (*(parameters.get(name) for name in _CREDENTIALS), parameters.get("operator", state.operator))
    return None if given == wanted else _denied()


def _misbehaviour(failure: Failure) -> Response | None:
    if failure.kind == "down":
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    answers: dict[str, Callable[[], Response]] = {
        "down": Response,
        "denied": _denied,
        "error": lambda: _json({"success": False, "error": "internal error 1042"}),
        "busy": lambda: Response(status=503, headers={"Retry-After": f"{failure.seconds:.0f}"}),
        "redirect": lambda: Response(status=302, headers={"Location": "http://127.0.0.1:9/restapi/"}),
        "html": lambda: Response(
            "<!DOCTYPE html><title>SIMPLer</title><h1>Log in</h1>", mimetype="text/html"
        ),
    }
    return answers[failure.kind]() if failure.kind in answers else None


def _denied() -> Response:
    return _json({"success": False, "error": "access denied"}, 401)


def _sent(document: Any, failure: Failure | None, state: State) -> Response:
    """Return the answer, damaged on its way if a failure says so."""
    answer = _json(document)
    body = answer.get_data()
    match failure:
        case Failure(kind="truncated"):
            answer.set_data(body[: len(body) // 2])
        case Failure(kind="cut"):
            answer = Response([body[: len(body) // 2]], mimetype="application/json")
            answer.headers["Content-Length"] = str(len(body))
        case Failure(kind="huge", size=size):
            answer = Response(_padded(body, size), mimetype="application/json")
        case Failure(kind="slow", seconds=seconds):
            state.closing.wait(seconds)
        case Failure(kind="drip", seconds=seconds):
            answer = Response(_dripped(body, seconds, state), mimetype="application/json")
    return answer


def _padded(body: bytes, size: int) -> Iterator[bytes]:
    yield body[:-1]
    for _ in range(0, size, 2**16):
        yield b" " * 2**16
    yield body[-1:]


def _dripped(body: bytes, seconds: float, state: State) -> Iterator[bytes]:
    for byte in body:
        if state.closing.wait(seconds):
            return
        yield bytes([byte])


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")
