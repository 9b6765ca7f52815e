"""Entry: turns a link from SIMPLer into a session."""

from flask import Response, abort, request

from functions.console.web import cookies, session
from functions.console.web.link import redeem
from functions.console.web.render import on_to
from functions.console.web.visit import call_of, place_of


def enter() -> Response:
    """Let the link's user in, once, and show the accounts."""
    if request.method != "GET":  # some programs check links with HEAD, which must not use them up
        abort(405)
    call = call_of(request)
    link = redeem(call.services, request.args.get("link", ""))
    begun = session.begin(link.wisp, link.user)
    response = on_to("accounts")
    sealed = session.seal(begun, call.services.signed())
    cookies.put(response, place_of(call), cookies.SESSION, sealed, lasts=session.SESSION_SECONDS)
    return response
