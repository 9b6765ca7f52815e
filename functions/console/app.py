"""App: leads each address to its page, after the checks that every page needs.

A page is imported when it is first opened, so that the first page of a new instance waits for no other.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module

import msgspec
from flask import Flask, Response, request
from jinja2 import StrictUndefined

from functions.body import LARGEST_BODY, arriving
from functions.console.pages import wording
from functions.console.web import assets, csrf
from functions.console.web.failure import page_of
from functions.console.web.fitting import fitting, shortened
from functions.console.web.headers import HEADERS
from functions.console.web.visit import CALL, place_of, visit_of
from functions.endpoint import Call
from shared.once import ALONE, Once


class Route(msgspec.Struct, frozen=True):
    """A page.

    Attributes:
        path: Its address, as Flask writes it.
        name: The name by which templates link to it.
        view: `FILE:FUNCTION` in `pages/`, called with the visit and the parts of the address.
        method: GET, or POST if it changes something.
    """

    path: str
    name: str
    view: str
    method: str = "GET"


ROUTES = (
    Route("/", "accounts", "accounts:show"),
    Route("/progress", "progress", "button:progress"),
    Route("/sync", "sync", "button:press", "POST"),
    Route("/accounts/<account>/try", "try_now", "button:try_account", "POST"),
    Route("/connect", "ask_first", "scope:ask_first"),
    Route("/connect", "connect", "connection:begin", "POST"),
    Route("/connect/scope", "propose_first", "scope:propose_first", "POST"),
    Route("/oauth/callback", "callback", "connection:finish"),
    Route("/accounts/<account>", "account", "account:show"),
    Route("/accounts/<account>/pause", "pause", "account:pause_it", "POST"),
    Route("/accounts/<account>/resume", "resume", "account:resume_it", "POST"),
    Route("/accounts/<account>/scope", "scope", "scope:show"),
    Route("/accounts/<account>/scope", "propose_scope", "scope:propose", "POST"),
    Route("/accounts/<account>/restore", "look_back", "account:look_back"),
    Route("/accounts/<account>/bring-back", "bring_back", "account:bring_back", "POST"),
    Route("/accounts/<account>/disconnect", "disconnect", "disconnection:ask"),
    Route("/accounts/<account>/disconnect", "disconnect_now", "disconnection:confirm", "POST"),
    Route("/customers", "customers", "customers:show"),
    Route("/customers/vcard", "email_vcards", "customers:mail_several", "POST"),
    Route("/customer", "customer", "customers:one"),
    Route("/customer/sync", "sync_customer", "customers:press", "POST"),
    Route("/customer/vcard", "email_vcard", "customers:mail", "POST"),
    Route("/outage", "outage", "outages:show"),
    Route("/outage.txt", "outage_numbers", "outages:numbers"),
    Route("/outage.csv", "outage_file", "outages:download"),
    Route("/suggestions", "suggestions", "suggestions:show"),
    Route("/suggestions/dismiss", "dismiss", "suggestions:dismiss_one", "POST"),
    Route("/preview", "preview", "preview:show"),
    Route("/preview/<preview>/progress", "preview_progress", "preview:progress"),
    Route("/preview.csv", "preview_file", "preview:download"),
    Route("/preview/allow", "allow", "preview:allow", "POST"),
    Route("/runs", "runs", "runs:show"),
    Route("/runs/<run>", "run", "runs:one"),
    Route("/runs.csv", "runs_file", "runs:download_list"),
    Route("/runs/<run>.csv", "run_file", "runs:download"),
    Route("/quality", "quality", "quality:show"),
    Route("/quality.csv", "quality_file", "quality:download"),
    Route("/history", "history", "history:show"),
    Route("/settings", "settings", "settings:show"),
    Route("/settings", "propose_settings", "settings:propose", "POST"),
    Route("/settings/names", "names", "naming:show"),
    Route("/settings/trigger", "trigger", "settings:trigger", "POST"),
    Route("/leave", "leave", "entry:leave", "POST"),
)

OPEN_ROUTES = (
    ("/enter", "enter", "entry:enter"),
    ("/help", "help", "guide:show"),
    ("/help/administrators", "administrators", "guide:for_administrators"),
    ("/help/code.png", "help_code", "guide:code"),
)
"""Pages for whoever has no session: path, name, view."""


def handle(call: Call) -> Response:
    """Answer a browser; an error is a page too."""
    environ = {**call.request.environ, CALL: call}
    environ["SCRIPT_NAME"] = place_of(call).root
    response = Response.from_app(application().wsgi_app, environ)
    assert isinstance(response, Response), "from_app makes what it is called on"
    response.headers.update(HEADERS)
    return response


def _application() -> Flask:
    app = Flask(__name__, static_folder=None)  # functions-framework's own application uses /static
    assets.add_to(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters |= {
        name: getattr(wording, name)
        for name in (
            "local",
            "day_time",
            "clock",
            "iso",
            "number",
            "many",
            "tone",
            "named",
            "address",
            "scope",
            "setting",
        )
    }
    app.jinja_env.filters |= {"fitting": fitting, "truncate": shortened}
    app.jinja_env.globals |= {"words": wording, "csrf_field": csrf.FIELD}
    for path, name, opened in OPEN_ROUTES:
        app.add_url_rule(path, name, partial(_open, opened))
    for route in ROUTES:
        view = partial(_answer, route)
        app.add_url_rule(
            route.path, route.name, view, methods=[route.method], provide_automatic_options=False
        )
    app.register_error_handler(Exception, page_of)
    return app


def _answer(route: Route, **parts: str) -> Response:
    """Check the session, the right and the form; then show the page."""
    visit = visit_of(request)
    if route.method == "POST":
        with arriving(visit.call.request):  # only now: nobody without a session has a body read
            form = request.form
        csrf.check(request, form.get(csrf.FIELD, ""), visit.session, origin=place_of(visit.call).origin)
    return view_of(route.view)(visit, **parts)


def _open(view: str) -> Response:
    return view_of(view)()


def view_of(name: str) -> Callable[..., Response]:
    """Return what shows a page; import its file, if it was not opened before."""
    file, _, function = name.partition(":")
    with ALONE:
        view: Callable[..., Response] = getattr(import_module(f"functions.console.pages.{file}"), function)
    return view


application = Once(_application)
"""The pages, once per instance; a template is compiled at its first use."""
