"""Disconnection: ends an account's connection, keeps or removes its contacts, and reports the result."""

from collections.abc import Iterator

from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.pages.wording import many
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.account import Account
from shared.usecases.accounts.disconnect import Disconnected, disconnect
from shared.usecases.base import ledger_store

_STAYS = " The label stays because something else is in it."


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
    notice.leave(response, visit, Notice(_proof(found, done, remove=remove)))
    return response


def _known(visit: Visit, account: str) -> Account:
    return visit.account(account) or abort(404)


def _proof(account: Account, done: Disconnected, *, remove: bool) -> str:
    """Return in sentences what was done."""
    first = f"{account.email} is disconnected."
    if not remove:
        return f"{first} Its contacts stay in Google Contacts as they are."
    removed = many(done.removed, "contact was", "contacts were")
    return " ".join((first, f"{removed} removed{_label(done)}", *_stay(done)))


def _label(done: Disconnected) -> str:
    if not done.label_removed:
        return f".{_STAYS}"
    return ", and the label with them." if done.removed else "; the label no longer exists."


def _stay(done: Disconnected) -> Iterator[str]:
    """Return why contacts stay, one sentence for each reason."""
    if outside := done.kept - done.shared:
        stay = many(outside, "contact stays because it was", "contacts stay because they were")
        why = "no longer in any label" if done.label_gone else "taken out of the label"
        yield f"{stay} {why}."
    if done.shared:
        stay = many(done.shared, "contact stays because it belongs", "contacts stay because they belong")
        yield f"{stay} to another WISP as well."
