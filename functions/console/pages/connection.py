"""Connection: sends a browser to Google's consent page, and takes it back."""

import secrets

from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.pages.scope import LONGEST_TOLD, asked_scope
from functions.console.pages.wording import scope as told
from functions.console.web import cookies
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit, place_of
from shared.domain.contact.text import cut
from shared.domain.model.scope import EVERYBODY
from shared.usecases.accounts import connect

CONSENT_SECONDS = 900.0
"""Seconds in which the browser must be back from Google."""


def begin(visit: Visit) -> Response:
    """Send the browser to Google, for a new account or for one that needs its consent again.

    Ask first which customers a new one is to hold, where that is a question: its first fill begins when the
    browser comes back, and nobody need come back to a question then.

    Use a page of ours instead of a redirect. A Content-Security-Policy's ``form-action`` covers all redirects
    after a form, and Google may send people on to the sign-in of their own company.
    """
    account = request.form.get("account", "")
    known = visit.account(account)
    if account and known is None:
        abort(404)
    if (
        not account
        and "customers" not in request.form
        and connect.is_to_choose(visit.services, visit.wisp.id)
    ):
        return on_to("ask_first")
    browser = cookies.get(request, place_of(visit.call), cookies.BROWSER) or secrets.token_urlsafe(24)
    url = connect.begin(
        visit.services,
        wisp=visit.wisp.id,
        by=visit.session.user.told,
        browser=_bound(visit, browser),
        account=account,
        scope=EVERYBODY if account else asked_scope() or abort(400),
    )
    response = make_response(render("consent.html", visit, url=url, account=known))
    cookies.put(response, place_of(visit.call), cookies.BROWSER, browser, lasts=CONSENT_SECONDS)
    return response


def finish(visit: Visit) -> Response:
    """Take the answer of Google's consent page, and show the account."""
    connected = connect.finish(
        visit.services,
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
        error=request.args.get("error", ""),
        browser=_bound(visit, cookies.get(request, place_of(visit.call), cookies.BROWSER)),
    )
    done = "is connected" if connected.new else "is connected again"
    response = on_to("accounts")
    when = "are being brought up to date now" if connected.filling else "follow with the next run"
    text = f"{connected.account.email} {done}. Its contacts {when}. {_holds(connected)}".rstrip()
    notice.leave(response, visit, Notice(text))
    return response


def _holds(connected: connect.Connected) -> str:
    """Say what an account holds, where that is not what everybody expects."""
    held = cut(told(connected.account.scope), LONGEST_TOLD)
    if connected.keeps:
        return f"You had it here before, so it holds what it held: {held}."
    return "" if connected.account.scope == EVERYBODY else f"It holds {held}."


def _bound(visit: Visit, browser: str) -> str:
    """Bind a browser's random value to this person and wisp, so that it proves nothing for another."""
    return f"{visit.wisp.id}\n{visit.session.user.id}\n{browser}" if browser else ""
