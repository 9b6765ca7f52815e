"""Starts the stand-in alone: `python -m infra.standins.google --port 8081 [--accounts FILE.json]`."""

import argparse
import gc
import threading
from pathlib import Path

from infra.standins.google.standin import GoogleStandIn
from infra.standins.google.world import NewAccount
from shared.typed import from_json

_COLLECTED_AFTER = (100_000, 50, 100)
"""Objects, and collections of each younger generation, after which the garbage collector looks around: what
there is here lives long, and looking through 25,000 contacts would hold up answers for a second."""


def main() -> None:
    """Serve until interrupted."""
    gc.set_threshold(*_COLLECTED_AFTER)
    parser = argparse.ArgumentParser(
        prog="python -m infra.standins.google", description="Google on loopback."
    )
    parser.add_argument("--port", type=int, default=8081, help="port on 127.0.0.1 (default 8081; 0 for any)")
    parser.add_argument(
        "--accounts", type=Path, help="JSON file: a list of accounts, as POST /standin/accounts"
    )
    arguments = parser.parse_args()
    standin = GoogleStandIn()
    for account in _read_accounts(arguments.accounts):
        standin.world.add_account(account)
    with standin.serve(port=arguments.port) as address:
        print(f"Google's stand-in: {address}/ (People API), {address}/o/oauth2/v2/auth, {address}/token,")
        print(f"{address}/revoke, {address}/standin/", flush=True)
        _until_interrupted()


def _read_accounts(file: Path | None) -> list[NewAccount]:
    return from_json(file.read_bytes(), list[NewAccount]) if file else []


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("Ended.")


if __name__ == "__main__":
    main()
