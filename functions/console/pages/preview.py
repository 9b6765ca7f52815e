"""Preview: shows what a run would do, field by field; here a person may let removals through the guard."""

from flask import Response, make_response, request

from functions.console.pages import button
from functions.console.web.render import render
from functions.console.web.visit import Visit
from functions.problems import BadRequest
from shared.domain.sync.guard import LONGEST_PERMIT
from shared.usecases.runs.preview import FieldChange, preview_sync

MOST_CONTACTS_SHOWN = 100
"""Contacts shown per kind and account."""


def show(visit: Visit) -> Response:
    """Show the page; for large accounts, reading both sides takes a while."""
    preview = preview_sync(visit.services, visit.wisp.id)
    return make_response(
        render("preview.html", visit, preview=preview, most=MOST_CONTACTS_SHOWN, lines=lines)
    )


def allow(visit: Visit) -> Response:
    """Start a run that may remove exactly what the preview showed."""
    token = request.form.get("token", "")
    if len(token) > LONGEST_PERMIT:
        raise BadRequest(
            413, "request.size", "This form is not one of the preview's. Please open the preview again."
        )
    return button.start(visit, token)


def lines(change: FieldChange) -> list[tuple[str, str, str]]:
    """Return a field's old and new lines side by side, each pair as "same" or "changed"."""
    stays = [line for line in change.old if line in change.new]
    goes = [line for line in change.old if line not in change.new]
    comes = [line for line in change.new if line not in change.old]
    return [*((line, line, "same") for line in stays), *_paired(goes, comes)]


def _paired(goes: list[str], comes: list[str]) -> list[tuple[str, str, str]]:
    rows = max(len(goes), len(comes))
    padded = (side + [""] * (rows - len(side)) for side in (goes, comes))
    return [(old, new, "changed") for old, new in zip(*padded, strict=True)]
