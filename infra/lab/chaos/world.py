"""World: all that one schedule has: a wisp, its accounts and their owners, SIMPLer, Google, a database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import requests

from infra.lab.chaos.clock import SharedTime
from infra.lab.chaos.database import Ages, Database
from infra.lab.chaos.fault_plan import FaultPlan
from infra.lab.chaos.owner import Owner
from infra.lab.chaos.process import Process, started
from infra.lab.chaos.provider import Provider
from infra.lab.chaos.standins import CLIENT, PAGE, Addresses, Setup, StandIns
from infra.lab.chaos.verdict import Finding
from infra.lab.chaos.work import Site, Task
from infra.standins.google import Rules
from infra.standins.simpler.state import Paging
from shared.config import Settings
from shared.domain.model.account import Account
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import Leavers, Wisp
from shared.usecases.base.documents import account_put, wisp_put

TIMEOUT = 30
_SECRET = "chaos-secret"
"""What every secret holds, so that one that got into the state is found there."""


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """The beginning of a schedule.

    Attributes:
        seed: Which schedule.
        customers: How many SIMPLer has.
        accounts: How many Google accounts there are.
        paging: How SIMPLer lists.
        rules: How Google behaves.
        quota: As the setting PEOPLE_QUOTA; empty for the usual limits.
        name: Of the wisp, and so of the label.
        leavers: What happens to leavers' contacts.
    """

    seed: int
    customers: int
    accounts: int
    paging: Paging
    rules: Rules
    quota: str = ""
    name: str = "ACME Wireless"
    leavers: Leavers = "remove"


@dataclass(slots=True)
class World:
    """The world of one schedule.

    Attributes:
        plan: What it began with.
        random: All its choices.
        time: Simulated time.
        ages: Of the leases.
        database: The state.
        site: Where its processes run.
        wisp: The wisp.
        accounts: Its Google accounts.
        owners: Their users.
        provider: SIMPLer.
        fault_plan: Google's faults.
        addresses: Where the stand-ins are.
        scopes: What was chosen that an account holds, by its id.
        tally: What happened, and how often.
        findings: What must not have happened.
        log: Every event.
    """

    plan: WorldPlan
    random: Random
    time: SharedTime
    ages: Ages
    database: Database
    site: Site
    wisp: Wisp
    accounts: Sequence[Account]
    owners: Sequence[Owner]
    provider: Provider
    fault_plan: FaultPlan
    addresses: Addresses
    scopes: dict[str, Scope] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    _began: float = 0

    def note(self, line: str) -> None:
        """Write a line into the log."""
        self._began = self._began or self.time.seconds
        self.log.append(f"{timedelta(seconds=round(self.time.seconds - self._began, 2))} {line}")

    def report(self, kind: str, sentence: str) -> None:
        """Note that something is as it must not be."""
        self.findings.append(Finding(kind, sentence))
        self.note(f"!! {kind}: {sentence}")

    def report_all(self, findings: Sequence[Finding]) -> None:
        """Note several findings."""
        for finding in findings:
            self.report(finding.kind, finding.sentence)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, everywhere."""
        self.time.advance(seconds)
        self.ages.pass_by(seconds)

    def start(self, kind: str, others: Sequence[Process] = (), **arguments: Any) -> Process:
        """Start a process."""
        self.tally["processes"] += 1
        task = Task(kind, self.random.getrandbits(32), arguments)
        return started(f"{kind} {self.tally['processes']}", task, self.site, self.time, others)

    def do(self, kind: str, **arguments: Any) -> dict[str, Any]:
        """Start a process, let it run undisturbed to its end, and return what came of it."""
        process = self.start(kind, **arguments)
        self.note(f"-- {process.name}, undisturbed")
        while process.outcome is None:
            actor = process.runnable[0]
            event = process.ready[actor]
            if event.what == "sleep":
                self.pass_time(event.facts["seconds"])
            self.ages.settle()
            process.go_on(actor, answer=event.what == "enqueue" or None)
        for trace in process.outcome["unexpected"]:
            self.report("unexpected", trace)
        return process.outcome

    def tell_google(self, path: str, **body: Any) -> None:
        """Ask something of the stand-in's side door."""
        url = f"{self.addresses.google}/standin/{path}"
        requests.post(url, json=body, timeout=TIMEOUT).raise_for_status()

    def counters(self) -> Mapping[str, Any]:
        """Return what Google was asked."""
        url = f"{self.addresses.google}/standin/counters"
        counters: dict[str, Any] = requests.get(url, timeout=TIMEOUT).json()
        return counters

    def consent(self) -> None:
        """Have every owner allow the service to reach the account."""
        for owner in self.owners:
            self.tell_google("accounts", **new_account(owner.email))


def new_account(email: str) -> dict[str, Any]:
    """Return what tells the stand-in of an account and its owner's consent."""
    client, secret = CLIENT
    token = {"refresh_tokens": [_token(email)]}
    return {"email": email, "client_id": client, "client_secret": secret, "region": "IE", **token}


def _token(email: str) -> str:
    return f"1//{_SECRET}-{email}"


def build(plan: WorldPlan, standins: StandIns, time: SharedTime, database: Database, folder: Path) -> World:
    """Set everything up, the state included."""
    time.reset()
    random = Random(plan.seed)
    provider = Provider(plan.customers, random)
    emails = [f"office{number}@example.com" for number in range(plan.accounts)]
    tokens = {email: _token(email) for email in emails}
    addresses = standins.build(Setup(plan.seed, plan.rules, tokens, provider.records, plan.paging))
    provider.connect(addresses.side)
    vault = folder / "vault"
    site = Site(_settings(plan, database, addresses, vault), vault, "acme")
    world = World(
        plan,
        random,
        time,
        Ages(database),
        database,
        site,
        _wisp(plan, addresses),
        [
            Account(f"acme-{n}", "acme", e, addresses.google_ids[e], f"token-{n}")
            for n, e in enumerate(emails)
        ],
        [Owner(addresses.google, email, random, lambda: time.seconds) for email in emails],
        provider,
        FaultPlan(addresses.google, random),
        addresses,
    )
    _set_up(world, tokens)
    return world


def _settings(plan: WorldPlan, database: Database, addresses: Addresses, vault: Path) -> Settings:
    google = addresses.google
    return Settings(
        state_url=database.url,
        secrets_url=f"vault:///{vault}",
        people_api_endpoint=google,
        oauth_token_uri=f"{google}/token",
        people_quota=plan.quota,
    )


def _wisp(plan: WorldPlan, addresses: Addresses) -> Wisp:
    size = {"size": PAGE} if plan.paging == "page" else {}
    profile = {"listing": {"paging": {"style": plan.paging, **size}}}
    where = (addresses.simpler, addresses.credentials[2], "simpler-acme")
    return Wisp(
        "acme",
        plan.name,
        "IE",
        "Europe/Dublin",
        *where,
        simpler_profile=profile,
        leavers=plan.leavers,
        former_days=1,
    )


def _set_up(world: World, tokens: Mapping[str, str]) -> None:
    """Write the wisp's documents and secrets."""
    puts = (wisp_put(world.wisp), *map(account_put, world.accounts))
    username, password, _ = world.addresses.credentials
    keys = {"api_username": username, "api_password": password}
    kept = {account.secret: tokens[account.email] for account in world.accounts}
    kept["simpler-acme"] = msgspec.json.encode(keys).decode()
    client, secret = CLIENT
    kept["oauth-client"] = msgspec.json.encode({"client_id": client, "client_secret": secret}).decode()
    world.do("set up", documents={put.path: put.document for put in puts}, kept=kept)


def secrets_of(world: World) -> Sequence[str]:
    """Return what must never be in the state."""
    return (_SECRET, CLIENT[1], world.addresses.credentials[1], "ya29.")
