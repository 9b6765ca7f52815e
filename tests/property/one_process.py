"""One process of the service: its accounts go one after the other, things happen to it, and it may die."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from shared.domain.model.account import Account
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.quota import Cost
from shared.errors import OverQuota
from shared.ports import ContactBook, Gate, LeaseStore
from shared.replace import replace
from shared.usecases.base.services import Services
from tests.dying_process import Died
from tests.watched_port import WatchedPort

_WRITES = (
    "write",
    "put",
    "enqueue",
    "create",
    "update",
    "remove",
    "put_in_label",
    "create_label",
    "mark_label",
    "rename_label",
)
"""The calls of ports after which there is a step."""

_PATIENCE = 60
"""Real seconds after which an account's turn is not coming any more."""


class Process:
    """What one process meets, in an order that is the same each time.

    Accounts are written side by side, and each sees the others' waits pass on the one clock; so here they
    take turns, in their order. Before each request to Google and after each write there is a *step*.

    Attributes:
        died: Whether it did.
        steps: How many there were.
    """

    def __init__(self, order: Sequence[str], step: Callable[[int], None], life: int | None = None) -> None:
        """Make a process.

        Args:
            order: The leases of the accounts, in the order in which they take turns.
            step: Called at each step, with its number.
            life: The number of the step at which it dies; None: it lives on.
        """
        self.died = False
        self.steps = 0
        self._step = step
        self._life = life
        self._order = order
        self._turn = 0
        self._turns = threading.Condition()

    def services(self, services: Services) -> Services:
        """Return services as this process sees them."""

        @contextmanager
        def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
            with services.book(account, _Gate(gate, self.step)) as found:
                yield self._watched(found)

        return replace(
            services,
            state=self._watched(services.state),
            leases=_Leases(services.leases, self),
            secrets=self._watched(services.secrets),
            tasks=self._watched(services.tasks),
            source=lambda wisp: self._watched(services.source(wisp)),
            book=book,
        )

    def step(self) -> None:
        """Let something happen, or the process end, or neither."""
        self.must_live()
        self._step(self.steps)
        self.died = self.steps == self._life
        self.steps += 1
        self.must_live()

    def must_live(self) -> None:
        """Raise `Died` when it is dead."""
        if self.died:
            raise Died

    def take_turn(self, lease: str) -> None:
        """Wait until it is the turn of the account with this lease."""
        if lease in self._order:
            with self._turns:
                assert self._turns.wait_for(lambda: self._whose() == lease, _PATIENCE), "no turn came"

    def end_turn(self, lease: str) -> None:
        """Let the next account go on."""
        with self._turns:
            if lease in self._order and self._whose() == lease:
                self._turn += 1
                self._turns.notify_all()

    def _whose(self) -> str:
        return self._order[self._turn % len(self._order)]

    def _watched(self, port: Any) -> Any:
        return WatchedPort(port, self._call)

    def _call(self, name: str, call: Callable[[], Any]) -> Any:
        """Fail when it is dead; after a write there is a step."""
        self.must_live()
        result = call()
        if name in _WRITES:
            self.step()
        return result


class _Gate:
    """A gate behind which there is a step."""

    def __init__(self, gate: Gate, step: Callable[[], None]) -> None:
        self._gate = gate
        self._step = step

    def __call__(self, seconds: float, cost: Cost) -> None:
        self._gate(seconds, cost)
        self._step()

    def refused(self, trouble: OverQuota) -> None:
        self._gate.refused(trouble)


class _Leases:
    """Leases of which an account's is taken in its turn."""

    def __init__(self, leases: LeaseStore, process: Process) -> None:
        self._leases = leases
        self._process = process

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        self._process.take_turn(name)
        try:
            self._process.must_live()
            return self._leases.acquire(name, claim, ttl)
        except BaseException:
            self._process.end_turn(name)
            raise

    def renew(self, lease: Lease, ttl: float) -> Lease:
        self._process.must_live()
        return self._leases.renew(lease, ttl)

    def hand_on(self, lease: Lease, claim: Claim, ttl: float) -> Lease:
        self._process.must_live()
        return self._leases.hand_on(lease, claim, ttl)

    def release(self, lease: Lease) -> None:
        try:
            self._process.must_live()
            self._leases.release(lease)
        finally:
            self._process.end_turn(lease.name)

    def held(self) -> Sequence[str]:
        self._process.must_live()
        return self._leases.held()

    def names(self, prefix: str) -> Sequence[str]:
        self._process.must_live()
        return self._leases.names(prefix)

    def mend(self, name: str, claim: Claim, ttl: float) -> Lease | None:
        self._process.must_live()
        return self._leases.mend(name, claim, ttl)

    def forget(self, name: str) -> bool:
        self._process.must_live()
        return self._leases.forget(name)

    def look(self, name: str) -> tuple[Lease | None, float]:
        self._process.must_live()
        return self._leases.look(name)
