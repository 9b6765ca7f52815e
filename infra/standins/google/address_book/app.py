"""The address book as a web application below ``/contacts/``, for every account of the stand-in."""

from collections.abc import Callable
from typing import Any

import requests
from flask import Blueprint, Flask, Response, abort, g, render_template, request

from infra.standins.google.address_book.access_pages import add_access_pages
from infra.standins.google.address_book.book import Book
from infra.standins.google.address_book.label_pages import add_label_pages
from infra.standins.google.address_book.people_pages import add_people_pages
from infra.standins.google.user import User
from infra.standins.google.world import World
from infra.standins.web.pages import add_pages, new_pages, problem_page

PREFIX = "/contacts"


def address_book(world: Callable[[], World], start_page: str = "") -> Flask:
    """Return the application.

    Args:
        world: Gives what there is now.
        start_page: Where all of the stand-ins are found.
    """
    app = Flask(__name__, static_folder=None)
    pages = new_pages("contacts", __name__)
    _add_choice(pages, world)
    add_people_pages(pages)
    add_label_pages(pages)
    add_access_pages(pages, world)
    add_pages(app, pages, prefix=PREFIX, start_page=start_page)
    return app


def _add_choice(pages: Blueprint, world: Callable[[], World]) -> None:
    """Add the choice of an account, which sets `g.book` and its owner, `g.owner`."""

    @pages.url_value_preprocessor
    def open_book(_: str | None, values: dict[str, Any] | None) -> None:
        email = (values or {}).pop("email", "")
        account = world().accounts.get(email)
        if email and account is None:
            abort(404, f"There is no Google account {email} here.")
        if account:
            g.email, g.book = email, Book(account)
            g.owner = lambda: User.of(f"http://127.0.0.1:{request.environ['SERVER_PORT']}", email)

    @pages.url_defaults
    def stay_in_account(_: str, values: dict[str, Any]) -> None:
        values.setdefault("email", g.get("email", ""))

    @pages.get("/")
    def accounts() -> str:
        found = {email: Book(account) for email, account in sorted(world().accounts.items())}
        return render_template("contacts/accounts.html", books=found)

    @pages.errorhandler(requests.HTTPError)
    def refused(error: requests.HTTPError) -> Response:
        answer = error.response
        text = answer.json()["error"]["message"] if answer is not None else "Google does not answer."
        return problem_page("Google refused", text, 409)
