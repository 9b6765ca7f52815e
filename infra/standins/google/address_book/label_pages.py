"""Label pages: putting contacts into labels and out of them, making, renaming and deleting labels."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

_ONLY_LABEL = "Google keeps every contact in one label at least. Put the contact into another one first."


def add_label_pages(pages: Blueprint) -> None:
    """Add them to the address book."""
    _add_membership(pages)
    _add_labels(pages)


def _add_membership(pages: Blueprint) -> None:
    @pages.post("/<email>/people/<contact>/labels")
    def put_into(contact: str) -> Response:
        return _modify(contact, request.form.get("label", ""), "resourceNamesToAdd")

    @pages.post("/<email>/people/<contact>/labels/<label>/remove")
    def take_out(contact: str, label: str) -> Response:
        return _modify(contact, label, "resourceNamesToRemove")


def _modify(contact: str, label: str, member: str) -> Response:
    path = f"contactGroups/{label}/members:modify"
    answer: dict[str, Any] = g.owner().call("POST", path, {member: [f"people/{contact}"]})
    if "canNotRemoveLastContactGroupResourceNames" in answer:
        abort(409, _ONLY_LABEL)
    return redirect(url_for("contacts.person", contact=contact), 303)


def _add_labels(pages: Blueprint) -> None:
    @pages.get("/<email>/labels")
    def labels() -> str:
        return render_template("contacts/labels.html", labels=g.book.labels())

    @pages.post("/<email>/labels")
    def make_label() -> Response:
        g.owner().call("POST", "contactGroups", {"contactGroup": {"name": _name()}})
        return _to_labels()

    @pages.post("/<email>/labels/<label>/rename")
    def rename_label(label: str) -> Response:
        owner, path = g.owner(), f"contactGroups/{label}"
        etag = owner.call("GET", path)["etag"]
        owner.call("PUT", path, {"contactGroup": {"name": _name(), "etag": etag}})
        return _to_labels()

    @pages.post("/<email>/labels/<label>/delete")
    def delete_label(label: str) -> Response:
        g.owner().call("DELETE", f"contactGroups/{label}")
        return _to_labels()


def _name() -> str:
    return request.form.get("name", "").strip()


def _to_labels() -> Response:
    return redirect(url_for("contacts.labels"), 303)
