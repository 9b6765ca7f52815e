"""Button: starts a run when "Synchronize Google Contacts" is pressed, and follows it."""

from collections.abc import Callable
from functools import partial

from flask import Response, jsonify
from msgspec import to_builtins

from functions.console.pages import accounts
from functions.console.pages.notice import Notice
from functions.console.pages.progress import progress_of
from functions.console.web.render import on_to
from functions.console.web.visit import Visit
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld
from shared.usecases.base.documents import load_accounts
from shared.usecases.base.run_documents import load_runs
from shared.usecases.runs.limited import try_now
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import MESSAGES, running_now


def press(visit: Visit) -> Response:
    """Start a run and show it; if another is in progress, say who started it."""
    return start(visit)


def start(visit: Visit, allow: str = "") -> Response:
    """Start a run; `allow` is a preview's token, which lets its removals through the guard."""
    return _begun(visit, partial(start_sync, allow=allow))


def try_account(visit: Visit, account: str) -> Response:
    """Start a run that asks Google for an account again that was to be left alone."""
    return _begun(visit, partial(try_now, account_id=account))


def _begun(visit: Visit, begin: Callable[..., RunOutcome]) -> Response:
    try:
        run = begin(visit.services, visit.wisp.id, by=visit.session.user.told)
    except LeaseHeld as held:
        return accounts.page(visit, Notice(_why(held), "warn"), 409)
    return on_to("accounts", after=run.run)


def progress(visit: Visit) -> Response:
    """Return how far the run is, as JSON for the page's script."""
    services, wisp = visit.services, visit.wisp.id
    emails = {account.id: account.email for account in load_accounts(services.state, wisp)}
    runs = load_runs(services.state, wisp, newest=1)
    return jsonify(to_builtins(progress_of(running_now(services, wisp), runs, emails)))


def _why(held: LeaseHeld) -> str:
    if held.kind == "customers":
        return MESSAGES["customer_running"]
    if held.kind == "disconnect":
        return f"{held.holder} is disconnecting an account. Please try again when that has finished."
    if held.kind == "freed":
        return "An operator has ended the last run. Please try again in five minutes."
    return held.user_message
