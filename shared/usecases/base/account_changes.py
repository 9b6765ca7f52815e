"""Account changes: the document of an account is read and written again by one at a time.

Connecting must not wait for a run, so it takes no wisp's lease; the lease here is held for seconds.
"""

from contextlib import suppress

from shared.errors import LeaseHeld, RetryLater
from shared.retry import Tries, Waits
from shared.usecases.base.leases import HeldLease, hold, new_claim
from shared.usecases.base.services import Services

TURN_SECONDS = 120.0
"""Seconds that the lease is granted for: more than Google and the secret store may take together."""

TURN_WAITS = Waits((1.0,) * 10)
"""Between the tries to hold it."""


def one_at_a_time(services: Services, wisp: str, by: str) -> HeldLease:
    """Hold the lease under which a wisp's accounts are changed: which there are, and each one's document.

    Raises:
        RetryLater: Somebody else changes them, for longer than one waits.
    """
    claim = new_claim(services, "accounts", by)
    for _ in Tries(TURN_WAITS, services.clock):
        with suppress(LeaseHeld):
            return hold(services, f"accounts-{wisp}", claim, TURN_SECONDS)
    raise RetryLater(
        "account.busy",
        f"the accounts of {wisp} are being changed by somebody else",
        "Another account is being connected or disconnected at the moment. Please try again in a minute.",
        after=60,
    )
