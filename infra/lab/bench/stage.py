"""Stage: SIMPLer and Google as programs beside this one, a wisp with one account, and nothing else."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from infra.lab.bench.gauge import LATENCY, READING, Reading
from infra.sandbox.demo.processes import free_ports, program
from infra.sandbox.installed import OPERATOR, connect_account, store_wisp
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.model.wisp import Wisp
from shared.typed import from_json

WISP = "acme"
EMAIL = "office@acme.example"
PLENTY = "reads=1000000,writes=1000000,others=1000000,groups=1000000,day=100000000"
"""Quotas that are not what is measured."""

_TIMEOUT = 120
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The surroundings of a scenario.

    Attributes:
        folder: Where the state, the secrets and the bodies of all answers are.
        settings: The service's.
        simpler: SIMPLer's address.
        google: Google's address.
    """

    folder: Path
    settings: Settings
    simpler: str
    google: str

    def set_customers(self, records: list[dict[str, Any]]) -> None:
        """Have SIMPLer list these."""
        answer = requests.put(f"{self.simpler}/standin/customers", json=records, timeout=_TIMEOUT)
        answer.raise_for_status()

    def set_latency(self, seconds: float) -> None:
        """Have each answer of theirs take so long at least."""
        for server in (self.simpler, self.google):
            requests.post(f"{server}{LATENCY}", data=str(seconds), timeout=_TIMEOUT).raise_for_status()

    def readings(self) -> tuple[Reading, Reading]:
        """Return what SIMPLer and Google were asked since this was last called."""
        return _reading(self.simpler), _reading(self.google)

    def answers(self) -> list[Path]:
        """Return the files with all answers since the last call, one a line."""
        written = self.folder.glob("*.bodies")
        return [file.replace(file.with_suffix(".answers")) for file in written]


def _reading(server: str) -> Reading:
    content = requests.get(f"{server}{READING}", timeout=_TIMEOUT).content
    return from_json(content, Reading)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Run both servers, with an empty account and no customers yet."""
    ports = free_ports(2)
    with _server("simpler", folder, ports[0]) as simpler, _server("google", folder, ports[1]) as google:
        settings = Settings(
            state_url=f"sqlite:///{folder}/state.db",
            secrets_url=f"vault:///{folder}/vault",
            people_api_endpoint=google,
            people_quota=PLENTY,
            oauth_token_uri=f"{google}/token",
        )
        seed(settings, google, simpler)
        yield Stage(folder, settings, simpler, google)


def _server(name: str, folder: Path, port: int) -> AbstractContextManager[str]:
    command = ("infra.lab.bench.server", name, "--port", str(port))
    return program(folder / f"{name}.log", port, *command, "--bodies", str(folder / f"{name}.bodies"))


def seed(settings: Settings, google: str, simpler: str) -> None:
    """Store the wisp and its connected account."""
    services = build(settings)
    store_wisp(
        services, Wisp(WISP, "ACME", "IE", "Europe/Dublin", f"{simpler}/restapi/", OPERATOR, "simpler")
    )
    connect_account(services, google, WISP, EMAIL)
