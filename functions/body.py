"""Body: what a caller sends, read within bounds of size and time.

functions-framework takes whatever was left of a body into memory after the answer, and a server has few
threads, each of which waits for a slow sender. So we read what we need, up to a size and for a time.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import Timer

from flask import Request
from werkzeug.exceptions import ClientDisconnected, HTTPException

from functions.problems import BadRequest

LARGEST_BODY = 1024 * 1024
"""Bytes that a caller may send."""

WITHIN = 20.0
"""Seconds in which a body that we need must arrive."""

FROM_STRANGERS = 5.0
"""The same where anybody may call: seconds in which a lost packet is sent again."""

_REST_WITHIN = 2.0
"""Seconds in which the rest of a body may arrive: a caller reads the answer once it has sent everything."""

_PIECE = 64 * 1024


def read_body(request: Request, within: float = WITHIN) -> bytes:
    """Return the body, which must arrive in `within` seconds.

    Raises:
        BadRequest: ``request.size``: it is larger than a body may be, whatever its headers say.
            ``request.unfinished``: it did not arrive as a whole in time.
    """
    with arriving(request, within):
        body = request.stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise too_large()
    if len(body) < (request.content_length or 0):
        raise _unfinished()
    request.stream = BytesIO()
    return body


@contextmanager
def arriving(request: Request, within: float = WITHIN) -> Iterator[None]:
    """Let a block read a request's body, for `within` seconds at most, however slowly the body comes.

    Raises:
        BadRequest: ``request.unfinished``: it did not arrive as a whole in time.
        HTTPException: werkzeug's, for a body that is too large.
    """
    timer = Timer(within, _stop_reading, [_connection(request)])
    timer.daemon = True
    timer.start()
    try:
        yield
    except ClientDisconnected as error:
        raise _unfinished() from error
    except HTTPException:
        raise
    except Exception as error:  # a broken body: each server has exceptions of its own
        raise _unfinished() from error
    finally:
        timer.cancel()


def let_go(request: Request) -> None:
    """Leave the rest of a body: take what arrives at once, in pieces, and read no more from this caller."""
    if isinstance(request.stream, BytesIO):  # nothing more comes: no thread need watch over it
        return
    left = LARGEST_BODY
    with suppress(BadRequest), arriving(request, _REST_WITHIN):
        while left > 0 and (piece := request.stream.read(_PIECE)):
            left -= len(piece)
    if left <= 0:
        _stop_reading(_connection(request))
    request.stream = BytesIO()


def _connection(request: Request) -> socket.socket | None:
    """Return the connection, which gunicorn and werkzeug hand over; None under another server."""
    return request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")


def _stop_reading(connection: socket.socket | None) -> None:
    """Close the caller's half of a connection: whoever reads from it finds its end."""
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)


def too_large() -> BadRequest:
    """Return the refusal of a body of more than `LARGEST_BODY`."""
    return BadRequest(413, "request.size", "The body may hold at most 1 MiB.")


def _unfinished() -> BadRequest:
    return BadRequest(400, "request.unfinished", "The body did not arrive as a whole. Please send it again.")
