"""Runs the sandbox until it is interrupted."""

import argparse
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from infra.sandbox.addresses import START_PAGE, address, choose_ports
from infra.sandbox.folder import alone

FOLDER = Path(".local/sandbox")


def main() -> None:
    """Start everything, say where, and end it all at Ctrl-C."""
    arguments = _arguments()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            _run(arguments)
    except OSError as error:
        sys.exit(
            f"The sandbox cannot write its data: {error.filename or arguments.folder}: {error.strerror}."
        )
    print("The sandbox has ended.")


def _run(arguments: argparse.Namespace) -> None:
    from infra.sandbox.machine import running  # noqa: PLC0415  takes a second, in which Ctrl-C may come
    from infra.sandbox.settings import functions_address  # noqa: PLC0415  as above

    ports = choose_ports(arguments.port)
    with (
        alone(arguments.folder, ports),
        running(arguments.folder, ports, connected=arguments.connected) as at,
    ):
        if arguments.port not in (0, ports.start_page):
            print(f"Port {arguments.port} is taken, so another one is used.")
        besides = f"functions: {functions_address(ports)}, tokens: {address(ports.identity)}/token-for"
        print(f"The sandbox is at {at}/   (Ctrl-C ends it; {besides})", flush=True)
        _wait_for_the_end()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox", description=__doc__)
    parser.add_argument(
        "--connected", action="store_true", help="with one Google account connected and filled"
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=START_PAGE,
        help="of the start page (default: %(default)s; 0: free ones)",
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="for its data, made anew (default: %(default)s)"
    )
    return parser.parse_args()


def _port(text: str) -> int:
    """Return a port's number, 0 to 65535."""
    port = int(text)
    if not 0 <= port < 2**16:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _wait_for_the_end() -> None:
    try:
        threading.Event().wait()
    finally:
        # the rest is tidying up, which a second Ctrl-C would only leave undone
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
