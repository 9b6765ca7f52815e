"""Render: fills in a page's template, with the wisp, the user and the menu that every page shows."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from functions.console.web.visit import Visit

MENU = (
    ("accounts", "Accounts", False),
    ("customers", "Customers", True),
    ("outage", "Outage", True),
    ("suggestions", "Suggestions", True),
    ("preview", "Preview", True),
    ("runs", "Runs", False),
    ("quality", "Data quality", True),
    ("history", "History", True),
    ("settings", "Settings", True),
    ("help", "Help", False),
)
"""Each page, its title, and whether it needs the right because it shows customers' data."""


def render(template: str, visit: Visit | None = None, **shown: Any) -> str:
    """Return a page as HTML; without a visit it has no menu."""
    now = visit.services.clock.now() if visit else None
    return render_template(template, visit=visit, menu=_menu(visit), now=now, **shown)


def on_to(page: str, **parts: Any) -> Response:
    """Redirect the browser after a form post, so that reloading the page posts nothing again."""
    return make_response(redirect(url_for(page, **parts), 303))


def _menu(visit: Visit | None) -> list[tuple[str, str]]:
    if visit is None:
        return []
    return [(page, name) for page, name, needs_right in MENU if visit.has_right or not needs_right]
