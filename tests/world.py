"""A whole world for tests: SIMPLer, Google, a database and a vault, each real, on loopback or in a folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import requests

from infra.local.google import GoogleStandIn, NewAccount
from infra.local.simpler.standin import SimplerStandIn
from shared.adapters.simpler.source import SimplerSource
from shared.adapters.sqlite import Database
from shared.adapters.sqlite_leases import SqliteLeases
from shared.adapters.sqlite_state import SqliteState
from shared.adapters.vault import Vault
from shared.bootstrap import book
from shared.config import Settings
from shared.domain.account import Account
from shared.domain.outcome import RunOutcome
from shared.domain.wisp import Wisp
from shared.ports import Task
from shared.usecases.records import account_put, wisp_put
from shared.usecases.services import Services
from shared.usecases.sync_wisp import SyncWisp, sync_wisp
from tests.fake_clock import FakeClock

LABEL = "Azotel SIMPLer - ACME Wireless"


class TaskList:
    """The `TaskQueue` port for tests: remembers."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def enqueue(self, task: Task) -> bool:
        self.tasks.append(task)
        return True


@dataclass(slots=True)
class World:
    """Everything that a run meets.

    Attributes:
        services: As `bootstrap` would build them, on a clock that only tests move.
        simpler: The stand-in for SIMPLer.
        google: The stand-in for Google.
        google_url: Its address.
        wisp: The wisp ``acme``.
        accounts: Its Google accounts.
        tasks: What was handed on.
    """

    services: Services
    simpler: SimplerStandIn
    google: GoogleStandIn
    google_url: str
    clock: FakeClock
    wisp: Wisp
    accounts: Sequence[Account]
    tasks: TaskList = field(default_factory=TaskList)

    def run(self, **members: Any) -> RunOutcome:
        """One run."""
        return sync_wisp(self.services, SyncWisp("acme", **members))

    def snapshot(self, number: int = 0) -> dict[str, Any]:
        """Everything that an account holds."""
        answer = requests.get(f"{self.google_url}/standin/accounts/{self.accounts[number].email}", timeout=10)
        found: dict[str, Any] = answer.json()
        return found

    def labelled(self, number: int = 0) -> dict[str, dict[str, Any]]:
        """An account's contacts in our label, by the customer id that they show."""
        everything = self.snapshot(number)
        members = {n for g in everything["groups"].values() if g["name"] == LABEL for n in g["members"]}
        people = [everything["contacts"][name] for name in members]
        return {person["externalIds"][0]["value"]: person for person in people if "externalIds" in person}

    def user(self, number: int = 0) -> "User":
        """The account's owner, at work in Google Contacts."""
        email = self.accounts[number].email
        answer = requests.post(
            f"{self.google_url}/standin/accounts/{email}/access-token", json={}, timeout=10
        )
        return User(self.google_url, answer.json()["access_token"])

    def counters(self, number: int = 0) -> dict[str, Any]:
        """What Google was asked for an account."""
        url = f"{self.google_url}/standin/counters"
        found: dict[str, Any] = requests.get(
            url, params={"account": self.accounts[number].email}, timeout=10
        ).json()
        return found

    def fault(self, **rule: Any) -> None:
        """Plan a failure of Google's."""
        requests.post(f"{self.google_url}/standin/faults", json=[rule], timeout=10).raise_for_status()


@dataclass(frozen=True, slots=True)
class User:
    """A person who edits his own address book, through the same API with his own token."""

    url: str
    token: str

    def call(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """One request of his."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(
            method, f"{self.url}/v1/{path}", json=body, params=query, headers=headers, timeout=10
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def add(self, **fields: Any) -> str:
        """A contact of his own; gives its resource name."""
        return str(self.call("POST", "people:createContact", fields)["resourceName"])

    def edit(self, name: str, **fields: Any) -> None:
        """Replace some fields of a contact."""
        mask = ",".join(fields)
        person = self.call("GET", name, personFields=f"metadata,{mask}")
        body = {"etag": person["etag"], **fields}
        self.call("PATCH", f"{name}:updateContact", body, updatePersonFields=mask)

    def delete(self, name: str) -> None:
        """Move a contact to the trash."""
        self.call("DELETE", f"{name}:deleteContact")


def customer(number: int, **members: Any) -> dict[str, Any]:
    """A customer as SIMPLer has it."""
    return {
        "customerid": number,
        "name": f"Customer {number}",
        "nickname": f"nick{number}",
        "status": "current",
        "mobile": f"087 {1_000_000 + number}",
    } | members


@contextmanager
def a_world(folder: Path, customers: Sequence[dict[str, Any]], accounts: int = 1) -> Iterator[World]:
    """The wisp ``acme`` with these customers and so many empty Google accounts."""
    google, clock = GoogleStandIn(), FakeClock()
    with SimplerStandIn(customers) as simpler, google.serve() as google_url:
        database, vault, tasks = Database(folder / "state.db"), Vault(folder / "vault"), TaskList()
        state = SqliteState(database)
        settings = Settings(
            state_url=f"sqlite:///{folder}/state.db",
            secrets_url=f"vault:///{folder}/vault",
            people_api_endpoint=google_url,
            oauth_token_uri=f"{google_url}/token",
        )
        services = Services(
            clock,
            state,
            SqliteLeases(database, clock),
            vault,
            tasks,
            lambda wisp: SimplerSource(wisp, vault, clock),
            partial(book, settings, vault, clock),
        )
        wisp = Wisp(
            "acme",
            "ACME Wireless",
            "IE",
            "Europe/Dublin",
            simpler.api,
            simpler.state.operator,
            "simpler-acme",
        )
        keys = {"api_username": simpler.state.api_username, "api_password": simpler.state.api_password}
        vault.put("simpler-acme", msgspec.json.encode(keys).decode())
        vault.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')
        made = [
            Account(f"acme-{n}", "acme", f"office{n}@example.com", f"g{n}", f"token-{n}")
            for n in range(accounts)
        ]
        for account in made:
            token = f"refresh-{account.id}"
            google.world.add_account(NewAccount(account.email, refresh_tokens=[token]))
            vault.put(account.secret, token)
        state.write(wisp_put(wisp), *map(account_put, made))
        yield World(services, simpler, google, google_url, clock, wisp, made, tasks)
