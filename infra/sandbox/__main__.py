"""Runs the sandbox until it is interrupted."""

import argparse
import signal
import threading
from contextlib import suppress
from pathlib import Path

from infra.sandbox.addresses import START_PAGE, choose_ports
from infra.sandbox.machine import running

FOLDER = Path(".local/sandbox")


def main() -> None:
    """Start everything, say where, and end it all at Ctrl-C."""
    arguments = _arguments()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        ports = choose_ports(arguments.port)
        with running(arguments.folder, ports, connected=arguments.connected) as start_page:
            print(f"The sandbox is at {start_page}/   (Ctrl-C ends it)", flush=True)
            _wait_for_the_end()
    print("The sandbox has ended.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox", description=__doc__)
    parser.add_argument(
        "--connected", action="store_true", help="with one Google account connected and filled"
    )
    parser.add_argument(
        "--port", type=int, default=START_PAGE, help="of the start page (default: %(default)s; 0: free ones)"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="for its data, made anew (default: %(default)s)"
    )
    return parser.parse_args()


def _wait_for_the_end() -> None:
    try:
        threading.Event().wait()
    finally:
        # the rest is tidying up, which a second Ctrl-C would only leave undone
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
