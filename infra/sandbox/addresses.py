"""Addresses: where each part of the sandbox listens: on its usual port, or on a free one if that is taken."""

import socket
from dataclasses import dataclass

from infra.sandbox.demo.processes import free_ports

START_PAGE = 8080
_OTHERS = (8081, 8082, 8083, 8084, 8025)


@dataclass(frozen=True, slots=True)
class Ports:
    """A port for each part, on 127.0.0.1."""

    start_page: int
    google: int
    simpler: int
    identity: int
    functions: int
    mail: int


def choose_ports(start_page: int) -> Ports:
    """Return the ports to use.

    Args:
        start_page: The port wanted for the start page; 0 for free ones throughout.
    """
    wanted = (start_page, *(_OTHERS if start_page else (0,) * len(_OTHERS)))
    free = iter(free_ports(len(wanted)))
    return Ports(*(port if port and _is_free(port) else next(free) for port in wanted))


def address(port: int) -> str:
    """Return the address of what listens at a port."""
    return f"http://127.0.0.1:{port}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
