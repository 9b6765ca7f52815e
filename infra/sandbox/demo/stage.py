"""The stage: SIMPLer and Google as stand-ins, our functions, a wisp with two accounts, all on loopback."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from infra.sandbox.demo.processes import free_ports, program
from infra.sandbox.installed import OPERATOR, connect_account, store_wisp
from infra.sandbox.settings import PLENTY
from infra.standins.google.user import User
from infra.standins.simpler.generator import make_customers
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.model.wisp import Wisp
from shared.usecases.base.services import Services

FOLDER = Path(".local/demo")
WISP = "cork"
EMAILS = ("office@corkwireless.example", "van1@corkwireless.example")
CUSTOMERS = 1000
SEED = 2026


@dataclass(frozen=True, slots=True)
class Stage:
    """The surroundings of the acts.

    Attributes:
        services: The service's own state, to seed it and to watch progress.
        wisp: The provider.
        simpler: Address of SIMPLer's stand-in.
        functions: Address of our functions, each under its name.
        mail: Address of SendGrid's stand-in.
        users: The owners of the two accounts.
    """

    services: Services
    wisp: Wisp
    simpler: str
    functions: str
    mail: str
    users: tuple[User, ...]

    def call(self, function: str, body: Mapping[str, Any], accept: str = "") -> requests.Response:
        """Call one of our functions."""
        headers = {"Accept": accept} if accept else {}
        return requests.post(f"{self.functions}/{function}", json=body, headers=headers, timeout=300)


@contextmanager
def set_up() -> Iterator[Stage]:
    """Run everything, with nothing in the accounts but their users' own contacts."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    customers = FOLDER / "customers.json"
    customers.write_text(json.dumps(make_customers(CUSTOMERS, SEED)))
    ports = free_ports(4)
    with ExitStack() as stack:
        google = stack.enter_context(
            program(FOLDER / "google.log", ports[0], "infra.standins.google", "--port", str(ports[0]))
        )
        simpler = stack.enter_context(
            program(
                FOLDER / "simpler.log",
                ports[1],
                "infra.standins.simpler",
                *("--port", str(ports[1]), "--customers", str(customers), "--paging", "page"),
            )
        )
        outbox = str(FOLDER / "outbox")
        mail = stack.enter_context(
            program(
                FOLDER / "sendgrid.log",
                ports[2],
                "infra.standins.sendgrid",
                *("--port", str(ports[2]), "--outbox", outbox),
            )
        )
        settings = _settings(google, mail)
        functions = stack.enter_context(_functions(ports[3], settings))
        services = build(settings)
        wisp = _seed(services, google, simpler)
        users = tuple(User.of(google, email) for email in EMAILS)
        yield Stage(services, wisp, simpler, functions, mail, users)


def _settings(google: str, mail: str) -> Settings:
    folder = FOLDER.resolve()
    return Settings(
        state_url=f"sqlite:///{folder}/state.db",
        secrets_url=f"vault:///{folder}/vault",
        people_api_endpoint=google,
        people_quota=PLENTY,
        oauth_token_uri=f"{google}/token",
        sendgrid_endpoint=mail,
        mail_from="Cork Wireless <simpler@corkwireless.example>",
        caller_mode="open",
    )


def _functions(port: int, settings: Settings) -> AbstractContextManager[str]:
    """Run all our functions under functions-framework."""
    values = asdict(settings)
    variables = {name.upper(): value for name, value in values.items() if isinstance(value, str) and value}
    command = ("infra.sandbox.functions", "--port", str(port))
    return program(FOLDER / "functions.log", port, *command, settings=variables)


def _seed(services: Services, google: str, simpler: str) -> Wisp:
    """Store the wisp and its connected accounts."""
    wisp = Wisp(
        WISP,
        "Cork Wireless",
        "IE",
        "Europe/Dublin",
        f"{simpler}/restapi/",
        OPERATOR,
        "simpler-cork",
        simpler_profile={"listing": {"paging": {"style": "page"}}},
    )
    store_wisp(services, wisp)
    for number, email in enumerate(EMAILS, 1):
        connect_account(services, google, WISP, email, number)
    return wisp
