"""Preview: shows what a run would do, field by field; here a person may let removals through the guard."""

from collections.abc import Iterator, Sequence
from math import ceil

import msgspec
from flask import Response, abort, jsonify, make_response, redirect, request, url_for
from msgspec import to_builtins

from functions.console.pages import button
from functions.console.pages.progress import Progress
from functions.console.pages.wording import FIELD_WORDS, NOTES, REMOVAL_WORDS, many, named
from functions.console.web.csv_file import csv_file
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from functions.problems import BadRequest
from shared.domain.model.preview import LONGEST_PERMIT, AccountPreview, FieldChange, Preview, Shown
from shared.domain.model.scope import EVERYBODY
from shared.replace import replace
from shared.usecases.runs.kept_preview import KeptPreview, as_preview, ask, content, follow, load, until_ended

REMOVALS_A_PART = 50
"""Removals on one page. Whoever approves them can see them all: the others are on the next pages."""

FEW_REMOVALS = 20
"""Up to so many stand on one page with what else would change; more have pages of their own."""

MOST_CONTACTS_SHOWN = 50
"""Contacts on one page, which its lists share."""

MOST_WITH_FIELDS = 10
"""Of these, those whose fields are shown, shared likewise; the file has those of all."""

FEWEST_SHOWN = 2
"""Contacts of a list that are shown, however many lists there are."""

MOST_STAYING = 2
"""Lines of a changed field that are shown though they stay, such as the other telephone number."""

MOST_APART = 8
"""Accounts in which different things would be done that have a section; the others have a line."""

OCTETS = 10_500
"""Octets that contacts with their fields take, and as many those with names alone; shared likewise."""

LONGEST_LINE = 200
"""Characters of a field's line that are shown; the file has them all."""

PATIENCE = 2.0
"""Seconds that the page waits for a preview before it says that one is being made."""


class Alike(msgspec.Struct, frozen=True):
    """Accounts in which the same would be done.

    Attributes:
        emails: Their addresses.
        account: One of them.
        removes: Its removals that are on this page.
    """

    emails: list[str]
    account: AccountPreview
    removes: Sequence[Shown] = ()

    def others(self) -> list[list[Shown]]:
        """Return its lists of contacts that stay or come, without the empty ones."""
        account = self.account
        return [found for found in (account.relabels, account.updates, account.creates) if found]


class PreviewPage(msgspec.Struct, frozen=True):
    """What one page of a preview shows; its removals are numbered through all accounts.

    Attributes:
        number: Which page it is, from 1.
        count: How many pages there are.
        first: The number of its first removal, from 1.
        last: The number of its last one; smaller than `first` where it shows none.
        listed: How many removals all pages list.
        others: Whether it shows what else would change.
        is_whole: Whether all removals are listed.
    """

    number: int
    count: int
    first: int
    last: int
    listed: int
    others: bool
    is_whole: bool


def show(visit: Visit) -> Response:
    """Show a preview; while it is being made, how far it is.

    The address may name the preview that this browser waits for (``made``), or ask for a new one (``anew``);
    then the browser goes on to that one's address, so that loading the page again asks for no other. With a
    ``part`` it names a page of a preview as long as that is kept; then another begins at its first page.
    """
    services, wisp = visit.services, visit.wisp.id
    named = request.args.get("made", "")
    if "part" in request.args:
        opened = load(services.state, wisp, named)
        if opened is None or opened.state != "ready":
            return on_to("preview", gone=1)
        return _page(visit, opened, request.args.get("part", 1, int))
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
            return _page(visit, preview, 1)
        case _:
            shown = {"progress": _progress(preview), "address": _address(preview, suits=suits)}
            return make_response(render("preview_wait.html", visit, **shown))


def progress(visit: Visit, preview: str) -> Response:
    """Return how far a preview is, as JSON for the page's script; nothing when the page should look again."""
    found = follow(visit.services, visit.wisp.id, preview)
    far = _progress(found) if found is not None and found.state == "making" else Progress()
    return jsonify(to_builtins(far))


def _page(visit: Visit, kept: KeptPreview, number: int) -> Response:
    preview = as_preview(content(visit.services.state, visit.wisp.id, kept))
    alike = _alike(preview)
    part = _part(alike, number)
    shares = max(1, sum(len(same.others()) for same in alike))
    on = list(_on(part, alike))
    apart = [same for place, same in enumerate(on) if place < MOST_APART or same.removes]
    room = MOST_CONTACTS_SHOWN - max(0, part.last - part.first + 1)
    shown = {
        "preview": preview,
        "alike": apart,
        "further": [same for same in on if same not in apart],
        "in_short": _in_short,
        "part": part,
        "kept": kept,
        "most": max(FEWEST_SHOWN, room // shares),
        "most_fields": MOST_WITH_FIELDS // shares,
        "octets": OCTETS // shares,
        "longest": LONGEST_LINE,
        "lines": lines,
        "everybody": EVERYBODY,
    }
    return make_response(render("preview.html", visit, **shown))


def _alike(preview: Preview) -> Sequence[Alike]:
    """Put together the accounts in which the same would be done.

    Each that has no preview stays apart, and each that is paused.
    """
    found: dict[str, Alike] = {}
    for account in sorted(preview.accounts, key=lambda each: each.email):
        same = replace(account, account="", email="", permit="")
        key = account.account if account.reason or account.paused else repr(same)
        found.setdefault(key, Alike([], account)).emails.append(account.email)
    return list(found.values())


def _part(alike: Sequence[Alike], number: int) -> PreviewPage:
    """Return the page of this number, or the nearest that there is.

    Many removals come first, some to a page, and what else would change is on the page after them.
    """
    listed = sum(len(same.account.removes) for same in alike)
    apart = listed > FEW_REMOVALS and any(same.others() for same in alike)
    count = max(1, ceil(listed / REMOVALS_A_PART) + apart)
    number = min(max(number, 1), count)
    first, last = (number - 1) * REMOVALS_A_PART + 1, min(number * REMOVALS_A_PART, listed)
    others = not apart or number == count
    removed = sum(same.account.remove + same.account.retire for same in alike)
    return PreviewPage(
        number, count, first=first, last=last, listed=listed, others=others, is_whole=listed >= removed
    )


def _on(part: PreviewPage, alike: Sequence[Alike]) -> Iterator[Alike]:
    """Yield the accounts that a page shows, with their removals on it; the first page shows them all."""
    before = 0
    for same in alike:
        start, end = (max(0, number - before) for number in (part.first - 1, part.last))
        before += len(same.account.removes)
        removes = same.account.removes[start:end]
        if removes or part.number == 1 or (part.others and same.others()):
            yield replace(same, removes=removes)


def _in_short(account: AccountPreview) -> str:
    """Say in a line what would be done in an account."""
    if account.reason:
        return account.reason
    counts = {
        "created": account.create,
        "updated": account.update,
        "relabelled": account.relabel,
        "removed": account.remove,
        "retired": account.retire,
        "unchanged": account.unchanged,
    }
    return ", ".join(f"{named(NOTES, kind).lower()} {count:,}" for kind, count in counts.items() if count)


def _address(preview: KeptPreview, *, suits: bool) -> str:
    """Return where the browser finds this preview, or the one after it if this one may show what was."""
    gone = request.args.get("gone")
    return url_for("preview", made=preview.id if suits else None, gone=gone)


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
