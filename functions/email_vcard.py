"""`email_vcard`: the button "vCard": sends it by e-mail, or returns the file for ``Accept: text/vcard``."""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.domain.contact.customer import LONGEST_ID
from shared.usecases.base.documents import to_document
from shared.usecases.customers.email_vcard import email_vcard, vcard_file

VCARD = "text/vcard"


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body; the mail goes to the user's own address."""

    user: User
    customer: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


def handle(call: Call) -> Response:
    """Answer 202 if the mail was accepted, 200 if one was sent a moment ago, or 200 with the file."""
    return call.answer(Body, lambda body: _give(call, body))


def _give(call: Call, body: Body) -> Reply | Response:
    require(body.user, GCONTACT)
    accept = call.request.accept_mimetypes
    if accept.best_match(["application/json", VCARD], default="application/json") == VCARD:
        return _file(call, body)
    sent = email_vcard(call.services, body.wisp, body.customer, to=body.user.email, request=call.id)
    return Reply({"customer": body.customer} | to_document(sent), 202 if sent.state == "accepted" else 200)


def _file(call: Call, body: Body) -> Response:
    file = vcard_file(call.services, body.wisp, body.customer)
    response = Response(file.content, 200, content_type=f"{VCARD}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
