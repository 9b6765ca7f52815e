"""Account: one Google account: paused and resumed, and brought back to what it was before a run."""

from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.health import badges
from functions.console.pages.notice import Notice
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.account import Account
from shared.domain.model.lease import kind_of
from shared.usecases.accounts.restore import pause, restore, resume
from shared.usecases.base.leases import WAITING_DEADLINE
from shared.usecases.base.run_documents import load_nights
from shared.usecases.operations.accounts import list_runs
from shared.usecases.runs.status import status
from shared.usecases.runs.undo import start_undo

MOST_POINTS = 30
"""Runs that are offered to be undone, the newest; those of customers' buttons are not."""

LONGEST_WHY = 200
"""Characters of the reason for a pause that count."""


def show(visit: Visit, account: str) -> Response:
    """Show how the account is, and what can be done with it."""
    known = _known(visit, account)
    found = status(visit.services, visit.wisp.id, has_right=True)
    health = next(each for each in found.accounts if each.account == known.id)
    kept = list_runs(visit.services, visit.wisp.id, known.id)
    points = [each for each in reversed(kept) if kind_of(each.run) != "customers"][:MOST_POINTS]
    shown = notice.left(request, visit)
    html = render(
        "account.html",
        visit,
        account=known,
        badges=badges(health, load_nights(visit.services.state, visit.wisp)),
        points=points,
        notice=shown,
        longest=LONGEST_WHY,
    )
    response = make_response(html)
    notice.clear(response, visit)
    return response


def pause_it(visit: Visit, account: str) -> Response:
    """Let no run write to the account, for the reason that is given."""
    known, by = _known(visit, account), visit.session.user.told
    why = " ".join(request.form.get("why", "").split())[:LONGEST_WHY].rstrip(".")
    pause(visit.services, visit.wisp.id, known.id, why or f"Paused by {by}", by=by)
    return _back(visit, known, Notice("It is paused: nothing is written to it until somebody resumes it."))


def resume_it(visit: Visit, account: str) -> Response:
    """Let runs write to the account again."""
    known = _known(visit, account)
    resume(visit.services, visit.wisp.id, known.id, by=visit.session.user.told)
    return _back(visit, known, Notice("It is resumed: the next run brings it up to date."))


def look_back(visit: Visit, account: str) -> Response:
    """Show what bringing the account back would do; nothing is written."""
    known, run = _known(visit, account), request.args.get("before", "")
    by = visit.session.user.told
    found = restore(visit.services, visit.wisp.id, known.id, run, by=by, go=False, seconds=WAITING_DEADLINE)
    return make_response(
        render("restore.html", visit, account=known, run=run, has_record=kind_of(run) == "run", found=found)
    )


def bring_back(visit: Visit, account: str) -> Response:
    """Start a run that brings the account back, and show it."""
    known, before = _known(visit, account), request.form.get("before", "")
    run = start_undo(visit.services, visit.wisp.id, known.id, before, by=visit.session.user.told)
    return on_to("accounts", after=run.run)


def _known(visit: Visit, account: str) -> Account:
    return visit.account(account) or abort(404)


def _back(visit: Visit, account: Account, told: Notice) -> Response:
    response = on_to("account", account=account.id)
    notice.leave(response, visit, told)
    return response
