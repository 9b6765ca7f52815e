"""A server on loopback that answers from a script and keeps what it was asked."""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.standins.web.listener import Listener


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """An answer to give; a body that is not bytes goes out as JSON."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    """Announce more bytes than are sent, then close."""
    last: bool = False
    """Close the connection after the answer, without having said so."""


class Close:
    """Take the request and close the connection without an answer."""


class Reset:
    """Take the request and reset the connection."""


class Hang:
    """Take the request and say nothing until the server is closed."""


Step = Answer | Close | Reset | Hang
Script = Step | Callable[[Request], Step]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def setup(self) -> None:
        """Keep to the script of the connection's beginning."""
        super().setup()
        self.script = self.server.script
        self.script.connections += 1

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers, body)
        match self.script.take(request):
            case Answer() as answer:
                self._answer(answer)
            case Close():
                self.close_connection = True
            case Reset():
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
            case Hang():
                self.script.closing.wait(30)
                self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  http.server looks for these names

    def _answer(self, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + 10 * answer.cut))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = answer.cut or answer.last

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True  # the connection was reset on purpose

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name it has in http.server
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # many may connect at once
    script: "ScriptedServer"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that have gone away: they are part of the script."""


class ScriptedServer:
    """Answers each request with the next step; keeps every request, also those that get no answer."""

    def __init__(self, server: _Server) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.requests: list[Request] = []
        self.connections = 0
        self.closing = threading.Event()
        self._steps: deque[Script] = deque()
        self._lock = threading.Lock()

    def will(self, *steps: Script) -> None:
        """Add to the script."""
        self._steps.extend(steps)

    def take(self, request: Request) -> Step:
        with self._lock:
            self.requests.append(request)
            step = self._steps.popleft() if self._steps else Answer(501, {"error": "the script has ended"})
        return step(request) if callable(step) else step

    @property
    def asked(self) -> list[str]:
        """The requests, as method and path."""
        return [f"{request.method} {request.path}" for request in self.requests]


_IDLE: list[_Server] = []
"""Those of this process that nobody has; they end with it."""


@contextmanager
def reused_scripted_server() -> Iterator[ScriptedServer]:
    """Give one that listens on when the block ends: for each new address Google's client is built anew."""
    server = _IDLE.pop() if _IDLE else _listening()
    server.script = script = ScriptedServer(server)
    try:
        yield script
    finally:
        script.closing.set()
        _IDLE.append(server)


def _listening() -> _Server:
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Run one on a free port, at which nobody listens afterwards."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.script = ScriptedServer(server)
    listener = Listener(server)
    listener.start()
    try:
        yield server.script
    finally:
        server.script.closing.set()
        listener.end()
