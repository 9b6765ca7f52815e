"""Outbox pages: the mails in a browser: the list, a mail, its HTML in a cage, and its files."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from infra.standins.sendgrid.letter import Letter
from infra.standins.sendgrid.outbox import Outbox
from infra.standins.web.pages import new_pages

HTML_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
"""A mail's HTML may show what it brings along, and nothing else: no script, no form, no request."""


def outbox_pages(outbox: Outbox) -> Blueprint:
    """Return the pages below ``/outbox/``."""
    pages = new_pages("outbox", __name__)

    @pages.get("/")
    def home() -> AnyResponse:
        return redirect(url_for("outbox.mails"))

    @pages.get("/outbox/")
    def mails() -> str:
        return render_template("outbox/mails.html", mails=list(reversed(outbox.index())))

    @pages.get("/outbox/<mail_id>")
    def mail(mail_id: str) -> str:
        return render_template("outbox/mail.html", id=mail_id, letter=_letter(outbox, mail_id))

    @pages.get("/outbox/<mail_id>/html")
    def html(mail_id: str) -> Response:
        headers = {"Content-Security-Policy": HTML_POLICY}
        return Response(_letter(outbox, mail_id).html, mimetype="text/html", headers=headers)

    @pages.get("/outbox/<mail_id>/files/<int:number>")
    def file(mail_id: str, number: int) -> Response:
        files = _letter(outbox, mail_id).files
        if number >= len(files):
            abort(404, "The mail has no such file.")
        response = Response(files[number].content, mimetype="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=files[number].name)
        return response

    @pages.get("/outbox/<mail_id>/source")
    def source(mail_id: str) -> Response:
        response = Response(_read(outbox, mail_id), mimetype="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=f"{mail_id}.eml")
        return response

    return pages


def _letter(outbox: Outbox, mail_id: str) -> Letter:
    return Letter(_read(outbox, mail_id))


def _read(outbox: Outbox, mail_id: str) -> bytes:
    try:
        return outbox.read(mail_id)
    except KeyError:
        abort(404, "There is no such mail.")
