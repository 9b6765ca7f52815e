"""An HTTP/1.1 server on loopback for a WSGI application, with connections that live on.

Werkzeug's own request handler ends the connection after every answer; clients of Google keep theirs open, and
some of what can go wrong happens only on an open one.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any, cast

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response
from werkzeug.wsgi import LimitedStream

from infra.standins.web.listener import Listener

_PIECE = 64 * 1024
_LARGEST = 32 * 1024 * 1024
"""Octets of a body: more than Google and our functions take."""

_WITHOUT_BODY = (204, 304)
"""Statuses of answers that have no body (RFC 9110, 15)."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class NoAnswer(Exception):
    """Raised by an application that ends the connection instead of answering.

    Attributes:
        reset: Whether it ends with a TCP reset.
    """

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


class LoopbackServer(ThreadedWSGIServer):
    """A thread for each connection; closing the server ends them all and waits for them."""

    daemon_threads = False

    def __init__(self, host: str, port: int, app: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__(host, port, app, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Close every connection, and wait for their threads."""
        for connection in tuple(self._connections):
            with _being_closed():
                connection.shutdown(socket.SHUT_RDWR)
        self._threads.join()  # type: ignore[attr-defined]  # ThreadingMixIn's, which ends with the server only

    def server_close(self) -> None:
        """Close the port too."""
        self.end_connections()
        super().server_close()


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer goes out at once, head and body

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        if not environ.get("wsgi.input_terminated"):  # else it comes in chunks, and ends by itself
            length = int(self.headers.get("Content-Length") or 0)
            environ |= {"wsgi.input": self._body(length), "wsgi.input_terminated": True}
        try:
            response = Response(*run_wsgi_app(self.server.app, environ, buffered=True))
        except NoAnswer as ending:
            self._hang_up(reset=ending.reset)
            return
        if "Content-Length" not in response.headers and response.status_code not in _WITHOUT_BODY:
            response.content_length = len(response.get_data())  # it was made piece by piece
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.get_data())
        self._pass_over(environ["wsgi.input"])

    def _body(self, length: int) -> IO[bytes]:
        """Take a body as a whole, so that a request is done though its client dies; read a huge one later."""
        if length > _LARGEST:
            return cast("IO[bytes]", LimitedStream(cast("IO[bytes]", self.rfile), length))
        return BytesIO(self.rfile.read(length))

    def _pass_over(self, rest: IO[bytes]) -> None:
        """Read what the application left of a body: what follows it is the next request."""
        try:
            while rest.read(_PIECE):
                continue
        except (ClientDisconnected, OSError):
            self.close_connection = True

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.connection.close()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: requests can be asked for afterwards."""


@contextmanager
def serving(app: Any, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve an application in another thread while the block runs, and give its address."""
    server = LoopbackServer(host, port, app)
    listener = Listener(server)
    listener.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        listener.end()


@contextmanager
def _being_closed() -> Iterator[None]:
    """Let a connection be closed by the other side meanwhile."""
    try:
        yield
    except OSError:
        return
