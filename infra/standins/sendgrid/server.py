"""The stand-in's HTTP side: SendGrid's one call, ``/outbox/`` for people, and ``/standin/`` for tests."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.standins.sendgrid.faults import Fault, Faults, read_fault
from infra.standins.sendgrid.outbox import Outbox
from infra.standins.sendgrid.outbox_pages import outbox_pages
from infra.standins.sendgrid.rules import MOST_OCTETS, Refusal, check, is_sandbox
from infra.standins.web.later import Later
from infra.standins.web.listener import Listener
from infra.standins.web.pages import add_pages

_KEY = re.compile(r"Bearer SG\.[!-~]+")
_LONGEST_HANG = 60.0
_WORDS = {404: "not found", 405: "method not allowed", 429: "too many requests", 503: "service unavailable"}


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in."""

    address: str
    outbox: Outbox
    faults: Faults


@contextmanager
def running(folder: Path, port: int = 0, start_page: str = "") -> Iterator[StandIn]:
    """Serve on loopback until the context ends.

    Args:
        folder: Where the mails are kept.
        port: 0 for any that is free.
        start_page: Address of the sandbox's start page, for a link on each page.
    """
    outbox, faults = Outbox(folder), Faults()
    app = Later(lambda: make_app(outbox, faults, start_page))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    listener = Listener(server)
    listener.start()
    try:
        yield StandIn(f"http://127.0.0.1:{server.server_port}", outbox, faults)
    finally:
        faults.ending.set()
        listener.end()


def make_app(outbox: Outbox, faults: Faults, start_page: str) -> Flask:
    """Return the stand-in as a WSGI application."""
    app = Flask(__name__)
    add_pages(app, outbox_pages(outbox), start_page=start_page)

    @app.post("/v3/mail/send")
    def send() -> Response:
        body = request.get_data()
        fault = faults.take()
        if fault:
            return _fail(fault, outbox, faults)
        return _refused_request(body) or _taken(outbox)

    @app.get("/standin/outbox")
    def index() -> Response:
        return jsonify(mails=outbox.index())

    @app.get("/standin/outbox/<mail_id>")
    def mail(mail_id: str) -> Response:
        try:
            return Response(outbox.read(mail_id), mimetype="message/rfc822")
        except KeyError:
            return _error(HTTPStatus.NOT_FOUND)

    @app.post("/standin/faults")
    def add_fault() -> Response:
        try:
            faults.add(*read_fault(request.get_json()))
        except (TypeError, ValueError) as error:
            return _error(HTTPStatus.BAD_REQUEST, Refusal(str(error)))
        return Response(status=HTTPStatus.NO_CONTENT)

    @app.errorhandler(HTTPException)
    def fail(error: HTTPException) -> Response:
        return _error(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)

    return app


def _refused_request(body: bytes) -> Response | None:
    if not _KEY.fullmatch(request.headers.get("Authorization", "")):
        sentence = "The provided authorization grant is invalid, expired, or revoked"
        return _error(HTTPStatus.UNAUTHORIZED, Refusal(sentence))
    if request.mimetype != "application/json":
        sentence = "Content-Type should be application/json."
        return _error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Refusal(sentence))
    if len(body) > MOST_OCTETS:
        return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Refusal("content too large"))
    refusals = check(request.get_json(silent=True))
    return _error(HTTPStatus.BAD_REQUEST, *refusals) if refusals else None


def _taken(outbox: Outbox) -> Response:
    mail = request.get_json()
    if is_sandbox(mail):
        return Response(status=HTTPStatus.OK)
    return Response(status=HTTPStatus.ACCEPTED, headers={"X-Message-Id": outbox.keep(mail)})


def _fail(fault: Fault, outbox: Outbox, faults: Faults) -> Response:
    if fault.accepted:
        outbox.keep(request.get_json())
    if fault.hang:
        faults.ending.wait(_LONGEST_HANG)
    if fault.hang or fault.close:
        with suppress(OSError):
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
    response = _error(fault.status)
    response.headers.update(fault.headers)
    return response


def _error(status: int, *refusals: Refusal) -> Response:
    given = refusals or [Refusal(_WORDS.get(status, "internal server error"))]
    response = jsonify(errors=[refusal.json for refusal in given])
    response.status_code = status
    return response


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the name it has in werkzeug
        """Keep quiet."""
