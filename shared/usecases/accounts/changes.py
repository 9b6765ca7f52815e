"""Account changes: which accounts a wisp has, and with which token, changes one step at a time.

Connecting must not wait for a run, so it takes no wisp's lease; the lease here is held for seconds.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.model.lease import Claim, Lease
from shared.errors import LeaseHeld, RetryLater
from shared.usecases.base.leases import HeldLease
from shared.usecases.base.services import Services

TTL = 120.0
"""Seconds that the lease is granted for: more than Google and the secret store may take together."""

TRIES = 10
"""How often it is tried for, with a second in between."""


@contextmanager
def one_at_a_time(services: Services, wisp: str, by: str) -> Iterator[HeldLease]:
    """Nobody else changes the wisp's accounts meanwhile.

    Raises:
        RetryLater: Somebody else does, for longer than one waits.
    """
    lease = _taken(services, wisp, by)
    held_lease = HeldLease(services.leases, services.state, services.clock, lease)
    try:
        yield held_lease
    finally:
        held_lease.release()


def _taken(services: Services, wisp: str, by: str) -> Lease:
    claim = Claim(secrets.token_hex(8), "", by)
    for _ in range(TRIES):
        try:
            return services.leases.acquire(f"accounts-{wisp}", claim, TTL)
        except LeaseHeld:
            services.clock.sleep(1)
    raise RetryLater(
        "account.busy",
        f"the accounts of {wisp} are being changed by somebody else",
        "Another account is being connected or disconnected at the moment. Please try again in a minute.",
        after=60,
    )
