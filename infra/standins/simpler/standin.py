"""The stand-in for SIMPLer: a real HTTP server on loopback."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.standins.simpler.api import api
from infra.standins.simpler.control import control
from infra.standins.simpler.customer_pages import add_customer_pages
from infra.standins.simpler.customers import Customers
from infra.standins.simpler.general_pages import add_general_pages
from infra.standins.simpler.settings_pages import add_settings_pages
from infra.standins.simpler.state import Paging, State
from infra.standins.simpler.website import Site, set_up_session, site_pages
from infra.standins.web.later import Later
from infra.standins.web.listener import Listener
from infra.standins.web.pages import add_pages


class _Handler(WSGIRequestHandler):
    """Speaks HTTP/1.1 and keeps quiet: a request's address may hold a password."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the name it has in werkzeug
        """Say nothing."""


def create_app(state: State, site: Site | None = None) -> Flask:
    """Return SIMPLer's API and side door over one state, and its pages if there are any."""
    app = Flask(__name__)
    app.register_blueprint(api(state))
    door = Later(lambda: control(state))
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/standin": door})  # type: ignore[method-assign]  # Flask's way
    if site:
        _add_website(app, state, site)
    return app


def _add_website(app: Flask, state: State, site: Site) -> None:
    set_up_session(app, site)
    pages = site_pages(site)
    add_customer_pages(pages, state, site)
    add_general_pages(pages, site)
    add_settings_pages(pages, site)
    add_pages(app, pages, start_page=site.start_page)


class SimplerStandIn:
    """SIMPLer, on a free port of loopback unless told which, from `with` to its end.

    Attributes:
        state: Its customers, failure and calls, for use in the same process.
    """

    def __init__(
        self,
        customers: Iterable[Any] = (),
        *,
        paging: Paging = "all",
        page_size: int = 500,
        port: int = 0,
        host: str = "127.0.0.1",
        site: Site | None = None,
    ) -> None:
        self.state = State(Customers(customers), paging=paging, page_size=page_size)
        self._server = make_server(
            host, port, create_app(self.state, site), threaded=True, request_handler=_Handler
        )
        self._listener = Listener(self._server)
        self.address = f"http://{host}:{self._server.server_port}"

    @property
    def api(self) -> str:
        """The base of its REST API: a wisp's `simpler_url`."""
        return f"{self.address}/restapi/"

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.state.closing.set()
        self._listener.end()
