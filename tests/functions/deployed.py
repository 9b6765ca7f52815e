"""The functions as they are deployed: each at an address of its own, served by functions-framework.

``python -m tests.functions.deployed NAME …`` prints the addresses as JSON and serves until it is ended.
"""

import json
import sys
import threading
from contextlib import ExitStack

import functions_framework

from infra.sandbox.functions import SOURCE
from infra.standins.google.server import serving


def main() -> None:
    """Serve the functions of these names."""
    with ExitStack() as stack:
        addresses = {}
        for name in sys.argv[1:]:
            app = functions_framework.create_app(name, str(SOURCE))  # type: ignore[no-untyped-call]  # as it is
            addresses[name] = stack.enter_context(serving(app))
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
