"""The stand-in as a whole: one HTTP server that is the People API, the token endpoint and the side API."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from infra.local.google.answer import json_answer
from infra.local.google.call import Rules
from infra.local.google.clock import MovableClock, timestamp
from infra.local.google.faults import TOKEN_METHOD
from infra.local.google.gateway import Gateway
from infra.local.google.server import serving
from infra.local.google.side_api import SideApi
from infra.local.google.strike import perform_under
from infra.local.google.token_endpoint import give_token
from infra.local.google.traffic import Entry
from infra.local.google.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def _system_time() -> datetime:
    return datetime.now(UTC)


class GoogleStandIn:
    """Google on loopback, in memory.

    Args:
        clock: Gives the time, aware of its zone; `clock` can then be moved ahead of it.
        rules: Choices where Google is silent.
        seed: Of the generator of ids, etags and tokens, so that a demo shows the same every time.

    Attributes:
        world: Accounts, credentials, counters and the fault plan, for tests in the same process.
        clock: The stand-in's time.
    """

    def __init__(
        self, clock: Callable[[], datetime] = _system_time, rules: Rules | None = None, seed: int = 0
    ) -> None:
        self.clock = MovableClock(clock)
        self._random = Random(seed)
        self._stopping = threading.Event()
        self._gateway = Gateway(rules or Rules(), self._stopping)
        self._side_api = SideApi(lambda: self.world, self.clock, self.reset)
        self.world = World(self.clock.now, self._random)

    def reset(self) -> None:
        """Forget everything and show the clock's own time again; calls that hang go on with what was."""
        self.clock.reset()
        self.world.faults.clear()
        self.world = World(self.clock.now, self._random)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve on 127.0.0.1 while the block runs; gives the address, without a slash at its end."""
        self._stopping.clear()
        with serving(self, port=port) as address:
            try:
                yield address
            finally:
                self._stopping.set()
                self.world.faults.clear()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, as a WSGI application."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/standin/"):
            return self._side_api.answer(request)
        if request.path == "/token" and request.method == "POST":
            return self._give_token(request)
        return self._gateway.answer(request, self.world)

    def _give_token(self, request: Request) -> Response:
        world = self.world
        entry = Entry(timestamp(world.now()), None, TOKEN_METHOD, "POST", request.path, {})
        world.traffic.note(entry)

        def perform() -> Response:
            http, body = give_token(request, world.credentials)
            entry.effect = http == 200  # noqa: PLR2004 - HTTP's OK
            return json_answer(request, http, body, _UNCACHED)

        strike = world.faults.take(TOKEN_METHOD, None)
        response = perform_under(strike, request, self._stopping, perform)
        entry.status = response.status_code
        return response
