"""Ports for programs that are about to start."""

import socket
from contextlib import ExitStack

from infra.sandbox.demo.processes import PORTS, free_ports


def test_each_is_free_and_given_once() -> None:
    """Programs can listen at them beside each other, and no connection of this machine is given one."""
    ports = free_ports(4)
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(socket.create_server(("127.0.0.1", port)))

    assert len(ports) == 4
    assert set(ports) <= set(PORTS)
