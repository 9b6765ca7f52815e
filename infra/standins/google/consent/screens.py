"""The pages that people see at the authorization endpoint."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Response

from infra.standins.google.consent.asked import Asked, FaultyRequest
from infra.standins.google.consent.scopes import descriptions

_HEADERS = {
    "Cache-Control": "no-store",
    # no form-action: Chromium holds it against the redirect to the program, too
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
}


def choose_account(asked: Asked, emails: list[str], typed: str = "", complaint: str = "") -> Response:
    """Return the page on which users say who they are.

    Args:
        asked: What the program asks for.
        emails: The accounts that there are.
        typed: What stands in the field for another address.
        complaint: What is wrong with it.
    """
    return _page("accounts.html", asked=asked, emails=emails, typed=typed, complaint=complaint)


def ask_consent(asked: Asked, email: str, complaint: str = "") -> Response:
    """Return the page on which users choose what to allow."""
    fixed = [scope for scope in asked.scopes if scope not in asked.optional]
    others = {name: value for name, value in asked.fields.items() if name != "login_hint"}
    return _page(
        "consent.html",
        asked=asked,
        email=email,
        fixed=fixed,
        others=others,
        descriptions=descriptions(),
        complaint=complaint,
    )


def show_fault(fault: FaultyRequest) -> Response:
    """Return the page that says what is wrong with the request."""
    response = _page("fault.html", fault=fault)
    response.status_code = fault.http
    return response


def _page(template: str, **content: Any) -> Response:
    text = _environment().get_template(template).render(**content)
    return Response(text, 200, _HEADERS, content_type="text/html; charset=UTF-8")


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
