"""Render: fills in a page's template, with the wisp, the user and the menu that every page shows."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from functions.console.web.visit import Visit

MENU = (
    ("accounts", "Accounts"),
    ("customers", "Customers"),
    ("outage", "Outage"),
    ("suggestions", "Suggestions"),
    ("preview", "Preview"),
    ("runs", "Runs"),
    ("quality", "Data quality"),
    ("history", "History"),
    ("settings", "Settings"),
    ("help", "Help"),
)
"""Each page, and its title."""


def render(template: str, visit: Visit | None = None, **shown: Any) -> str:
    """Return a page as HTML; without a visit it has no menu."""
    now = visit.services.clock.now() if visit else None
    return render_template(template, visit=visit, menu=MENU if visit else (), now=now, **shown)


def on_to(page: str, **parts: Any) -> Response:
    """Redirect the browser after a form post, so that reloading the page posts nothing again."""
    return make_response(redirect(url_for(page, **parts), 303))
