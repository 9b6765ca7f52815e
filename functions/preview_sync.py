"""`preview_sync`: shows what a run would add, change and remove, field by field; writes nothing to Google."""

from flask import Response

from functions.endpoint import Call, ForWisp
from functions.user import GCONTACT, User, require
from shared.usecases.base.services import Services
from shared.usecases.runs.kept_preview import content, wait_for


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User


def handle(call: Call) -> Response:
    """Answer 200 with the preview, and a token for `start_sync` if the guard would hold removals back."""
    return call.answer(Body, lambda body: _preview(body, call.services))


def _preview(body: Body, services: Services) -> Response:
    require(body.user, GCONTACT)
    preview = wait_for(services, body.wisp)
    return Response(content(services.state, body.wisp, preview), mimetype="application/json")
