"""A whole world for tests: SIMPLer, Google, a database and a vault, each real, on loopback or in a folder."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import requests

from infra.standins.google import GoogleStandIn, NewAccount, Rules
from infra.standins.google.faults import TOKEN_METHOD, Fault
from infra.standins.google.side_requests import Minting
from infra.standins.google.snapshot import take_snapshot
from infra.standins.google.user import User, connected
from infra.standins.google.world import NewClient
from infra.standins.identity.issuer import Issuer
from infra.standins.identity.key import Key
from infra.standins.sendgrid.server import StandIn
from infra.standins.sendgrid.server import running as sendgrid
from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.state import Paging
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.adapters.local.sqlite.state import SqliteState
from shared.bootstrap import build, perform
from shared.config import Settings
from shared.domain.model.account import Account
from shared.domain.model.quota import Limits
from shared.domain.model.run import RunOutcome
from shared.domain.model.wisp import Wisp
from shared.errors import Trouble
from shared.ports import Document, SecretStore, Task
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import Again, Night, sync_all
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.fake_clock import FakeClock
from tests.kept_database import KeptDatabase
from tests.reused_server import reused_server

LABEL = "Azotel SIMPLer - ACME Wireless"
CONSOLE = "https://console.example"
PLENTY = Limits(*[10**6] * 5)
"""Quotas that no test uses up by chance."""


class TaskList:
    """The `TaskQueue` port for tests: remembers; what has a name, once. It may refuse many.

    Attributes:
        tasks: What was handed on.
        refusal: What many are refused with.
        does: Does a preview at once, as a queue without delay would; None: it is remembered as well.
    """

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.refusal: Trouble | None = None
        self.does: Callable[[str, Document], None] | None = None

    def enqueue(self, task: Task) -> bool:
        if task.function == "make_preview" and self.does:
            self.does(task.function, task.body)
            return True
        if task.name and task.name in [known.name for known in self.tasks]:
            return False
        self.tasks.append(task)
        return True

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        return [self.refusal or self.enqueue(task) for task in tasks]


@dataclass(slots=True)
class World:
    """Everything that a run meets.

    Attributes:
        services: As `bootstrap` would build them, on a clock that only tests move.
        simpler: The stand-in for SIMPLer.
        google: The stand-in for Google.
        google_url: Its address.
        mail: The stand-in for SendGrid, with its outbox.
        clock: The services' time, which tests move.
        wisp: The wisp ``acme``.
        accounts: Its Google accounts.
        database: The file with the state.
        tasks: What was handed on.
    """

    services: Services
    simpler: SimplerStandIn
    google: GoogleStandIn
    google_url: str
    mail: StandIn
    clock: FakeClock
    wisp: Wisp
    accounts: Sequence[Account]
    database: Path
    tasks: TaskList = field(default_factory=TaskList)
    _http: requests.Session = field(default_factory=connected)

    def run(self, wisp: str = "acme") -> RunOutcome:
        """Run once, a second after whatever was before."""
        self.clock.advance(1)
        return sync_wisp(self.services, SyncWisp(wisp))

    def start_night(self, again: Again = "") -> Night:
        """Call the nightly start, as Cloud Scheduler does."""
        return sync_all(self.services, self.wisp.time_zone, again)

    def work(self) -> RunOutcome:
        """Do the task that was handed on last, as the queue would."""
        self.clock.advance(1)
        return sync_wisp(self.services, msgspec.convert(self.tasks.tasks.pop().body, SyncWisp))

    def expire(self, seconds: float, lease: str = "%") -> None:
        """Let leases run out without waiting: the database's clock is real, so their records are set back."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            later = "UPDATE leases SET expires_at = expires_at - ? WHERE name LIKE ?"
            connection.execute(later, (seconds, lease))

    def snapshot(self, number: int = 0) -> dict[str, Any]:
        """Return everything that an account holds."""
        account = self.google.world.accounts[self.accounts[number].email]
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(take_snapshot(account)))
        return found

    def labelled(self, number: int = 0) -> dict[str, dict[str, Any]]:
        """Return an account's contacts in our label, by the customer id that they show."""
        everything = self.snapshot(number)
        members = {n for g in everything["groups"].values() if g["name"] == LABEL for n in g["members"]}
        people = [everything["contacts"][name] for name in members]
        return {person["externalIds"][0]["value"]: person for person in people if "externalIds" in person}

    def user(self, number: int = 0) -> User:
        """Return the account's owner, at work in Google Contacts."""
        email = self.accounts[number].email
        token = self.google.world.credentials.mint(email, Minting().scopes, of_owner=True)
        return User(self.google_url, email, token, self._http)

    def counters(self, number: int = 0) -> dict[str, Any]:
        """Return what Google was asked for an account."""
        counters = self.google.world.counters(self.accounts[number].email)
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(counters))
        return found

    def people_requests(self, number: int = 0) -> int:
        """Return how many requests reached the People API for an account."""
        asked = self.counters(number)["requests"]
        return sum(count for method, count in asked.items() if method != TOKEN_METHOD)

    def leave(self, *customers: int) -> None:
        """Let customers leave, in SIMPLer."""
        for number in customers:
            self.simpler.state.customers.patch(str(number), {"status": "post"})

    def add_own_contacts(self, count: int) -> None:
        """Add contacts of the first account's user."""
        for start in range(0, count, 200):
            people = [
                {"contactPerson": {"names": [{"givenName": f"Friend {n}"}]}}
                for n in range(start, min(count, start + 200))
            ]
            self.user().call("POST", "people:batchCreateContacts", {"contacts": people, "readMask": "names"})

    def own_contacts(self) -> dict[str, Any]:
        """Return the first account's contacts that carry no mark of ours, as they are stored."""
        contacts = self.snapshot()["contacts"]
        return {name: person for name, person in contacts.items() if "clientData" not in person}

    def environment(self, audience: str, caller: str, functions: Iterable[str]) -> dict[str, str]:
        """Return the variables with which the functions of another process use this world.

        Args:
            audience: That of callers' ID tokens.
            caller: A service account.
            functions: What it may call.
        """
        return {
            "STATE_URL": f"sqlite:///{self.database}",
            "SECRETS_URL": f"vault:///{self.database.parent}/vault",
            "PEOPLE_API_ENDPOINT": self.google_url,
            "OAUTH_TOKEN_URI": f"{self.google_url}/token",
            "SENDGRID_ENDPOINT": self.mail.address,
            "CONSOLE_URL": CONSOLE,
            "MAIL_FROM": "SIMPLer <simpler@example.com>",
            "CALLER_MODE": "verify",
            "CALLER_AUDIENCE": audience,
            "CALLERS": json.dumps({caller: {"functions": sorted(functions)}}),
        }

    def fault(self, **rule: Any) -> None:
        """Plan a failure of Google's."""
        self.google.world.faults.add([msgspec.convert(rule, Fault)])


def customer(number: int, **members: Any) -> dict[str, Any]:
    """Return a customer as SIMPLer has it."""
    return {
        "customerid": number,
        "name": f"Customer {number}",
        "nickname": f"nick{number}",
        "status": "current",
        "mobile": f"087 {1_000_000 + number}",
    } | members


@cache
def google_key() -> Key:
    """Return the key that tests let Google sign with: to make one takes long."""
    return Key()


@cache
def issuer() -> Issuer:
    """Return what signs Google's ID tokens, for tests that do not change it."""
    return Issuer(google_key())


def _account(google: GoogleStandIn, secrets: SecretStore, number: int) -> Account:
    """Return an account whose owner has consented."""
    email, id_ = f"office{number}@example.com", f"acme-{number}"
    google.world.add_account(NewAccount(email, refresh_tokens=[f"refresh-{id_}"]))
    secrets.put(f"token-{number}", f"refresh-{id_}")
    return Account(id_, "acme", email, google.world.accounts[email].user_id, f"token-{number}")


def _profile(paging: Paging) -> dict[str, Any]:
    """Return what an operator would override: the style, and pages of ten."""
    size = {"size": 10} if paging == "page" else {}
    return {"listing": {"paging": {"style": paging, **size}}}


@contextmanager
def a_world(
    folder: Path,
    customers: Sequence[dict[str, Any]],
    accounts: int = 1,
    paging: Paging = "all",
    rules: Rules | None = None,
    *,
    console_url: str = CONSOLE,
    limits: Limits | None = None,
) -> Iterator[World]:
    """Set up the wisp ``acme`` with these customers and empty Google accounts."""
    google, clock = GoogleStandIn(rules=rules, issuer=issuer()), FakeClock()
    with (
        SimplerStandIn(customers, paging=paging, page_size=10) as simpler,
        reused_server(google) as google_url,
        sendgrid(folder / "outbox") as mail,
        closing(KeptDatabase(folder / "state.db")) as database,
    ):
        tasks = TaskList()
        settings = Settings(
            state_url=f"sqlite:///{folder}/state.db",
            secrets_url=f"vault:///{folder}/vault",
            people_api_endpoint=google_url,
            oauth_auth_uri=f"{google_url}/o/oauth2/v2/auth",
            oauth_token_uri=f"{google_url}/token",
            oauth_revoke_uri=f"{google_url}/revoke",
            google_certs_url=f"{google_url}/oauth2/v1/certs",
            sendgrid_endpoint=mail.address,
            mail_from="SIMPLer <simpler@example.com>",
            console_url=console_url,
        )
        services = replace(
            build(settings, clock=clock, tasks=tasks),
            state=SqliteState(database, clock),
            leases=SqliteLeases(database, clock),
            limits=limits or PLENTY,
        )
        wisp = Wisp(
            "acme",
            "ACME Wireless",
            "IE",
            "Europe/Dublin",
            simpler.api,
            simpler.state.operator,
            "simpler-acme",
            simpler_profile=_profile(paging),
        )
        tasks.does = partial(perform, lambda: services)
        services.secrets.put("simpler-acme", simpler.state.secret())
        services.secrets.put("sendgrid-key", "SG.made-up")
        services.secrets.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')
        google.world.add_client(NewClient("client", "secret", [f"{console_url}/oauth/callback"], "SIMPLer"))
        made = [_account(google, services.secrets, number) for number in range(accounts)]
        services.state.write(wisp_put(wisp), *map(account_put, made))
        yield World(
            services, simpler, google, google_url, mail, clock, wisp, made, folder / "state.db", tasks
        )
