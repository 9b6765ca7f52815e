"""Starts the stand-in: ``python -m infra.standins.sendgrid --port 8025 --outbox .local/outbox``."""

import threading
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path

from infra.standins.sendgrid.server import running


def main() -> None:
    """Serve until interrupted."""
    parser = ArgumentParser(prog="python -m infra.standins.sendgrid", description="SendGrid on loopback.")
    parser.add_argument(
        "--port", type=int, default=8025, help="0 for any that is free (default: %(default)s)"
    )
    parser.add_argument("--outbox", type=Path, required=True, help="the folder for the mails")
    arguments = parser.parse_args()
    with running(arguments.outbox, arguments.port) as standin, suppress(KeyboardInterrupt):
        print(f"SendGrid stands in at {standin.address}; mails go to {arguments.outbox}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
