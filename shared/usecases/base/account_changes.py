"""Account changes: the document of an account is read and written again by one at a time.

Connecting must not wait for a run, so it takes no wisp's lease; the lease here is held for seconds.
"""

from shared.errors import LeaseHeld, RetryLater
from shared.usecases.base.leases import HeldLease, hold, new_claim
from shared.usecases.base.services import Services

TTL = 120.0
"""Seconds that the lease is granted for: more than Google and the secret store may take together."""

TRIES = 10
"""How often it is tried for, with a second in between."""


def one_at_a_time(services: Services, wisp: str, by: str) -> HeldLease:
    """Hold the lease under which a wisp's accounts are changed: which there are, and each one's document.

    Raises:
        RetryLater: Somebody else changes them, for longer than one waits.
    """
    claim = new_claim(services, "accounts", by)
    for _ in range(TRIES):
        try:
            return hold(services, f"accounts-{wisp}", claim, TTL)
        except LeaseHeld:
            services.clock.sleep(1)
    raise RetryLater(
        "account.busy",
        f"the accounts of {wisp} are being changed by somebody else",
        "Another account is being connected or disconnected at the moment. Please try again in a minute.",
        after=60,
    )
