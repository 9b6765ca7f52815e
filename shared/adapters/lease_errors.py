"""Lease errors: raised by every store when another was first to take the lease or write the document."""

from shared.domain.model.lease import Lease
from shared.errors import AlreadyThere, LeaseHeld, LeaseLost


def held(current: Lease) -> LeaseHeld:
    """Refuse to grant a lease that `current` holds."""
    claim = current.claim
    assert claim is not None, "a lease without a claim is free"
    return LeaseHeld(
        current.name, holder=claim.holder, run=claim.run, kind=claim.kind, since=current.acquired_at
    )


def lost(mine: Lease) -> LeaseLost:
    """Refuse what needs the lease `mine`, which has passed to another or was released."""
    run = mine.claim.run if mine.claim else "?"
    return LeaseLost(
        "lease.lost",
        f"the lease {mine.name} with token {mine.token} is no longer held for run {run}",
        "Another run has taken over, so this one has stopped. Nothing needs to be done.",
    )


def already_there(path: str) -> AlreadyThere:
    """Refuse to write a new document where there is one."""
    return AlreadyThere(
        "state.already_there",
        f"the document {path}, which is written once only, is there already",
        "This was done already, by somebody else or by an earlier press. Please look at the page again.",
    )
