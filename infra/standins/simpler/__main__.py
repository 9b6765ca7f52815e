"""Run the stand-in: ``python -m infra.standins.simpler --port 8082 --customers FILE.json``."""

import argparse
import json
import threading
from pathlib import Path
from typing import get_args

from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.state import Paging


def main() -> None:
    """Serve a file of customers until interrupted; the file itself is never changed."""
    arguments = _arguments()
    customers = json.loads(arguments.customers.read_text(encoding="utf-8"))
    standin = SimplerStandIn(
        customers, paging=arguments.paging, page_size=arguments.page_size, port=arguments.port
    )
    with standin:
        state = standin.state
        print(f"SIMPLer with {len(customers)} customers at {standin.api}", flush=True)
        print(f"api_username {state.api_username}, api_password {state.api_password},", end=" ")
        print(f"operator {state.operator}; change things at {standin.address}/standin/", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("SIMPLer has ended.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.standins.simpler", description=__doc__)
    parser.add_argument(
        "--customers", type=Path, required=True, metavar="FILE.json", help="a list of customers"
    )
    parser.add_argument("--port", type=int, default=8082, help="0 for a free one (default: %(default)s)")
    parser.add_argument("--paging", choices=get_args(Paging), default="all", help="default: %(default)s")
    parser.add_argument("--page-size", type=int, default=500, metavar="N", help="default: %(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    main()
