"""`customer_status`: how a customer stands in each account; SIMPLer's backend asks for a user."""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.domain.contact.customer_id import LONGEST_ID
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.runs.customer_status import customer_status


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User
    customer: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


def handle(call: Call) -> Response:
    """Answer 200 with what there is of the customer, also where SIMPLer has none of that id."""
    return call.answer(Body, lambda body: _tell(body, call.services))


def _tell(body: Body, services: Services) -> Reply:
    require(body.user, GCONTACT)
    return Reply(to_document(customer_status(services, body.wisp, body.customer)))
