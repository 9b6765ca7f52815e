"""Leases: take one, renew it between requests (never in a thread), fence writes with it, give it back."""

import secrets
import threading
from types import TracebackType
from typing import Self

from shared.domain.model.lease import Claim, ClaimKind, Lease, run_name
from shared.domain.model.quota import Cost
from shared.errors import OverQuota, RetryLater
from shared.ports import Clock, Drop, Put
from shared.usecases.base.documents import run_id
from shared.usecases.base.rate_limit import RateLimit
from shared.usecases.base.services import Services

TTL = 300.0
"""Seconds that a lease is granted for: more than the longest request (180 + 30 s) and `LEASE_MARGIN`."""

LEASE_MARGIN = 15.0
"""Seconds that a lease must outlive a request's worst case by."""

RUN_DEADLINE = 25 * 60.0
"""Seconds after which nothing that works on its own starts a request: a run, a restore, deleting a wisp.

Shorter than the timeout of the function `sync_wisp` (29 min)."""

WAITING_DEADLINE = 4 * 60.0
"""Seconds after which no request starts while a person waits: a press, a preview.

Shorter than the shortest timeout of their functions (`sync_customer`: 5 min)."""


def lease_of(wisp: str) -> str:
    """Return the name of the lease that allows one run per wisp."""
    return f"wisp-{wisp}"


def new_claim(services: Services, kind: ClaimKind, by: str, run: str = "") -> Claim:
    """Return a claim that nobody else has, not even a retry of the same run.

    Args:
        services: The ports.
        kind: What the lease is for.
        by: The person or job, in words that others may read.
        run: Id of the run or request that it is for; empty: a new id.
    """
    return Claim(secrets.token_hex(8), run or run_name(kind, run_id(services.clock.now())), by, kind)


def hold(services: Services, name: str, claim: Claim, ttl: float = TTL) -> "HeldLease":
    """Take a lease for as long as a ``with`` block lasts.

    Raises:
        LeaseHeld: Somebody else has it.
        RetryLater: The database cannot be reached.
    """
    return HeldLease(services, services.leases.acquire(name, claim, ttl))


class HeldLease:
    """A lease that we hold, given back when its ``with`` block ends.

    Safe for the threads of one run: all of its accounts renew the wisp's lease.
    """

    def __init__(self, services: Services, lease: Lease) -> None:
        """Wrap a lease that was granted to us."""
        assert lease.claim is not None, "a lease that was granted has a claim"
        self.claim = lease.claim
        self._leases = services.leases
        self._state = services.state
        self._clock = services.clock
        self._lock = threading.Lock()
        self._lease = lease

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leases.release(self._lease)

    def outlive(self, seconds: float) -> None:
        """Renew the lease if it ends within `seconds` and a margin; raise `LeaseLost` if we have lost it."""
        with self._lock:
            if self._lease.deadline - self._clock.monotonic() < seconds + LEASE_MARGIN:
                self._lease = self._leases.renew(self._lease, TTL)

    def write(self, *writes: Put | Drop) -> None:
        """Write documents, all or none, while the lease is ours; raise `LeaseLost` otherwise."""
        self._state.write(*writes, fence=self._lease)


class RequestGate:
    """A gate before Google: a request passes if quota and time allow it, and the leases outlive it."""

    def __init__(self, clock: Clock, deadline: float, rate_limit: RateLimit, *held_leases: HeldLease) -> None:
        """Set the gate up; `deadline` is a `Clock.monotonic` reading after which no request starts."""
        self._clock = clock
        self._deadline = deadline
        self._rate_limit = rate_limit
        self._held_leases = held_leases

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Wait for the quota, renew the leases, and count the request; raise whatever forbids it."""
        wait = self._rate_limit.wait(cost)
        if self._clock.monotonic() + wait > self._deadline:
            raise RetryLater("run.deadline", "the run's time is used up; it continues in a next task")
        if wait:
            self._outlive(wait)
            self._clock.sleep(wait)
        self._outlive(seconds)
        self._rate_limit.spend(cost)

    def _outlive(self, seconds: float) -> None:
        for held_lease in self._held_leases:
            held_lease.outlive(seconds)

    def refused(self, trouble: OverQuota) -> None:
        """Learn from Google's refusal."""
        self._rate_limit.refused(trouble)
