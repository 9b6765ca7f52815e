"""The stand-in as a whole: one HTTP server that is APIs and sign-in, an address book and the side API."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Request, Response

from infra.standins.google.address_book.app import PREFIX, address_book
from infra.standins.google.clock import MovableClock
from infra.standins.google.consent.door import OAuthDoor
from infra.standins.google.gateway import Gateway
from infra.standins.google.rules import Rules
from infra.standins.google.server import serving
from infra.standins.google.side_api import SideApi
from infra.standins.google.world import World
from infra.standins.identity.issuer import Issuer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _system_time() -> datetime:
    return datetime.now(UTC)


class GoogleStandIn:
    """Google on loopback, in memory.

    Args:
        clock: Gives the time, aware of its zone, such as a test's own; `clock` can then be moved ahead of it.
        rules: Choices where Google is silent, to start with; `world.rules` are those that hold.
        seed: Of the generator of ids, etags and tokens, so that a demo shows the same every time.
        issuer: Signs the ID tokens; give one to share its keys with others.
        start_page: Address of the sandbox's start page, for the address book's link.

    Attributes:
        world: Accounts, credentials, counters and the fault plan, for tests in the same process.
        clock: The stand-in's time.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = _system_time,
        rules: Rules | None = None,
        seed: int = 0,
        issuer: Issuer | None = None,
        start_page: str = "",
    ) -> None:
        self.clock = MovableClock(clock)
        self._random = Random(seed)
        self._stopping = threading.Event()
        self._issuing = threading.Lock()
        self._issuer = issuer
        self._gateway = Gateway(self._stopping)
        self._oauth = OAuthDoor(lambda: self.issuer, self._stopping)
        self._side_api = SideApi(lambda: self.world, self.clock, self.reset)
        self._start_page = start_page
        self._rules = rules or Rules()
        self.world = World(self.clock.now, self._random, rules=self._rules)

    @property
    def issuer(self) -> Issuer:
        """What signs the ID tokens, made when first wanted: making its keys takes long."""
        with self._issuing:
            if self._issuer is None:
                self._issuer = Issuer()
            return self._issuer

    @cached_property
    def _address_book(self) -> Flask:
        """Its pages, made when one is first looked at: most tests look at none."""
        return address_book(lambda: self.world, self._start_page)

    def reset(self) -> None:
        """Forget everything, and have the first rules and the clock's own time again.

        Calls that hang go on with what was.
        """
        self.clock.reset()
        self.world.faults.clear()
        self.world = World(self.clock.now, self._random, rules=self._rules)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve on 127.0.0.1 while the block runs; gives the address, without a slash at its end."""
        with serving(self, port=port) as address, self.awake():
            yield address

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let calls hang while the block runs, where a fault says so; at its end none does any more."""
        self._stopping.clear()
        try:
            yield
        finally:
            self._stopping.set()
            self.world.faults.clear()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, as a WSGI application."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/standin/"):
            return self._side_api.answer(request)
        if self._oauth.leads(request):
            return self._oauth.answer(request, self.world)
        if request.path.startswith(f"{PREFIX}/"):
            return Response.from_app(self._address_book, request.environ, buffered=True)
        return self._gateway.answer(request, self.world)
