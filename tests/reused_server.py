"""Servers that serve test after test: for each new address Google's client is built anew, which is slow."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from infra.standins.google import GoogleStandIn
from infra.standins.google.server import LoopbackServer

_IDLE: list[LoopbackServer] = []
"""Those of this process that nobody has; they end with it."""


@contextmanager
def reused_server(google: GoogleStandIn) -> Iterator[str]:
    """Serve Google on a server that is kept while the block runs; gives its address."""
    server = _IDLE.pop() if _IDLE else _started()
    server.app = google
    try:
        with google.awake():
            yield f"http://127.0.0.1:{server.port}"
    finally:
        server.end_connections()
        _IDLE.append(server)


def _started() -> LoopbackServer:
    server = LoopbackServer("127.0.0.1", 0, None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
