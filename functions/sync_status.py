"""`sync_status`: tells whether the button is available, how far the run is, and the accounts' state."""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.runs.status import status


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body; a user without the right may ask too, and learns that the button is not available."""

    user: User
    press: Annotated[str, Meta(pattern="^([0-9a-f]{24})?$")] = ""


def handle(call: Call) -> Response:
    """Answer 200 with the status."""
    return call.answer(Body, lambda body: _status(body, call.services))


def _status(body: Body, services: Services) -> Reply:
    return Reply(
        to_document(status(services, body.wisp, has_right=GCONTACT in body.user.rights, press=body.press))
    )
