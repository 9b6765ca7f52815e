"""Bodies that are too large, never end, or come in chunks: nobody's memory or thread is taken by them."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Request
from werkzeug.test import create_environ

from functions import customer_changed
from functions.body import WITHIN
from functions.endpoint import Call
from functions.problems import BadRequest
from infra.sandbox.demo.processes import free_ports, program
from shared.policy import Mode, Policy
from tests.functions.served import MARY, served
from tests.world import World

ENOUGH = 200 * 1024 * 1024
"""Bytes of a body that nobody needs: far more than one may have."""


def connected(address: str) -> socket.socket:
    """Return a connection to a server."""
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def head(path: str, *fields: str) -> bytes:
    """Return the head of a POST."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def sent_until_refused(connection: socket.socket) -> int:
    """Send chunks for as long as the server takes them; return how many bytes that were."""
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    sent = 0
    try:
        while sent < ENOUGH:
            connection.sendall(chunk)
            sent += len(chunk)
    except OSError:
        pass
    return sent


class Slow:
    """A trigger's call whose body begins and does not go on."""

    def __init__(self, beginning: bytes) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._theirs.sendall(beginning)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()

    def seconds_until_refused(self, world: World) -> float:
        """Have the function answer; return after how many seconds it refused the body."""
        given = {"CONTENT_LENGTH": "1000", "werkzeug.socket": self._ours}
        with self._ours.makefile("rb") as body:
            request = Request(create_environ(method="POST") | given | {"wsgi.input": body})
            started = time.monotonic()
            with pytest.raises(BadRequest, match="did not arrive"):
                customer_changed.handle(
                    Call(request, "customer_changed", Policy(Mode.OPEN, world.clock), world.services, "id")
                )
            return time.monotonic() - started


def test_a_body_without_a_length_is_taken_like_one_with(world: World) -> None:
    """Clients that stream send chunks; the next call on the same connection is understood too."""
    body = json.dumps({"wisp": "acme", "user": MARY}).encode()
    with served(world) as functions, requests.Session() as session:
        answers = [
            session.post(
                f"{functions.address}/sync_status/",
                data=iter([body[:9], body[9:]]),
                headers={"Content-Type": "application/json"},
                timeout=30,
            )
            for _ in range(2)
        ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_function_answers_below_its_name_too(world: World) -> None:
    """A generated client appends the name to the function's own address."""
    with served(world) as functions:
        answer = requests.post(
            f"{functions.address}/sync_status/sync_status", json={"wisp": "acme", "user": MARY}, timeout=30
        )
        other = requests.post(
            f"{functions.address}/sync_status/start_sync", json={"wisp": "acme", "user": MARY}, timeout=30
        )

    assert answer.status_code == 200
    assert other.status_code == 404


def test_a_body_that_is_cut_off_is_no_call(world: World) -> None:
    """It is refused as unfinished, not read as far as it goes."""
    body = json.dumps({"wisp": "acme", "user": MARY}).encode()
    fields = ("Content-Type: application/json", f"Content-Length: {len(body) + 10}")
    with served(world) as functions, closing(connected(functions.address)) as connection:
        connection.sendall(head("/sync_status/", *fields) + body)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()

    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert b"request.unfinished" in answer


def test_a_stranger_cannot_fill_the_memory_nor_take_a_thread(tmp_path: Path, world: World) -> None:
    """Under the server that is deployed, an endless form is not read and an unfinished one is answered.

    So is what the framework would answer by itself. A trigger's body, which anybody may send, is given up
    sooner than that of a caller who is known.
    """
    settings = {
        "STATE_URL": f"sqlite:///{tmp_path}/state.db",
        "SECRETS_URL": f"vault:///{tmp_path}/vault",
        "CONSOLE_URL": "http://127.0.0.1:1",
        "CALLER_MODE": "open",
    }
    port = free_ports(1)[0]
    command = ("functions_framework", "--target", "console", "--host", "127.0.0.1", "--port", str(port))
    form = "Content-Type: application/x-www-form-urlencoded"
    with (
        ThreadPoolExecutor(1) as pool,
        closing(Slow(b"wisp=acme&")) as trigger,
        program(tmp_path / "log", port, *command, settings=settings) as address,
    ):
        told = pool.submit(trigger.seconds_until_refused, world)
        with closing(connected(address)) as connection:
            connection.sendall(head("/sync", form, "Transfer-Encoding: chunked"))
            assert sent_until_refused(connection) < ENOUGH
        slow = [connected(address) for _ in range(12)]
        for connection in slow:
            connection.sendall(head("/sync", form, "Content-Length: 1000") + b"a")
        own = connected(address)
        own.sendall(head("/static/", "Content-Length: 1000").replace(b"POST", b"OPTIONS"))
        answers = [connection.recv(4096) for connection in slow]
        own_answer = own.recv(4096)
        other = requests.get(f"{address}/", timeout=30)
        for connection in (*slow, own):
            connection.close()

    assert all(b" 403 " in answer.partition(b"\r\n")[0] for answer in answers)
    assert told.result() < WITHIN
    assert b" 404 " in own_answer.partition(b"\r\n")[0]
    assert other.status_code == 403
