"""Listener: the thread of a server on loopback, which nobody wakes but those who call."""

import socket
import threading
from socketserver import TCPServer


class Listener(threading.Thread):
    """Serves from its start to its end.

    `serve_forever` looks whether it is to end, and where that must not take long, a hundred times a second.
    """

    def __init__(self, server: TCPServer) -> None:
        super().__init__()
        self._server = server
        self._is_ending = False

    def run(self) -> None:
        """Serve; not to be called: `start` has it called."""
        while not self._is_ending:
            self._server.handle_request()

    def end(self) -> None:
        """Serve no more and close the port, once whatever the server waits for is done."""
        self._is_ending = True
        host, port = self._server.server_address[:2]
        socket.create_connection((str(host), port)).close()
        self.join()
        self._server.server_close()
