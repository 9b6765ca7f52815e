"""What every lease store says when a lease is held by another or lost to another."""

from shared.domain.lease import Lease
from shared.errors import LeaseHeld, LeaseLost


def held(current: Lease) -> LeaseHeld:
    """The refusal to grant a lease that `current` holds."""
    claim = current.claim
    assert claim is not None, "a lease without a claim is free"
    return LeaseHeld(current.name, holder=claim.holder, run=claim.run, since=current.acquired_at)


def lost(mine: Lease) -> LeaseLost:
    """The refusal of whatever needs the lease `mine`, which has passed to another or was released."""
    run = mine.claim.run if mine.claim else "?"
    return LeaseLost(
        "lease.lost",
        f"the lease {mine.name} with token {mine.token} is no longer held for run {run}",
        "Another synchronisation has taken over, so this one has stopped. Nothing needs to be done.",
    )
