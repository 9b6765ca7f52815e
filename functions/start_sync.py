"""`start_sync`: the button "Synchronize Google Contacts"; SIMPLer's backend calls it for a user."""

from typing import Annotated, Any

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.problems import problem
from functions.user import GCONTACT, User, require
from shared.domain.model.preview import LONGEST_PERMIT
from shared.errors import LeaseHeld
from shared.usecases.base.documents import to_document
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import MESSAGES, running_now


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body; `allow` is a preview's token, which lets its removals through the guard."""

    user: User
    allow: Annotated[str, Meta(max_length=LONGEST_PERMIT)] = ""


def handle(call: Call) -> Response:
    """Answer 202 with the run, or 409 with the run in progress: who started it, and how far it is."""
    return call.answer(Body, lambda body: _start(call, body))


def _start(call: Call, body: Body) -> Reply | Response:
    require(body.user, GCONTACT)
    try:
        outcome = start_sync(call.services, body.wisp, body.user.told, body.allow)
    except LeaseHeld as held:
        return _held(call, body.wisp, held)
    return Reply({"run": outcome.run, "wisp": outcome.wisp, "state": outcome.state, "by": outcome.by}, 202)


def _held(call: Call, wisp: str, held: LeaseHeld) -> Response:
    for_customers = held.kind == "customers"
    code, retry = ("customer_running", 5) if for_customers else ("running", 30)
    running = running_now(call.services, wisp)
    members: dict[str, Any] = {"running": to_document(running)} if running else {}
    detail = MESSAGES["customer_running"] if for_customers else held.user_message
    answer = problem(409, f"sync.{code}", detail, call.id, **members)
    answer.headers["Retry-After"] = str(retry)
    return answer
