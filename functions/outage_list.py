"""`outage_list`: whom to tell when a site or an access point is down; SIMPLer's backend asks for a user."""

from typing import Annotated

from flask import Response
from msgspec import UNSET, Meta, UnsetType

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.outage import LONGEST_PLACE, Place, Question, outage

PlaceName = Annotated[str, Meta(max_length=LONGEST_PLACE)]


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body; without a place the answer says what can be chosen."""

    user: User
    site: PlaceName | UnsetType = UNSET
    ap: PlaceName | UnsetType = UNSET


def handle(call: Call) -> Response:
    """Answer 200 with the place's customers, and with the places that there are."""
    return call.answer(Body, lambda body: _tell(body, call.services))


def _tell(body: Body, services: Services) -> Reply:
    require(body.user, GCONTACT)
    site, ap = (None if name is UNSET else name for name in (body.site, body.ap))
    question = Question(Place(site, ap), body.user.told, "answer")
    return Reply(to_document(outage(services, body.wisp, question)))
