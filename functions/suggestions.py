"""`suggestions`: what users wrote in place of SIMPLer's values; SIMPLer's backend asks for a user."""

from flask import Response

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.suggestions import suggestions


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User


def handle(call: Call) -> Response:
    """Answer 200 with those that nobody has dismissed."""
    return call.answer(Body, lambda body: _tell(body, call.services))


def _tell(body: Body, services: Services) -> Reply:
    require(body.user, GCONTACT)
    return Reply(to_document(suggestions(services, body.wisp)))
