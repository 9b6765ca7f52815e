"""All functions of main.py in one process, by name: ``python -m infra.sandbox.functions --port N``.

Each is served by functions-framework, as Cloud Run would, and sees the path ``/``. On Google Cloud every
function has its own address; here they share one, and tasks of ``inline://`` run in one process.
"""

import argparse
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import functions_framework
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from infra.standins.google.server import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SOURCE = Path(__file__).parents[2] / "main.py"


def entry_points() -> list[str]:
    """Return the names that main.py offers."""
    import main  # noqa: PLC0415  as functions-framework does it: when there is something to serve

    own = {name for name, value in vars(main).items() if getattr(value, "__module__", "") == main.__name__}
    return sorted(name for name in own if not name.startswith("_"))


def _app(name: str) -> "WSGIApplication":
    app: WSGIApplication = functions_framework.create_app(name, str(SOURCE))  # type: ignore[no-untyped-call]  # as it is
    return app


def _rooted(app: "WSGIApplication") -> "WSGIApplication":
    """Return a function as an application that sees ``/`` where the address ends with its name."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return app(environ, start_response)

    return call


@contextmanager
def functions(port: int = 0) -> Iterator[str]:
    """Serve all functions while the block runs; gives the address below which each has its name."""
    apps = {f"/{name}": _rooted(_app(name)) for name in entry_points()}
    with serving(DispatcherMiddleware(NotFound(), apps), port=port) as address:
        yield address


def main() -> None:
    """Serve until interrupted, with the settings of the environment."""
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox.functions", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one (default: %(default)s)")
    with functions(parser.parse_args().port) as address:
        print(f"The functions are at {address}/NAME: {', '.join(entry_points())}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("The functions have ended.")


if __name__ == "__main__":
    main()
