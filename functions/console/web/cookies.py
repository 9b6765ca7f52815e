"""Cookies: the console's own; scripts, other sites and other hosts cannot read them.

Over HTTPS their names begin with ``__Host-``. Browsers then accept them only with Secure, for the whole of
this host, and for no other host (RFC 6265bis, section 4.1.3.2).
"""

from flask import Request, Response

from functions.console.web.place import Place

SESSION = "session"
BROWSER = "browser"
NOTICE = "notice"


def get(request: Request, place: Place, name: str) -> str:
    """Return a cookie's value; empty if the browser sent none."""
    return request.cookies.get(_called(name, place), "")


def put(response: Response, place: Place, name: str, value: str, lasts: float) -> None:
    """Set a cookie that lasts this many seconds."""
    response.set_cookie(
        _called(name, place),
        value,
        max_age=int(lasts),
        path="/",
        secure=place.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop(response: Response, place: Place, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(
        _called(name, place), path="/", secure=place.is_secure, httponly=True, samesite="Lax"
    )


def _called(name: str, place: Place) -> str:
    return f"__Host-{name}" if place.is_secure else f"simpler-{name}"
