"""Account changes: lets only one at a time read and rewrite the documents of a wisp's accounts.

Connecting must not wait for a run, so this is a lease of its own, which is held for seconds only.
"""

from contextlib import suppress

from shared.errors import LeaseHeld, RetryLater
from shared.retry import Tries, Waits
from shared.usecases.base.leases import HeldLease, hold, new_claim
from shared.usecases.base.services import Services

TURN_SECONDS = 120.0
"""Seconds that the lease is granted for: more than Google and the secret store together may take."""

TURN_WAITS = Waits((1.0,) * 10)
"""The waits between attempts to take the lease."""


def one_at_a_time(services: Services, wisp: str, by: str) -> HeldLease:
    """Hold the lease under which a wisp's accounts are added, changed and deleted.

    Raises:
        RetryLater: Somebody else has held it for longer than `TURN_WAITS`.
    """
    claim = new_claim(services, "accounts", by)
    for _ in Tries(TURN_WAITS, services.clock):
        with suppress(LeaseHeld):
            return hold(services, f"accounts-{wisp}", claim, TURN_SECONDS)
    raise RetryLater(
        "account.busy",
        f"the accounts of {wisp} are being changed by somebody else",
        "Somebody is connecting or disconnecting an account, or changing the settings, at the moment."
        " Please try again in a minute.",
        after=60,
    )
