"""Programs beside this one: each is started as anyone would start it, and surely ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds that a program may take to answer on its port."""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses at the moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


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
