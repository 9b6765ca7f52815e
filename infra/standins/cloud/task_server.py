"""The REST server of the Cloud Tasks stand-in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from grpc import StatusCode

from infra.standins.cloud.cloud_tasks import CloudTasks
from infra.standins.cloud.delivery import Delivery, send
from infra.standins.cloud.refusal import Refusal
from infra.standins.cloud.task_routes import Routes
from infra.standins.web.listener import Listener
from shared.ports import Clock

_STATUS = {
    StatusCode.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    StatusCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    StatusCode.ALREADY_EXISTS: HTTPStatus.CONFLICT,
}


@dataclass(frozen=True, slots=True)
class Running:
    """A Cloud Tasks that answers.

    Attributes:
        url: Its API's address.
        tasks: What is behind it.
    """

    url: str
    tasks: CloudTasks


@contextmanager
def cloud_tasks(
    clock: Clock, port: int = 0, deliver: Callable[[Delivery], int | None] = send, latency: float = 0
) -> Iterator[Running]:
    """Run a Cloud Tasks on loopback.

    Args:
        clock: See `CloudTasks`.
        port: To listen on; 0 takes a free one.
        deliver: See `CloudTasks`.
        latency: Seconds before each answer.
    """
    server = _Server(("127.0.0.1", port), _Handler)
    tasks = CloudTasks(clock, deliver)
    server.routes = Routes(tasks)
    server.wait = partial(clock.sleep, latency) if latency else lambda: None
    listener = Listener(server)
    listener.start()
    try:
        yield Running(f"http://127.0.0.1:{server.server_address[1]}/", tasks)
    finally:
        listener.end()
        tasks.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # many connect at once
    routes: Routes
    wait: Callable[[], None]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        self.server.wait()
        try:
            answer = self.server.routes.answer(self.command, unquote(address.path), query, body)
        except Refusal as refusal:
            status = _STATUS[refusal.code]
            error = {"code": status, "message": refusal.message, "status": refusal.code.name}
            self._write(status, {"error": error})
        else:
            self._write(HTTPStatus.OK, answer)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815  http.server looks for these names

    def _write(self, status: HTTPStatus, answer: Any) -> None:
        content = msgspec.json.encode(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name it has in http.server
        """Keep quiet."""
