"""Pages: a blueprint of web pages with the common look, strict headers, and forms that only it can send."""

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from shared.loopback import is_loopback

SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def new_pages(name: str, import_name: str) -> Blueprint:
    """Return an empty blueprint for pages, whose templates are in the package's folder ``templates/<name>``.

    One of them, ``page.html``, lays out all pages, those about problems too.
    """
    pages = Blueprint(name, import_name, template_folder="templates")
    pages.before_request(_refuse_foreigners)
    pages.after_request(_harden)
    pages.register_error_handler(HTTPException, _tell)
    pages.add_app_template_filter(readable)
    return pages


def add_pages(app: Flask, pages: Blueprint, *, prefix: str = "", start_page: str = "") -> None:
    """Put pages and their look into an application.

    Args:
        app: The stand-in's application.
        pages: As `new_pages` made them.
        prefix: Below which path they are.
        start_page: Address of the sandbox's start page, or empty.
    """
    look = Blueprint("look", __name__, "static", static_url_path="/look", template_folder="templates")
    look.after_request(_harden)
    app.config["START_PAGE"] = start_page
    app.register_blueprint(look, url_prefix=prefix or None)
    app.register_blueprint(pages, url_prefix=prefix or None)


def readable(value: Any) -> str:
    """Return a value as text for a page, without control characters and halves of characters."""
    text = "" if value is None else str(value)
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Cf") else sign for sign in text).strip()


def _refuse_foreigners() -> None:
    """Answer loopback names only (DNS rebinding), and forms only from these pages (request forgery)."""
    if not is_loopback(urlsplit(request.host_url).hostname or ""):
        abort(403, "This page answers under the names of its own machine only.")
    if request.method == "POST" and request.headers.get("Origin") != request.host_url.rstrip("/"):
        abort(403, "This form was not sent from this page. Please go back and send it again.")


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def problem_page(title: str, text: str, status: int) -> Response:
    """Return the page of a problem, laid out like the other ones of the same blueprint."""
    layout = f"{request.blueprint}/page.html"
    return make_response(render_template("look/problem.html", layout=layout, title=title, text=text), status)


def _tell(error: HTTPException) -> Response:
    return problem_page(error.name, error.description or "", error.code or 500)
