"""Our functions over real HTTP, each under its name, with a test's own services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from functions import (
    console_link,
    customer_changed,
    customer_status,
    email_vcard,
    endpoint,
    make_preview,
    operate,
    outage_list,
    preview_sync,
    start_sync,
    suggestions,
    sync_all,
    sync_customer,
    sync_status,
    sync_wisp,
    watchdog,
    wisp_settings,
)
from infra.standins.google.server import serving
from shared.policy import Mode, Policy
from tests.world import World

MODULES: dict[str, Any] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        console_link,
        customer_status,
        email_vcard,
        make_preview,
        operate,
        outage_list,
        preview_sync,
        start_sync,
        suggestions,
        sync_all,
        sync_customer,
        sync_status,
        sync_wisp,
        watchdog,
        wisp_settings,
    )
}
SERVED = MODULES | {"customer_changed": customer_changed}
"""Those, and what SIMPLer's triggers call with a key."""

MARY = {"id": "17", "email": "mary@example.com", "rights": ["user->gcontact"]}
JOE = {"id": "18", "email": "joe@example.com", "rights": []}


@dataclass(frozen=True, slots=True)
class Served:
    """The functions' common address."""

    address: str

    def post(self, function: str, headers: dict[str, str] | None = None, **body: Any) -> requests.Response:
        """Call a function."""
        return requests.post(f"{self.address}/{function}/", json=body, headers=headers, timeout=30)

    def press(self, function: str, **body: Any) -> requests.Response:
        """Call a function for Mary, who has the right."""
        return self.post(function, **({"wisp": "acme", "user": MARY} | body))


@contextmanager
def served(world: World, policy: Policy | None = None) -> Iterator[Served]:
    """Serve the functions of a world; without a policy, to every caller on this machine."""
    app = _app(policy or Policy(Mode.OPEN, world.clock), world)
    with serving(DispatcherMiddleware(NotFound(), {f"/{name}": app for name in SERVED})) as address:
        yield Served(address)


def _app(policy: Policy, world: World) -> Flask:
    """Return one application for all functions, because making one takes long."""
    app = Flask(__name__, static_folder=None)

    def answer(**_: str) -> Response:
        function = request.root_path.strip("/")
        return endpoint.answer(
            request, function, lambda: policy, lambda: world.services, SERVED[function].handle
        )

    methods = ["GET", "POST", "PUT", "DELETE"]
    app.add_url_rule("/", "root", answer, methods=methods)
    app.add_url_rule("/<path:path>", "path", answer, methods=methods)
    return app
