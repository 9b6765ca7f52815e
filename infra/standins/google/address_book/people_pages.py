"""People pages: the contacts of an account, one of them, editing, the star, and the trash."""

from contextlib import suppress

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from infra.standins.google.address_book.book import Entry
from infra.standins.google.address_book.form import EMAIL_TYPES, PHONE_TYPES, Form
from infra.standins.google.errors import GoogleError
from infra.standins.google.group import STARRED

PAGE = 50
"""Contacts on a page."""

UNDO = {
    "the last 10 minutes": 600.0,
    "the last hour": 3600.0,
    "the last day": 86_400.0,
    "the last week": 604_800.0,
}
"""Seconds of changes that "Undo changes" offers to undo."""


def add_people_pages(pages: Blueprint) -> None:
    """Add them to the address book."""
    _add_reading(pages)
    _add_editing(pages)
    _add_gestures(pages)
    _add_second_thoughts(pages)


def _add_reading(pages: Blueprint) -> None:
    @pages.get("/<email>/")
    def people() -> str:
        label, query = request.args.get("label", ""), request.args.get("q", "")
        number = max(1, request.args.get("page", 1, type=int))
        found = g.book.entries(label, query)
        return render_template(
            "contacts/people.html",
            entries=found[(number - 1) * PAGE : number * PAGE],
            labels=g.book.labels(),
            label=label,
            query=query,
            count=len(found),
            number=number,
            last=max(1, -(-len(found) // PAGE)),
        )

    @pages.get("/<email>/people/<contact>")
    def person(contact: str) -> str:
        return render_template("contacts/person.html", entry=_entry(contact), labels=g.book.labels())

    @pages.get("/<email>/trash")
    def trash() -> str:
        return render_template(
            "contacts/trash.html", entries=g.book.trash(), labels=g.book.labels(), undo=UNDO
        )


def _add_editing(pages: Blueprint) -> None:
    @pages.route("/<email>/new", methods=["GET", "POST"])
    def create() -> str | Response:
        if request.method == "GET":
            return _form(Form(), "")
        fields = {name: items for name, items in Form.sent(request.form).fields().items() if items}
        name = g.owner().add(**fields)
        return _to_person(name.removeprefix("people/"))

    @pages.route("/<email>/people/<contact>/edit", methods=["GET", "POST"])
    def edit(contact: str) -> str | Response:
        entry = _entry(contact)
        if request.method == "GET":
            return _form(Form.of(entry.fields), contact)
        if changed := Form.sent(request.form).changed(entry.fields):
            g.owner().edit(f"people/{contact}", **changed)
        return _to_person(contact)


def _add_gestures(pages: Blueprint) -> None:
    @pages.post("/<email>/people/<contact>/star")
    def star(contact: str) -> Response:
        member = "resourceNamesToRemove" if _entry(contact).starred else "resourceNamesToAdd"
        g.owner().call("POST", f"{STARRED}/members:modify", {member: [f"people/{contact}"]})
        return _to_person(contact)

    @pages.post("/<email>/merge")
    def merge() -> Response:
        try:
            return _to_person(g.book.merge(request.form.getlist("contact")))
        except GoogleError as error:
            abort(error.http, error.message)

    @pages.post("/<email>/people/<contact>/delete")
    def delete(contact: str) -> Response:
        g.owner().delete(f"people/{contact}")
        return redirect(url_for("contacts.people"), 303)


def _add_second_thoughts(pages: Blueprint) -> None:
    @pages.post("/<email>/trash/<contact>/restore")
    def restore(contact: str) -> Response:
        with suppress(GoogleError):  # it is back already, or was in the trash for too long
            g.book.restore(contact)
        return redirect(url_for("contacts.trash"), 303)

    @pages.post("/<email>/undo")
    def undo() -> Response:
        try:
            g.book.undo(UNDO.get(request.form.get("of", ""), 0))
        except GoogleError as error:
            abort(error.http, error.message)
        return redirect(url_for("contacts.people"), 303)


def _entry(contact: str) -> Entry:
    entry: Entry | None = g.book.entry(contact)
    if entry is None:
        abort(404, "There is no such contact; it may be in the trash.")
    return entry


def _form(form: Form, contact: str) -> str:
    return render_template(
        "contacts/edit.html", form=form, contact=contact, phone_types=PHONE_TYPES, email_types=EMAIL_TYPES
    )


def _to_person(contact: str) -> Response:
    return redirect(url_for("contacts.person", contact=contact), 303)
