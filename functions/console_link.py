"""`console_link`: gives a user's way into the console; SIMPLer's backend calls it when a page is opened."""

from urllib.parse import urlencode

from flask import Response

from functions.console.web import link
from functions.console.web.visit import place_of
from functions.endpoint import Call, ForWisp, Reply
from functions.user import GCONTACT, User, require
from shared.errors import Misconfigured
from shared.usecases.base.documents import load_wisp

_NO_CONSOLE = "The page for Google accounts is not set up. Please tell whoever looks after the service."


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body."""

    user: User


def handle(call: Call) -> Response:
    """Answer 200 with the address for the user's browser, and the seconds for which it works."""
    return call.answer(Body, lambda body: _link(call, body))


def _link(call: Call, body: Body) -> Reply:
    require(body.user, GCONTACT)
    wisp = load_wisp(call.services.state, body.wisp)
    if not call.services.console_url:
        raise Misconfigured(
            "setting.missing", "CONSOLE_URL is not set; links must lead somewhere", _NO_CONSOLE
        )
    token = link.make(call.services, wisp.id, body.user)
    return Reply(
        {"url": f"{place_of(call).url}/enter?{urlencode({'link': token})}", "expires_in": link.LINK_SECONDS}
    )
