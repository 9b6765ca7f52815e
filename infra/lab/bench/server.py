"""Server: a stand-in as the benchmark runs it: ``python -m infra.lab.bench.server google --port N``."""

import argparse
import gc
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from infra.lab.bench.gauge import Gauge
from infra.standins.google.server import serving
from infra.standins.google.standin import GoogleStandIn
from infra.standins.simpler.customers import Customers
from infra.standins.simpler.standin import create_app
from infra.standins.simpler.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def _app(name: str) -> "WSGIApplication":
    app: WSGIApplication = GoogleStandIn() if name == "google" else create_app(State(Customers(())))
    return app


def main() -> None:
    """Serve until ended."""
    gc.disable()  # looking through 25,000 contacts would hold up answers for a second
    parser = argparse.ArgumentParser(prog="python -m infra.lab.bench.server", description=__doc__)
    parser.add_argument("name", choices=["google", "simpler"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bodies", type=Path, required=True, help="file to which answers are added")
    given = parser.parse_args()
    with serving(Gauge(_app(given.name), given.bodies), port=given.port), suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
