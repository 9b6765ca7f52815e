"""Programs beside this one: each is started as anyone would start it, and surely ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import SystemRandom

PATIENCE = 30.0
"""Seconds that a program may take to answer on its port."""


PORTS = range(20_000, 32_000)
"""Ports that no system gives to whoever connects: Linux begins at 32768, others at 49152.

Otherwise some connection might take one before its program does. And whoever asks whether the program answers
yet might meet themselves: a connection to such a port may be given that port for its own end, and is then
open to itself (RFC 9293, 3.5, "Simultaneous Open").
"""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses at the moment; processes that ask at once get others."""
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < count:
            port = SystemRandom().choice(PORTS)  # tests seed the other generator alike in all processes
            with suppress(OSError):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
    return found


@contextmanager
def program(
    log: Path,
    port: int,
    *command: str,
    settings: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> Iterator[str]:
    """Run a program that serves on a port, and give its address.

    Args:
        log: Where its output goes.
        port: On which it will answer.
        command: A module of Python's and its arguments.
        settings: Environment variables besides this process's own.
        python: Of which virtual environment; this one's if it is not said.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", *command],
            env={**os.environ, **(settings or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-2000:]
    raise SystemExit(f"A program did not start. Its output ({log}):\n{tail}")
