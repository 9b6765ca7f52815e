"""Preview: shows what a run would do, field by field; here a person may let removals through the guard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask import Response, abort, jsonify, make_response, redirect, request, url_for
from msgspec import to_builtins

from functions.console.pages import button
from functions.console.pages.progress import Progress
from functions.console.pages.wording import FIELD_WORDS, NOTES, REMOVAL_WORDS, many, named
from functions.console.web.csv_file import csv_file
from functions.console.web.render import render
from functions.console.web.visit import Visit
from functions.problems import BadRequest
from shared.domain.model.preview import LONGEST_PERMIT, AccountPreview, FieldChange, Preview
from shared.domain.model.scope import EVERYBODY
from shared.usecases.runs.kept_preview import KeptPreview, as_preview, ask, content, follow, load, until_ended

MOST_CONTACTS_SHOWN = 50
"""Contacts shown per kind and account."""

MOST_WITH_FIELDS = 15
"""Of these, the first whose fields are shown; the file has those of all."""

MOST_STAYING = 2
"""Lines of a changed field that are shown though they stay, such as the other telephone number."""

PATIENCE = 2.0
"""Seconds that the page waits for a preview before it says that one is being made."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Accounts in which the same would be done.

    Attributes:
        emails: Their addresses.
        account: One of them.
    """

    emails: list[str]
    account: AccountPreview


def show(visit: Visit) -> Response:
    """Show a preview; while it is being made, how far it is.

    The address may name the preview that this browser waits for (``made``), or ask for a new one (``anew``);
    then the browser goes on to that one's address, so that loading the page again asks for no other.
    """
    services, wisp = visit.services, visit.wisp.id
    named = request.args.get("made", "")
    preview = follow(services, wisp, named) if named else None
    suits = preview is not None
    if preview is None:
        asked = ask(services, wisp, anew="anew" in request.args)
        preview, suits = asked.preview, asked.suits
        if "anew" in request.args:
            return make_response(redirect(_address(preview, suits=suits), 303))
    preview = until_ended(services, wisp, preview, services.clock.monotonic() + PATIENCE)
    match preview.state:
        case "failed":
            raise preview.failure()
        case "ready" if suits:
            return _page(visit, preview)
        case _:
            shown = {"progress": _progress(preview), "address": _address(preview, suits=suits)}
            return make_response(render("preview_wait.html", visit, **shown))


def progress(visit: Visit, preview: str) -> Response:
    """Return how far a preview is, as JSON for the page's script; nothing when the page should look again."""
    found = follow(visit.services, visit.wisp.id, preview)
    far = _progress(found) if found is not None and found.state == "making" else Progress()
    return jsonify(to_builtins(far))


def _page(visit: Visit, kept: KeptPreview) -> Response:
    preview = as_preview(content(visit.services.state, visit.wisp.id, kept))
    shown = {
        "preview": preview,
        "alike": _alike(preview),
        "kept": kept,
        "most": MOST_CONTACTS_SHOWN,
        "most_fields": MOST_WITH_FIELDS,
        "lines": lines,
        "everybody": EVERYBODY,
    }
    return make_response(render("preview.html", visit, **shown))


def _alike(preview: Preview) -> Sequence[Alike]:
    """Put together the accounts in which the same would be done; each that has no preview stays apart."""
    found: dict[str, Alike] = {}
    for account in sorted(preview.accounts, key=lambda each: each.email):
        same = replace(account, account="", email="", permit="")
        key = account.account if account.reason else repr(same)
        found.setdefault(key, Alike([], account)).emails.append(account.email)
    return list(found.values())


def _address(preview: KeptPreview, *, suits: bool) -> str:
    """Return where the browser finds this preview, or the one after it if this one may show what was."""
    return url_for("preview", made=preview.id) if suits else url_for("preview")


def _progress(preview: KeptPreview) -> Progress:
    text = "Reading the customers from SIMPLer"
    if preview.accounts:
        compared, accounts = many(preview.contacts, "customer"), many(preview.accounts, "Google account")
        text = f"Comparing {compared} with {accounts}"
    return Progress(preview.id, text, text)


def download(visit: Visit) -> Response:
    """Return everything that a preview shows as a file, a row for each contact and account."""
    kept = load(visit.services.state, visit.wisp.id, request.args.get("made", ""))
    if kept is None or kept.state != "ready":
        abort(404)
    preview = as_preview(content(visit.services.state, visit.wisp.id, kept))
    heads = ("account", "what", "customer", "name", "why", "changes", "link")
    return csv_file(f"preview-{kept.id}", heads, _rows(visit, preview))


def _rows(visit: Visit, preview: Preview) -> Iterator[Sequence[str]]:
    for account in preview.accounts:
        kinds = (
            ("removed", account.removes),
            ("relabelled", account.relabels),
            ("updated", account.updates),
            ("created", account.creates),
        )
        for kind, found in kinds:
            for contact in found:
                what = named(NOTES, "retired" if contact.retires else kind)
                why = named(REMOVAL_WORDS, contact.why)
                id_, changes = contact.customer, "; ".join(map(_told, contact.changes))
                yield account.email, what, id_, contact.name, why, changes, visit.record(id_)


def _told(change: FieldChange) -> str:
    """Return a field's change in one line."""
    field, old, new = named(FIELD_WORDS, change.field), ", ".join(change.old), ", ".join(change.new)
    return f"{field}: {old or 'none'} → {new or 'none'}"


def allow(visit: Visit) -> Response:
    """Start a run that may remove exactly what the preview showed."""
    token = request.form.get("token", "")
    if len(token) > LONGEST_PERMIT:
        raise BadRequest(
            413, "request.size", "This form is not one of the preview's. Please open the preview again."
        )
    return button.start(visit, token)


def lines(change: FieldChange) -> list[tuple[str, str, str]]:
    """Return a field's old and new lines side by side, each pair as "same" or "changed".

    Many lines that stay are told by their number.
    """
    stays = [line for line in change.old if line in change.new]
    goes = [line for line in change.old if line not in change.new]
    comes = [line for line in change.new if line not in change.old]
    if len(stays) > MOST_STAYING:
        stays = [f"{len(stays)} others, as they are"]
    return [*_paired(goes, comes), *((line, line, "same") for line in stays)]


def _paired(goes: list[str], comes: list[str]) -> list[tuple[str, str, str]]:
    rows = max(len(goes), len(comes))
    padded = (side + [""] * (rows - len(side)) for side in (goes, comes))
    return [(old, new, "changed") for old, new in zip(*padded, strict=True)]
