"""System: the whole service in one process, and what happens to it and around it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from infra.lab.chaos.owner import Owner
from infra.lab.chaos.provider import Provider
from infra.lab.chaos.verdict import Finding, count_of
from infra.standins.google import NewAccount, Quota, Rules
from infra.standins.google.faults import Fault
from infra.standins.google.snapshot import take_snapshot
from shared.domain.model.account import Account
from shared.domain.model.quota import Limits
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, LeaseLost, StopRun
from shared.ports import Task
from shared.usecases.base.documents import account_put, active_accounts, load_accounts, wisp_put
from shared.usecases.base.services import Services
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from tests.dying_process import Died
from tests.property.one_process import Process
from tests.property.stage import MOST_ACCOUNTS, Stage
from tests.world import TaskList

REUSE = "an id is used again"

Visits = Mapping[int, Callable[[], None]]
"""What somebody else does at which step of a process."""


def limits_of(quota: Quota) -> Limits:
    """Return the limits that an operator sets after reading Google's console."""
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
        """Set up a wisp with customers and one account."""
        stage.empty(rules)
        tasks, random = TaskList(), Random(0)
        provider = Provider(customers, random)
        provider.connect(f"{stage.simpler.address}/standin")
        stage.simpler.state.customers.replace(provider.records)
        where = (stage.simpler.api, stage.simpler.state.operator, "simpler-acme")
        wisp = Wisp("acme", "ACME Wireless", "IE", "Europe/Dublin", *where)
        limits = limits_of(rules.quota or Quota())
        system = cls(stage, stage.services(tasks, limits), wisp, provider, random, tasks)
        system.services.state.write(wisp_put(wisp))
        system.connect()
        return system

    def connect(self) -> None:
        """Connect one more account, if there is one, with two contacts of its owner's."""
        number = len(self.accounts)
        if number == MOST_ACCOUNTS:
            return
        email = f"office{number}@example.com"
        self.consent(number, email)
        google_id = self.stage.google.world.accounts[email].user_id
        account = Account(f"acme-{number}", "acme", email, google_id, f"token-{number}")
        self.services.state.write(account_put(account))
        self.accounts.append(account)
        self.owners.append(Owner(self.stage.google_url, email, self.random, self._now))
        for _ in range(2):
            self.owners[-1].act("adds a contact")

    def _now(self) -> float:
        return self.stage.clock.now().timestamp()

    def consent(self, number: int, email: str = "") -> None:
        """Have an owner allow us to reach the account (again)."""
        email = email or self.accounts[number].email
        token = [f"refresh-{number}"]
        self.stage.google.world.add_account(NewAccount(email, refresh_tokens=token, region="IE"))

    def revoke(self, number: int) -> None:
        """Have an owner take our access away."""
        self.stage.google.world.credentials.revoke_all(self.accounts[number].email)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, everywhere."""
        self.stage.clock.advance(seconds)
        self.stage.age_leases(seconds)

    def at_simpler(self, deed: str, pick: int) -> None:
        """Let something happen in SIMPLer, to the customer that `pick` says."""
        self.random.seed(pick)
        if deed == REUSE:
            self._reuse_id(pick)
        else:
            self.tally[self.provider.act(deed)] += 1

    def at_google(self, number: int, deed: str, pick: int) -> None:
        """Have an owner do something, to what `pick` says."""
        self.random.seed(pick)
        done, found = self.owners[number % len(self.owners)].act(deed)
        self.findings += found
        self.tally[done] += 1

    def _reuse_id(self, pick: int) -> None:
        """Delete a customer, and give the id to somebody else."""
        records = (record for record in self.provider.records if isinstance(record, dict))
        known = [record for record in records if record.get("name") and record.get("customerid")]
        if known:
            new = {"name": f"Somebody Else {pick}", "nickname": "new", "mobile": f"086 {2_000_000 + pick}"}
            known[pick % len(known)].update(new)
            self.stage.simpler.state.customers.replace(self.provider.records)
            self.tally[REUSE] += 1

    def plan_fault(self, fault: Fault) -> None:
        """Plan a failure of Google's."""
        self.stage.google.world.faults.add([fault])

    def run(self, life: int | None = None, visits: Visits | None = None) -> None:
        """Do the nightly run."""
        self.process(lambda services: sync_wisp(services, SyncWisp("acme")), life, visits)

    def button(self) -> None:
        """Press the button, as somebody."""
        self.process(lambda services: start_sync(services, "acme", "mary@example.com"))

    def deliver(self, life: int | None = None, visits: Visits | None = None) -> None:
        """Deliver the task that was enqueued first, when it is due."""
        if self.tasks.tasks:
            task: Task = self.tasks.tasks.pop(0)
            self.pass_time(task.delay)
            request = msgspec.convert(task.body, SyncWisp)
            self.process(lambda services: sync_wisp(services, request), life, visits)

    def press(self, pick: int, life: int | None = None, visits: Visits | None = None) -> None:
        """Press a customer's button, as somebody."""
        self.random.seed(pick)
        customer = self.provider.anybody()
        self.process(
            lambda services: sync_customer(services, "acme", customer, "joe@example.com"), life, visits
        )

    def process(
        self,
        work: Callable[[Services], Any],
        life: int | None = None,
        visits: Visits | None = None,
    ) -> Any:
        """Have a process of the service do something, and return the outcome, or None."""
        visits = visits or {}
        order = [account.lease for account in active_accounts(load_accounts(self.services.state, "acme"))]
        process = Process(order, lambda number: visits.get(number, _nothing)(), life)
        self.pass_time(1)
        self.tally["processes"] += 1
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
        """Check what must hold at every moment."""
        self.findings += [Finding("internal", told) for told in self.stage.unexpected.found]
        self.stage.unexpected.found.clear()
        for owner in self.owners:
            held = take_snapshot(self.stage.google.world.accounts[owner.email])["contacts"]
            counts = count_of(held, "acme").items()
            twice = [customer for customer, count in counts if count > 1 and customer not in owner.brought]
            if twice:
                self.findings.append(Finding("doubled", f"{owner.email}: {twice} were made twice"))


def _nothing() -> None:
    """Do nothing."""
