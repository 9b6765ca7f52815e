"""Page: a template filled in, with what every page shows: the wisp, the user and the way around."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from functions.console.web.visit import Visit

MENU = (
    ("accounts", "Accounts", False),
    ("preview", "Preview", True),
    ("runs", "Runs", False),
    ("quality", "Data quality", True),
)
"""Each page, what it is called, and whether it shows customers' data and so needs the right."""


def render(template: str, visit: Visit | None = None, **shown: Any) -> str:
    """Return a page as HTML; within a visit with the menu, otherwise without what needs a visit."""
    return render_template(template, visit=visit, menu=_menu(visit), **shown)


def on_to(page: str) -> Response:
    """Send the browser on to a page after a form post: reloading that page posts nothing again."""
    return make_response(redirect(url_for(page), 303))


def _menu(visit: Visit | None) -> list[tuple[str, str]]:
    if visit is None:
        return []
    return [(page, name) for page, name, needs_right in MENU if visit.has_right or not needs_right]
