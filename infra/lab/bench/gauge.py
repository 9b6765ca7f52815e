"""Gauge: what a server was asked by whoever is measured, and how long its answers took.

It stands before a stand-in, in the stand-in's process, so that it costs the program that is measured nothing.
"""

import gzip
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READING = "/gauge/reading"
"""Where the gauge is read, which sets it back to nothing."""

LATENCY = "/gauge/latency"
"""Where the latency is set: a number of seconds as the body."""


class Reading(msgspec.Struct):
    """The requests to a server since the last reading.

    Attributes:
        requests: How often.
        seconds: How long its answers took, all together.
        sent: Bytes of the answers, unpacked.
    """

    requests: int = 0
    seconds: float = 0
    sent: int = 0


@dataclass(slots=True)
class Gauge:
    """A WSGI application that measures another one, which takes a given time to answer, or longer.

    Attributes:
        app: The other one.
        bodies: The file to which every answer is added, one a line.
        latency: Seconds that each of its answers takes at least, as if it were far away.
    """

    app: "WSGIApplication"
    bodies: Path
    latency: float = 0
    _reading: Reading = field(default_factory=Reading)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, as a WSGI application."""
        path = environ["PATH_INFO"]
        if path == READING:
            return self._read()(environ, start_response)
        if path == LATENCY:
            self.latency = float(Request(environ).get_data())
            return Response()(environ, start_response)
        if path.startswith("/standin/"):
            return self.app(environ, start_response)
        return self._measured(environ)(environ, start_response)

    def _read(self) -> Response:
        with self._lock:
            reading, self._reading = self._reading, Reading()
        return Response(msgspec.json.encode(reading), mimetype="application/json")

    def _measured(self, environ: "WSGIEnvironment") -> Response:
        began = time.monotonic()
        response = Response(*run_wsgi_app(self.app, environ, buffered=True))
        time.sleep(max(0.0, self.latency - (time.monotonic() - began)))
        self._note(_unpacked(response), time.monotonic() - began)
        return response

    def _note(self, body: bytes, seconds: float) -> None:
        with self._lock, self.bodies.open("ab") as bodies:
            self._reading.requests += 1
            self._reading.seconds += seconds
            self._reading.sent += len(body)
            bodies.write(body.replace(b"\n", b" ") + b"\n")


def _unpacked(response: Response) -> bytes:
    body = response.get_data()
    return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body
