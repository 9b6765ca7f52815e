"""`preview_sync`: shows what a run would add, change and remove, field by field; writes nothing."""

from flask import Response

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.runs.preview import preview_sync


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User


def handle(call: Call) -> Response:
    """Answer 200 with the preview, and a token for `start_sync` if the guard would hold removals back."""
    return call.answer(Body, lambda body: _preview(body, call.services))


def _preview(body: Body, services: Services) -> Reply:
    require(body.user, GCONTACT)
    return Reply(to_document(preview_sync(services, body.wisp)))
