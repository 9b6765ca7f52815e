"""The whole system in one process, and what must be true of it at the end of any story."""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from infra.local.chaos.owner import Owner
from infra.local.chaos.provider import Provider
from infra.local.chaos.verdict import Finding, customers_of, judge, wish_of
from infra.local.google import GoogleStandIn, Lag, NewAccount, Quota, Rules
from infra.local.google.faults import Fault
from infra.local.google.snapshot import take_snapshot
from infra.local.google.world import World as Google
from infra.local.simpler.standin import SimplerStandIn
from shared.adapters.simpler.source import SimplerSource
from shared.adapters.sqlite import Database
from shared.adapters.sqlite_leases import SqliteLeases
from shared.adapters.sqlite_state import SqliteState
from shared.adapters.vault import Vault
from shared.bootstrap import book, consent
from shared.config import Settings
from shared.domain.account import Account
from shared.domain.outcome import RunOutcome
from shared.domain.quota import Limits
from shared.domain.wisp import Wisp
from shared.errors import LeaseHeld, LeaseLost, StopRun
from shared.events import LOGGER, Event
from shared.ports import Task
from shared.signed import Signed
from shared.usecases.preview import preview_sync
from shared.usecases.records import account_put, load_accounts, staying, wisp_put
from shared.usecases.services import Services
from shared.usecases.start_sync import start_sync
from shared.usecases.sync_customer import sync_customer
from shared.usecases.sync_wisp import SyncWisp, sync_wisp
from tests.fake_clock import FakeClock
from tests.mortal import Died
from tests.property.one_process import Process
from tests.world import TaskList

HOUR = 3600.0
MOST_ACCOUNTS = 3

TIGHT = Quota(critical_reads=14, critical_writes=8, write_requests=10, group_reads=4)
USUAL = Quota()

MOST_RUNS = 2
"""Calm runs that may have something to do.

A contact that is put back into the label has a new etag by that, so it is compared with its customer at the
run after; and one that was created a moment before a crash may stand beside its twin until that is seen.
"""

MOST_PERMITS = 3
"""Times that a person lets removals through: what is removed then may show others."""


class Unexpected(logging.Handler):
    """Keeps what the service logs as an internal error."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if getattr(record, "event", None) == Event.INTERNAL_ERROR:
            self.found.append(logging.Formatter().format(record))


@dataclass(slots=True)
class Stage:
    """What outlives a story: the servers, the database's file, the vault. Each story finds them empty.

    Attributes:
        google: Google.
        google_url: Its address.
        simpler: SIMPLer.
        folder: With the database and the vault.
        database: The database.
        vault: The vault.
        unexpected: Internal errors.
        clock: The present story's.
    """

    google: GoogleStandIn
    google_url: str
    simpler: SimplerStandIn
    folder: Path
    database: Database
    vault: Vault
    unexpected: Unexpected
    clock: FakeClock

    def empty(self, rules: Rules) -> None:
        """Nothing has happened yet."""
        self.clock = FakeClock()
        self.google.world = Google(self.google.clock.now, Random(0), rules=rules)
        state = self.simpler.state
        state.customers.replace([])
        state.failure = None
        state.calls.clear()
        self.unexpected.found.clear()
        with self.database.writing() as connection:
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM leases")

    def settings(self) -> Settings:
        """As the environment would give them."""
        return Settings(
            state_url="sqlite:///",
            secrets_url="vault:///",
            people_api_endpoint=self.google_url,
            oauth_token_uri=f"{self.google_url}/token",
        )

    def services(self, tasks: TaskList, limits: Limits) -> Services:
        """As the composition root would build them."""
        clock, vault, settings = self.clock, self.vault, self.settings()
        return Services(
            clock=clock,
            state=SqliteState(self.database, clock),
            leases=SqliteLeases(self.database, clock),
            secrets=vault,
            tasks=tasks,
            mailer=_no_mail,
            source=lambda wisp: SimplerSource(wisp, vault, clock),
            book=partial(book, settings, vault, clock),
            consent=partial(consent, settings, vault, clock),
            signed=partial(Signed, vault, settings.signing_key, clock),
            limits=limits,
        )

    def age_leases(self, seconds: float) -> None:
        """A lease's time is the database's, which is real: so its record is set back."""
        with closing(sqlite3.connect(self.folder / "state.db")) as connection, connection:
            connection.execute("UPDATE leases SET expires_at = expires_at - ?", (seconds,))


def _no_mail() -> Any:
    raise AssertionError("nobody is to be mailed")


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """The servers, while the block runs."""
    unexpected = Unexpected()
    LOGGER.addHandler(unexpected)
    vault = Vault(folder / "vault")
    vault.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')
    google = GoogleStandIn(clock=lambda: stage.clock.now())
    with SimplerStandIn() as simpler, google.serve() as url:
        keys = {"api_username": simpler.state.api_username, "api_password": simpler.state.api_password}
        vault.put("simpler-acme", msgspec.json.encode(keys).decode())
        for number in range(MOST_ACCOUNTS):
            vault.put(f"token-{number}", f"refresh-{number}")
        database = Database(folder / "state.db")
        stage = Stage(google, url, simpler, folder, database, vault, unexpected, FakeClock())
        try:
            yield stage
        finally:
            LOGGER.removeHandler(unexpected)


def limits_of(quota: Quota) -> Limits:
    """What an operator would set, who has read the quota in Google's console."""
    return Limits(quota.critical_reads, quota.critical_writes, quota.write_requests, quota.group_reads)


@dataclass(slots=True)
class System:
    """A story's world.

    Attributes:
        stage: The servers.
        services: Of a process that nothing happens to.
        wisp: The wisp.
        accounts: Its Google accounts.
        owners: Their users.
        provider: The WISP's SIMPLer.
        random: What owners and provider choose by.
        tasks: The queue.
        findings: What must not have happened.
        tally: What happened, and how often.
    """

    stage: Stage
    services: Services
    wisp: Wisp
    provider: Provider
    random: Random
    tasks: TaskList
    accounts: list[Account] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, stage: Stage, customers: int, rules: Rules) -> "System":
        """A wisp with so many customers and one account; SIMPLer lists all at once."""
        stage.empty(rules)
        tasks, random = TaskList(), Random(0)
        provider = Provider(customers, random)
        provider.connect(f"{stage.simpler.address}/standin")
        stage.simpler.state.customers.replace(provider.records)
        where = (stage.simpler.api, stage.simpler.state.operator, "simpler-acme")
        wisp = Wisp("acme", "ACME Wireless", "IE", "Europe/Dublin", *where)
        limits = limits_of(rules.quota or USUAL)
        system = cls(stage, stage.services(tasks, limits), wisp, provider, random, tasks)
        system.services.state.write(wisp_put(wisp))
        system.connect()
        return system

    def connect(self) -> None:
        """One more account is connected, if there is one; it has two contacts of its owner's."""
        number = len(self.accounts)
        if number == MOST_ACCOUNTS:
            return
        email = f"office{number}@example.com"
        self.consent(number, email)
        google_id = self.stage.google.world.accounts[email].user_id
        account = Account(f"acme-{number}", "acme", email, google_id, f"token-{number}")
        self.services.state.write(account_put(account))
        self.accounts.append(account)
        self.owners.append(Owner(self.stage.google_url, email, self.random))
        for _ in range(2):
            self.owners[-1].act("adds a contact")

    def consent(self, number: int, email: str = "") -> None:
        """An owner allows us to reach the account (again)."""
        email = email or self.accounts[number].email
        token = [f"refresh-{number}"]
        self.stage.google.world.add_account(NewAccount(email, refresh_tokens=token, region="IE"))

    def revoke(self, number: int) -> None:
        """An owner takes our access away."""
        self.stage.google.world.credentials.revoke_all(self.accounts[number].email)

    def pass_time(self, seconds: float) -> None:
        """Time passes, everywhere."""
        self.stage.clock.advance(seconds)
        self.stage.age_leases(seconds)

    def at_simpler(self, deed: str, pick: int) -> None:
        """Something happens in SIMPLer, to whom `pick` says."""
        self.random.seed(pick)
        self.tally[self.provider.act(deed)] += 1

    def at_google(self, number: int, deed: str, pick: int) -> None:
        """An owner does something, to what `pick` says."""
        self.random.seed(pick)
        done, found = self.owners[number % len(self.owners)].act(deed)
        self.findings += found
        self.tally[done] += 1

    def reuse_id(self, pick: int) -> None:
        """A customer is deleted, and somebody else gets the id."""
        known = [
            r for r in self.provider.records if isinstance(r, dict) and r.get("name") and r.get("customerid")
        ]
        if known:
            record = known[pick % len(known)]
            record |= {
                "name": f"Somebody Else {pick}",
                "nickname": "new",
                "mobile": f"086 {2_000_000 + pick}",
            }
            self.stage.simpler.state.customers.replace(self.provider.records)

    def plan_fault(self, fault: Fault) -> None:
        """Google is going to fail."""
        self.stage.google.world.faults.add([fault])

    def run(self, life: int | None = None, visits: Mapping[int, Callable[[], None]] | None = None) -> None:
        """The nightly run."""
        self._process(lambda services: sync_wisp(services, SyncWisp("acme")), life, visits)

    def button(self) -> None:
        """Somebody wants a run now."""
        self._process(lambda services: start_sync(services, "acme", "mary@example.com"))

    def deliver(
        self, life: int | None = None, visits: Mapping[int, Callable[[], None]] | None = None
    ) -> None:
        """The queue delivers what was enqueued first, when it is time."""
        if self.tasks.tasks:
            task: Task = self.tasks.tasks.pop(0)
            self.pass_time(task.delay)
            request = msgspec.convert(task.body, SyncWisp)
            self._process(lambda services: sync_wisp(services, request), life, visits)

    def press(self, pick: int, life: int | None = None) -> None:
        """Somebody presses a customer's button."""
        self.random.seed(pick)
        customer = self.provider.anybody()
        self._process(lambda services: sync_customer(services, "acme", customer, "joe@example.com"), life)

    def _process(
        self,
        work: Callable[[Services], Any],
        life: int | None = None,
        visits: Mapping[int, Callable[[], None]] | None = None,
    ) -> Any:
        """A process of the service does something; what came of it, None if nothing."""
        visits = visits or {}
        order = [account.lease for account in staying(load_accounts(self.services.state, "acme"))]
        process = Process(order, lambda number: visits.get(number, _nothing)(), life)
        self.pass_time(1)
        result = None
        try:
            result = work(process.services(self.services))
        except Died:
            self.tally["crashes"] += 1
        except (LeaseHeld, LeaseLost) as trouble:
            self.tally[trouble.reason] += 1
        except StopRun as trouble:
            self.tally[trouble.reason] += 1
        self._look_for_harm()
        return result

    def _look_for_harm(self) -> None:
        """What must not be at any moment, whatever comes right later."""
        self.findings += [Finding("internal", told) for told in self.stage.unexpected.found]
        self.stage.unexpected.found.clear()
        for owner, account in zip(self.owners, self.accounts, strict=True):
            held = take_snapshot(self.stage.google.world.accounts[account.email])["contacts"]
            ours = [customers_of(contact, "acme") for contact in held.values()]
            twice = [c for c, n in Counter(each[0] for each in ours if len(each) == 1).items() if n > 1]
            if twice and not owner.diary.gone:
                self.findings.append(Finding("doubled", f"{account.email}: {twice} were made twice"))

    def calm_down(self) -> None:
        """What went wrong is well again; then everything must come right, and stay so."""
        self._mend()
        for _ in range(MOST_RUNS):
            if not self._calm_run():
                break
        else:
            if self._calm_run():
                self.findings.append(Finding("restless", f"calm run {MOST_RUNS + 1} still wrote"))
        self._judge()

    def _mend(self) -> None:
        google = self.stage.google.world
        google.faults.clear()
        google.rules = msgspec.structs.replace(google.rules, lag=Lag(), max_contacts=25_000)
        self.provider.recover()
        for number, account in enumerate(self.accounts):
            self.consent(number)
            google.accounts[account.email].exhaust(0)
        self.tasks.tasks.clear()
        self.pass_time(26 * HOUR)

    def _calm_run(self) -> int:
        """One run, and those in which a person lets more through; how much they wrote."""
        before = self._writes()
        outcome = self._undisturbed()
        for _ in range(MOST_PERMITS):
            if not any(account.refused for account in outcome.accounts):
                break
            self.pass_time(61)
            allow = preview_sync(self.services, "acme").token
            self.pass_time(61)
            outcome = self._undisturbed(allow)
        wrote = self._writes() - before
        if not wrote and outcome.state != "complete" and outcome.code != "simpler.empty":
            told = f"a calm run that wrote nothing was {outcome.state}: {outcome.code} {outcome.reason}"
            self.findings.append(Finding("incomplete", told))
        return wrote

    def _undisturbed(self, allow: str = "") -> RunOutcome:
        request = SyncWisp("acme", allow=allow)
        outcome = self._process(lambda services: sync_wisp(services, request))
        assert isinstance(outcome, RunOutcome), "nobody else has the lease"
        return outcome

    def _writes(self) -> int:
        return int(self.stage.google.world.counters()["writes"])

    def _judge(self) -> None:
        source = SimplerSource(self.wisp, self.stage.vault, self.stage.clock)
        wish = wish_of(source, self.wisp)
        strayed = frozenset(self.provider.strayed)
        for owner in self.owners:
            self.findings += judge(wish, owner.snapshot(), owner.diary, strayed)
        if self.services.state.find("wisps/acme/presses"):
            self.findings.append(Finding("press", "a press of a customer's button was never worked off"))
        counters = self.stage.google.world.counters()
        if counters["overlapping_writes"]:
            self.findings.append(Finding("overlap", "two requests wrote to one account at once"))
        for metric, use in counters["quota"].items():
            if use["refused"]:
                self.findings.append(Finding("quota", f"{use['refused']} requests were beyond {metric}"))


def _nothing() -> None:
    """Nothing happens."""


def told(findings: Sequence[Finding]) -> list[str]:
    """The findings as lines."""
    return [f"{finding.kind}: {finding.sentence}" for finding in findings]
