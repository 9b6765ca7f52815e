"""Bench: one WISP whose runs are measured, with SIMPLer and Google in other processes."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests

from infra.lab.meter import Meter, MeteredLeases, MeteredSecrets, MeteredState, counted_log
from infra.lab.scale.clock import AheadClock
from infra.lab.scale.cost import Cost
from infra.lab.scale.settings import settings
from infra.sandbox.demo.processes import free_ports, program
from infra.sandbox.installed import OPERATOR, connect_account, store_wisp
from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.simpler.generator import make_customers
from shared.adapters.local.clock import SystemClock
from shared.bootstrap import build
from shared.domain.model.wisp import Wisp
from shared.ports import Task
from shared.replace import replace
from shared.usecases.base.services import Services
from shared.usecases.runs.run import MOST_ATTEMPTS, SyncWisp, sync_wisp

CHANGED = 0.01
"""Share of the customers that change from night to night."""

WISP = "measured"
PAGE = 500
_READS = (".list", ".get", ".getBatchGet", ".batchGet")
"""Ends of the names of methods that only read."""


def _by_use(requests: Mapping[str, int]) -> Mapping[str, int]:
    """Sort requests to Google into the members of `Cost`."""
    used = {"google_reads": 0, "google_writes": 0, "google_batches": 0}
    for method, count in requests.items():
        is_read = method.endswith(_READS)
        is_batch = ".batch" in method or ".modify" in method
        used["google_reads" if is_read else "google_batches" if is_batch else "google_writes"] += count
    return used


class _Nowhere:
    """The `TaskQueue` port for runs that are continued by whoever measures them."""

    def enqueue(self, _task: Task) -> bool:
        return True

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool]:
        return [True] * len(tasks)


@dataclass(slots=True)
class Bench:
    """A wisp whose runs are measured.

    Attributes:
        services: The ports, metered.
        clock: Their time.
        meter: What they were asked.
        google: Address of Google's stand-in.
        simpler: Address of SIMPLer's.
        customers: How many there are.
        accounts: How many are connected.
    """

    services: Services
    clock: AheadClock
    meter: Meter
    google: str
    simpler: str
    customers: int
    accounts: int = 0

    def fill(self) -> None:
        """Connect another Google account, and fill it in as many parts as Google's quota needs."""
        self.accounts += 1
        connect_account(self.services, self.google, WISP, self._email(), self.accounts)
        for _ in range(MOST_ATTEMPTS):
            outcome = sync_wisp(self.services, SyncWisp(WISP))
            if outcome.state == "complete":
                return
        raise SystemExit(f"An account could not be filled: {outcome.reason}")

    def _run(self) -> None:
        outcome = sync_wisp(self.services, SyncWisp(WISP))
        if outcome.state != "complete":
            raise SystemExit(f"A measured run ended as {outcome.state}: {outcome.reason}")

    def night(self, gap: timedelta) -> Cost:
        """Return what a run takes after this time, in which some customers changed."""
        self._pass(gap)
        before, asked, called = replace(self.meter), self._google_requests(), self._simpler_requests()
        slept, cpu = self.clock.slept, time.process_time()
        self._run()
        cpu = time.process_time() - cpu
        sent = {method: count - asked.get(method, 0) for method, count in self._google_requests().items()}
        counted = {name: getattr(self.meter, name) - getattr(before, name) for name in _COUNTED}
        return Cost(
            **_by_use(sent),
            simpler=self._simpler_requests() - called,
            cpu=cpu,
            paused=self.clock.slept - slept,
            **counted,
        )

    def _pass(self, gap: timedelta) -> None:
        self.clock.skip(gap)
        seconds = {"forward_seconds": gap.total_seconds()}
        requests.post(f"{self.google}/standin/clock", json=seconds, timeout=60).raise_for_status()
        number = f"08{int(self.clock.now().timestamp()) % 100_000_000:08}"
        listed = requests.get(f"{self.simpler}/standin/customers", timeout=60).json()
        for record in listed[: max(1, round(self.customers * CHANGED))]:
            address = f"{self.simpler}/standin/customers/{record['customerid']}"
            requests.patch(address, json={"mobile": number}, timeout=60).raise_for_status()

    def _google_requests(self) -> Mapping[str, int]:
        counted: dict[str, int] = {}
        for number in range(1, self.accounts + 1):
            answer = requests.get(
                f"{self.google}/standin/counters", params={"account": self._email(number)}, timeout=60
            )
            for method, count in answer.json()["requests"].items():
                if method != TOKEN_METHOD:
                    counted[method] = counted.get(method, 0) + count
        return counted

    def _simpler_requests(self) -> int:
        return len(requests.get(f"{self.simpler}/standin/calls", timeout=60).json())

    def _email(self, number: int = 0) -> str:
        return f"office{number or self.accounts}@example.com"


_COUNTED = ("trips", "reads", "writes", "deletes", "secrets", "lines", "logged")


@contextmanager
def bench(folder: Path, customers: int) -> Iterator[Bench]:
    """Set up a wisp without accounts, its SIMPLer and Google in other processes."""
    folder.mkdir(parents=True)
    listed = folder / "customers.json"
    listed.write_text(json.dumps(make_customers(customers, seed=7, odd=False)))
    ports = free_ports(2)
    paging = ("--paging", "page", "--page-size", str(PAGE))
    files = ("--customers", str(listed), *paging)
    with (
        program(folder / "google.log", ports[0], "infra.standins.google", "--port", str(ports[0])) as google,
        program(
            folder / "simpler.log", ports[1], "infra.standins.simpler", "--port", str(ports[1]), *files
        ) as simpler,
        counted_log() as meter,
    ):
        clock = AheadClock(SystemClock())
        services = _services(folder, google, clock, meter)
        store_wisp(services, _wisp(simpler))
        yield Bench(services, clock, meter, google, simpler, customers)


def _services(folder: Path, google: str, clock: AheadClock, meter: Meter) -> Services:
    chosen = settings(folder, google)
    secrets = MeteredSecrets(build(chosen).secrets, meter)
    built = build(chosen, clock=clock, secrets=secrets, tasks=_Nowhere())
    return replace(built, state=MeteredState(built.state, meter), leases=MeteredLeases(built.leases, meter))


def _wisp(simpler: str) -> Wisp:
    profile = {"listing": {"paging": {"style": "page", "size": PAGE}}}
    return Wisp(
        WISP,
        "Measured Wireless",
        "IE",
        "Europe/Dublin",
        f"{simpler}/restapi/",
        OPERATOR,
        "simpler",
        simpler_profile=profile,
    )
