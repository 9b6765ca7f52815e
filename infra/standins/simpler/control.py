"""The side door of the stand-in, for tests and people: its customers, its failure, and what it was asked."""

import json
from typing import Any

import msgspec
from flask import Flask, Response, request

from infra.standins.simpler.failure import Failure
from infra.standins.simpler.state import State
from shared.typed import from_plain


def control(state: State) -> Flask:
    """Return the calls, to be put below ``/standin``; all take and give JSON."""
    door = Flask(__name__, static_folder=None)
    _customers(door, state)
    _failure(door, state)

    @door.get("/calls")
    def calls() -> Response:
        return _json([{"path": call.path, "parameters": call.parameters} for call in state.calls])

    return door


def _customers(door: Flask, state: State) -> None:
    @door.get("/customers")
    def listed() -> Response:
        return _json(state.customers.all())

    @door.put("/customers")
    def replaced() -> Response:
        records = request.get_json()
        if not isinstance(records, list):
            return _json({"error": "Send a list of customers."}, 400)
        state.customers.replace(records)
        return _json({"customers": len(records)})

    @door.post("/customers")
    def added() -> Response:
        state.customers.add(request.get_json())
        return _json({"customers": 1}, 201)

    @door.get("/customers/<customer>")
    def found(customer: str) -> Response:
        record = state.customers.get(customer)
        return _json(record) if record else _none(customer)

    @door.patch("/customers/<customer>")
    def patched(customer: str) -> Response:
        members = request.get_json()
        if not isinstance(members, dict):
            return _json({"error": "Send an object with the members to change."}, 400)
        return _json({"customers": 1}) if state.customers.patch(customer, members) else _none(customer)

    @door.delete("/customers/<customer>")
    def deleted(customer: str) -> Response:
        return _json({"customers": 1}) if state.customers.delete(customer) else _none(customer)


def _failure(door: Flask, state: State) -> None:
    @door.get("/failure")
    def failure_now() -> Response:
        return _json(msgspec.to_builtins(state.failure))

    @door.put("/failure")
    def set_() -> Response:
        try:
            state.failure = from_plain(request.get_json(), Failure)
        except msgspec.ValidationError as error:
            return _json({"error": f"No such failure: {error}"}, 400)
        return failure_now()

    @door.delete("/failure")
    def mended() -> Response:
        state.failure = None
        return failure_now()


def _none(customer: str) -> Response:
    return _json({"error": f"There is no customer {customer}."}, 404)


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")
