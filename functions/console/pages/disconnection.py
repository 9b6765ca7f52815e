"""Disconnection: ends an account's connection, keeps or removes its contacts, and reports the result."""

from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.account import Account
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base import ledger_store
from shared.usecases.runs.leave import start_disconnecting


def ask(visit: Visit, account: str) -> Response:
    """Ask whether to disconnect, and what to do with the contacts."""
    found = _known(visit, account)
    shown = {"account": found, "count": _count(visit, found)}
    return make_response(render("disconnect.html", visit, **shown))


def confirm(visit: Visit, account: str) -> Response:
    """Disconnect; a run of its own removes contacts, which takes longer than a browser should wait."""
    found, by = _known(visit, account), visit.session.user.told
    if request.form.get("contacts") == "remove":
        run = start_disconnecting(visit.services, visit.wisp.id, found.id, by)
        return on_to("accounts", after=run.run)
    done = disconnect(visit.services, wisp=visit.wisp.id, account=found.id, by=by)
    response = on_to("accounts")
    notice.leave(response, visit, Notice(f"{found.email} is disconnected. {done.told()}"))
    return response


def _count(visit: Visit, account: Account) -> int:
    """Return how many contacts our ledger knows in an account."""
    return len(ledger_store.load_ledger(visit.services.state, account.id))


def _known(visit: Visit, account: str) -> Account:
    return visit.account(account) or abort(404)
