"""CSRF: accepts a form post only from one of our own pages, in this session.

Three things must agree: the session's secret in the form, ``Sec-Fetch-Site`` (Fetch Metadata Request
Headers, section 2.3) and ``Origin``. Under ``Referrer-Policy: no-referrer`` browsers send ``Origin: null``
with our own forms too (Fetch, "append a request Origin header"), so ``null`` proves nothing.
"""

from hmac import compare_digest

from flask import Request

from functions.console.web.session import ConsoleSession
from shared.errors import Denied

FIELD = "csrf"


def check(request: Request, given: str, session: ConsoleSession, *, origin: str) -> None:
    """Raise `Denied` unless the post, with what its form gives, comes from a form of this session."""
    if not (_is_from_here(request, origin) and compare_digest(given.encode(), session.csrf.encode())):
        raise Denied(
            "form.foreign",
            "a form was posted that is not of this session",
            "This form is out of date, or did not come from this page; nothing was done. "
            "Please go back to the page, reload it and try again.",
        )


def _is_from_here(request: Request, origin: str) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    came_from = request.headers.get("Origin", "null")
    return site == "same-origin" and came_from in ("null", origin)
