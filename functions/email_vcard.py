"""`email_vcard`: the button "vCard": mails one or several, or gives the file for ``Accept: text/vcard``."""

from typing import Annotated, Any

from flask import Response
from msgspec import UNSET, Meta, UnsetType

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.domain.contact.customer_id import LONGEST_ID
from shared.usecases.base.documents import to_document
from shared.usecases.customers.email_vcard import MOST_AT_ONCE, email_vcard, email_vcards, vcard_file

VCARD = "text/vcard"


Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body: one customer or several; the mail goes to the user's own address."""

    user: User
    customer: Id | UnsetType = UNSET
    customers: Annotated[tuple[Id, ...], Meta(max_length=MOST_AT_ONCE)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse more at once than may be, also where both members name some."""
        if len(dict.fromkeys(self.asked())) > MOST_AT_ONCE:
            raise ValueError(f"One mail has the vCards of {MOST_AT_ONCE} customers at most")

    def asked(self) -> tuple[str, ...]:
        """Return all that are named, in order."""
        one = () if self.customer is UNSET else (self.customer,)
        return one if self.customers is UNSET else (*one, *self.customers)


def handle(call: Call) -> Response:
    """Answer 202 if the mail was accepted, 200 if one was sent a moment ago, or 200 with the file of one."""
    return call.answer(Body, lambda body: _give(call, body))


def _give(call: Call, body: Body) -> Reply | Response:
    require(body.user, GCONTACT)
    if body.customers is not UNSET or body.customer is UNSET:
        told = email_vcards(call.services, body.wisp, body.asked(), to=body.user.email, request=call.id)
        return _reply(to_document(told))
    accept = call.request.accept_mimetypes
    if accept.best_match(["application/json", VCARD], default="application/json") == VCARD:
        return _file(call, body.wisp, body.customer)
    sent = email_vcard(call.services, body.wisp, body.customer, to=body.user.email, request=call.id)
    return _reply({"customer": body.customer} | to_document(sent))


def _reply(told: dict[str, Any]) -> Reply:
    return Reply(told, 202 if told["state"] == "accepted" else 200)


def _file(call: Call, wisp: str, customer: str) -> Response:
    file = vcard_file(call.services, wisp, customer)
    response = Response(file.content, 200, content_type=f"{VCARD}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
