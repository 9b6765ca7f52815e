"""Leases: who holds which; one taken from a holder that does not end; what nobody needs cleared away."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import msgspec

from shared.domain.model.alerts import stuck
from shared.domain.model.lease import Lease
from shared.errors import Misconfigured
from shared.usecases.base.documents import is_id
from shared.usecases.base.leases import TTL, new_claim
from shared.usecases.base.services import Services
from shared.usecases.runs.watchdog import LONGEST_HELD, OF_MAILS, give_back

_LONGEST_NAME = 120
_AT_ONCE = 16


class LeaseState(msgspec.Struct, frozen=True):
    """A lease that has a holder, or that cannot be read.

    Attributes:
        lease: Its name.
        state: "held"; "over": its holder did not give it back, and anybody may take it; "stuck": for longer
            than any run can hold one; "unreadable".
        by: Who holds it.
        kind: What for.
        run: For which run or request.
        since: When this grant began, ISO 8601, UTC.
        until: When it ends unless it is renewed.
        why: What is wrong; empty: nothing.
    """

    lease: str
    state: Literal["held", "over", "stuck", "unreadable"]
    by: str = ""
    kind: str = ""
    run: str = ""
    since: str = ""
    until: str = ""
    why: str = ""


class Freed(msgspec.Struct, frozen=True):
    """What came of freeing a lease.

    Attributes:
        lease: Its name.
        freed: Nobody holds it, or nobody does from `until` on.
        until: Until when it is kept from everybody, ISO 8601, UTC; empty: it is not.
        message: The same in a sentence.
    """

    lease: str
    freed: bool
    until: str
    message: str


class Swept(msgspec.Struct, frozen=True):
    """What was cleared away.

    Attributes:
        forgotten: How many records of earlier builds were deleted.
        given_back: How many leases were given back whose holder had died, and with that its address.
    """

    forgotten: int
    given_back: int


def list_leases(services: Services) -> Sequence[LeaseState]:
    """Return the leases that have a holder, and those that cannot be read, by name."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="leases") as pool:
        return list(pool.map(partial(_state, services), services.leases.held()))


def free_lease(services: Services, name: str, by: str) -> Freed:
    """Take a lease from a holder that does not end, or mend one that cannot be read.

    Its next holder must not begin while the last request of the old one may be under way. So it is granted to
    nobody, for as long as a request takes; with the next token, which the old holder's writes do not carry.
    A lease that is held as it should be is left alone, since it ends by itself.

    Raises:
        Misconfigured: There is no lease of this name.
        LeaseLost: It passed to another meanwhile.
    """
    claim = new_claim(services, "freed", by)
    try:
        lease, now = services.leases.look(name) if is_id(name, _LONGEST_NAME) else (None, 0.0)
    except Misconfigured as unreadable:
        taken = services.leases.mend(name, claim, TTL)
        if taken is None:
            raise unreadable from None
        return _kept(taken, "its record could not be read, and is whole again")
    if lease is None:
        raise Misconfigured("lease.unknown", f"there is no lease {name[:_LONGEST_NAME]!r}; see leases list")
    if lease.claim is None or lease.is_free(now):
        return Freed(name, freed=True, until="", message=f"{name} is free: whoever asks gets it.")
    if lease.claim.kind == "freed":
        return _kept(lease, f"{lease.claim.holder} has freed it before")
    if not is_stuck(lease, now):
        ends = f"it ends by itself at {_iso(lease.expires_at)}, unless its holder is alive and renews it"
        told = f"{name} is held by {lease.claim.holder} for {lease.claim.run or 'no run'}: {ends}."
        return Freed(name, freed=False, until=_iso(lease.expires_at), message=told)
    return _kept(services.leases.hand_on(lease, claim, TTL), f"it was {lease.claim.holder}'s")


def sweep_leases(services: Services) -> Swept:
    """Delete what earlier builds left, and give back what a holder that died did not."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="leases") as pool:
        forgotten = list(pool.map(services.leases.forget, services.leases.names(OF_MAILS)))
        given_back = list(pool.map(partial(_given_back, services), services.leases.held()))
    return Swept(sum(forgotten), sum(given_back))


def is_stuck(lease: Lease | None, now: float) -> bool:
    """Return whether a lease is held for longer than any run can hold one."""
    return any(stuck("", lease, now=now, longest=LONGEST_HELD))


def _state(services: Services, name: str) -> LeaseState:
    try:
        lease, now = services.leases.look(name)
    except Misconfigured as unreadable:
        return LeaseState(name, "unreadable", why=unreadable.message)
    if lease is None or lease.claim is None:
        return LeaseState(name, "over")
    is_over, claim = lease.is_free(now), lease.claim
    return LeaseState(
        name,
        "over" if is_over else "stuck" if is_stuck(lease, now) else "held",
        by=claim.holder,
        kind=claim.kind,
        run=claim.run,
        since=_iso(lease.acquired_at),
        until=_iso(lease.expires_at),
        why=f"free it: leases free {name}" if not is_over and is_stuck(lease, now) else "",
    )


def _given_back(services: Services, name: str) -> bool:
    try:
        lease, now = services.leases.look(name)
    except Misconfigured:
        return False
    return give_back(services, lease, now)


def _kept(lease: Lease, why: str) -> Freed:
    until = _iso(lease.expires_at)
    told = f"{lease.name} is taken from everybody until {until}, and free then; {why}."
    return Freed(lease.name, freed=True, until=until, message=told)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
