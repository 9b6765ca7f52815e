"""Machine: everything that the sandbox needs, running on loopback while a block runs."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec
import requests

from infra.sandbox.addresses import Ports, address
from infra.sandbox.demo.processes import program
from infra.sandbox.portal import Links, portal
from infra.sandbox.seed import connect, open_accounts, set_up_wisp
from infra.sandbox.settings import (
    DOMAIN,
    OPERATOR,
    SCHEDULER,
    SIMPLER,
    WISP,
    console_address,
    environment,
    functions_address,
)
from infra.standins.google import Fault, GoogleStandIn, Mishap
from infra.standins.google.server import serving
from infra.standins.identity.standin import IdentityStandIn
from infra.standins.sendgrid.server import running as sendgrid
from infra.standins.simpler.backend import Backend
from infra.standins.simpler.generator import make_customers
from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.users import staff
from infra.standins.simpler.website import Site
from shared.bootstrap import build
from shared.config import Settings

OPERATOR_SETTINGS = "operator.env"
"""The file, in the sandbox's folder, with the functions' settings for the operator's command line."""

CUSTOMERS = 600
SEED = 2026

PACE = {"people.batchCreateContacts": 0.8, "people.batchUpdateContacts": 0.8, "people.connections.list": 0.2}
"""Seconds that Google takes for some calls here, so that there is progress to be seen."""


@contextmanager
def running(folder: Path, ports: Ports, *, connected: bool) -> Iterator[str]:
    """Run everything; gives the start page's address.

    Args:
        folder: For state, secrets, mails and logs; what was in it is gone.
        ports: Where the parts listen.
        connected: Whether one Google account is connected and filled already.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    variables, site = environment(folder.resolve(), ports), _site(ports)
    (folder / OPERATOR_SETTINGS).write_text(_exports(variables))
    with ExitStack() as stack:
        identity = stack.enter_context(IdentityStandIn(port=ports.identity))
        google = GoogleStandIn(issuer=identity.issuer, start_page=site.start_page)
        stack.enter_context(google.serve(ports.google))
        stack.enter_context(sendgrid(folder / "outbox", ports.mail, site.start_page))
        simpler = stack.enter_context(_simpler(ports.simpler, site))
        services = build(Settings.read(variables))
        wisp = set_up_wisp(services, simpler)
        open_accounts(google, address(ports.google), console_address(ports))
        if connected:
            connect(services, address(ports.google), wisp)
        _slow_down(google)
        command = ("infra.sandbox.functions", "--port", str(ports.functions))
        stack.enter_context(program(folder / "functions.log", ports.functions, *command, settings=variables))
        links = Links(simpler.address, f"{address(ports.google)}/contacts/", f"{address(ports.mail)}/outbox/")
        five = partial(_let_it_be_five, ports, wisp.time_zone)
        app = portal(links, site, five, partial(_operate, ports))
        yield stack.enter_context(serving(app, port=ports.start_page))


def _exports(variables: Mapping[str, str]) -> str:
    """Return settings as lines that a shell reads."""
    return "".join(f"export {name}={quote(value)}\n" for name, value in variables.items())


def _site(ports: Ports) -> Site:
    backend = Backend(functions_address(ports), address(ports.identity), SIMPLER, WISP)
    return Site(backend, "Cork Wireless", staff(DOMAIN), start_page=f"{address(ports.start_page)}/")


def _simpler(port: int, site: Site) -> SimplerStandIn:
    return SimplerStandIn(_customers(), paging="page", port=port, site=site)


def _customers() -> list[Any]:
    """Return customers, odd ones too, but none without an id: that would stop every removal."""
    made = make_customers(CUSTOMERS, SEED)
    return [record for record in made if isinstance(record, dict) and record.get("customerid")]


def _slow_down(google: GoogleStandIn) -> None:
    google.world.faults.add(
        [Fault(Mishap(hang=seconds), method=method, times=None) for method, seconds in PACE.items()]
    )


def _let_it_be_five(ports: Ports, time_zone: str) -> bool:
    """Do what Cloud Scheduler does at 05:00; whether that started a run."""
    answer = _called(ports, "sync_all", SCHEDULER, msgspec.json.encode({"time_zone": time_zone}))
    answer.raise_for_status()
    return bool(answer.json()["enqueued"])


def _operate(ports: Ports, asked: str) -> str:
    """Do what an operator does in Google's console: call `operate`; give its answer as it is best read."""
    answer = _called(ports, "operate", OPERATOR, asked.encode())
    return f"{answer.status_code}\n{msgspec.json.format(answer.content, indent=2).decode()}"


def _called(ports: Ports, function: str, caller: str, body: bytes) -> requests.Response:
    """Call a function of ours as somebody, with the ID token that Google gives them."""
    url = functions_address(ports).replace("{function}", function)
    asked = {"email": caller, "audience": url}
    token = requests.post(f"{address(ports.identity)}/token-for", json=asked, timeout=30).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return requests.post(f"{url}/", data=body, headers=headers, timeout=300)
