"""Entry: turns a link from SIMPLer into a session, and ends it when the person leaves."""

from flask import Response, abort, make_response, request

from functions.console.web import cookies, session
from functions.console.web.link import redeem
from functions.console.web.render import on_to, render
from functions.console.web.session import ConsoleSession
from functions.console.web.visit import Visit, call_of, place_of
from functions.endpoint import Call
from shared.errors import Denied


def enter() -> Response:
    """Let the link's user in, once, and show the accounts."""
    if request.method != "GET":  # some programs check links with HEAD, which must not use them up
        abort(405)
    call = call_of(request)
    link = redeem(call.services, request.args.get("link", ""))
    begun = session.begin(link.wisp, link.user, call.services.clock.now(), _running(call))
    response = on_to("accounts")
    sealed = session.seal(begun, call.services.signed())
    cookies.put(response, place_of(call), cookies.SESSION, sealed, lasts=session.SESSION_SECONDS)
    return response


def leave(visit: Visit) -> Response:
    """Delete every cookie of this visit: whoever sits at this browser next finds nothing open."""
    response = make_response(render("left.html"))
    for name in (cookies.SESSION, cookies.BROWSER, cookies.NOTICE):
        cookies.drop(response, place_of(visit.call), name)
    return response


def _running(call: Call) -> ConsoleSession | None:
    """Return the session that the browser has already, perhaps in another tab."""
    try:
        return session.unseal(cookies.get(request, place_of(call), cookies.SESSION), call.services.signed())
    except Denied:
        return None
