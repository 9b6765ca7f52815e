"""Disconnection: ends an account's connection, keeps or removes its contacts, and reports the result."""

from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.account import Account
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base import ledger_store


def ask(visit: Visit, account: str) -> Response:
    """Ask whether to disconnect, and what to do with the contacts."""
    found = _known(visit, account)
    count = len(ledger_store.load_ledger(visit.services.state, found.id))
    return make_response(render("disconnect.html", visit, account=found, count=count))


def confirm(visit: Visit, account: str) -> Response:
    """Disconnect, and report what was done."""
    found = _known(visit, account)
    remove = request.form.get("contacts") == "remove"
    done = disconnect(
        visit.services, wisp=visit.wisp.id, account=found.id, remove=remove, by=visit.session.user.email
    )
    response = on_to("accounts")
    notice.leave(response, visit, Notice(f"{found.email} is disconnected. {done.told}"))
    return response


def _known(visit: Visit, account: str) -> Account:
    return visit.account(account) or abort(404)
