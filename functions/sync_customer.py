"""`sync_customer`: the button on a customer; SIMPLer's backend calls it for a user."""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.domain.contact.customer_id import LONGEST_ID
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User
    customer: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


def handle(call: Call) -> Response:
    """Answer 200 with what was done in each account, or 202 if a run in progress takes the customer in."""
    return call.answer(Body, lambda body: _sync(body, call.services))


def _sync(body: Body, services: Services) -> Reply:
    require(body.user, GCONTACT)
    pressed = sync_customer(services, body.wisp, body.customer, body.user.told)
    answer = {"customer": body.customer} | to_document(pressed)
    return Reply(answer, 200 if pressed.state == "done" else 202)
