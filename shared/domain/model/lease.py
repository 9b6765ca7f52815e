"""Lease: the right to run, held for a limited time and numbered by a token that only grows.

A lease cannot give mutual exclusion by itself: a holder may be paused past its expiry. So every write
to our own state carries the token (a *fenced* write), and the store refuses a stale one.
(M. Kleppmann, "How to do distributed locking", 2016.)

All times here are seconds since 1970 by the *database's* clock, except `Lease.deadline`.
"""

from typing import Literal, get_args

import msgspec

from shared.replace import replace

ClaimKind = Literal[
    "run", "customers", "disconnect", "restore", "delete", "relist", "accounts", "freed", "preview"
]
"""The purpose that a lease is held for.

``run``: a wisp's run. ``customers``: single customers. ``disconnect``, ``restore``: an account that is let
go, or brought back to what it was. ``delete``: a wisp that is deleted. ``relist``: an account that is to be
listed as a whole. ``accounts``: a change of a wisp's accounts. ``freed``: nothing; an operator took it from
its holder, whose last request may still be under way. ``preview``: a preview of a wisp.
"""

LARGEST_TOKEN = 2**53
"""More grants than there will ever be; a number beyond it in a record is a mistake."""


class Claim(msgspec.Struct, frozen=True):
    """A request for a lease, and who makes it.

    Attributes:
        owner: Unique to this attempt, so that a retry of the same run is a different owner.
        run: The run it is for.
        holder: The person or job, in words that others may read: "mary@acme.ie", "nightly run".
        kind: What it is for.
    """

    owner: str
    run: str
    holder: str
    kind: ClaimKind = "run"


class Lease(msgspec.Struct, frozen=True):
    """A lease as it was granted.

    Attributes:
        name: What is leased, e.g. ``wisp-acme`` or ``google-1f3c…``.
        claim: Who has it; None once released. The record itself is never deleted.
        token: Grows by one with every grant and never shrinks.
        acquired_at: When this grant began.
        expires_at: From then on another may take it.
        deadline: Our own `Clock.monotonic` reading at which it may be gone, counted from *before* the
            request that obtained it, so that network time counts against us. 0 for a lease only looked at.
    """

    name: str
    claim: Claim | None
    token: int
    acquired_at: float
    expires_at: float
    deadline: float = 0

    def is_free(self, now: float) -> bool:
        """Return whether another may take it: it was released, or has expired."""
        return self.claim is None or now >= self.expires_at

    def belongs_to(self, other: "Lease") -> bool:
        """Return whether this record is still the grant `other`: same owner, same token.

        The rest of the claim is for people; a build that knows no kinds may leave another's in the record.
        """
        if self.claim is None or other.claim is None:
            return False
        return self.claim.owner == other.claim.owner and self.token == other.token


def run_name(kind: ClaimKind, run: str) -> str:
    """Return the run's id for a claim: a run's own, else one that names its kind, for readers of the log."""
    return run if kind == "run" else f"{kind}-{run}"


def kind_of(run: str) -> ClaimKind:
    """Return what a build without kinds took a lease for, by the run's id in its claim."""
    if not run:
        return "accounts"
    kinds: tuple[ClaimKind, ...] = get_args(ClaimKind)
    return next((kind for kind in kinds if run.startswith(f"{kind}-")), "run")


def granted(current: Lease | None, name: str, claim: Claim, now: float, ttl: float) -> Lease | None:
    """Return the lease as granted to `claim` at `now` for `ttl` seconds, or None while it is held."""
    if current is not None and not current.is_free(now):
        return None
    token = current.token + 1 if current else 1
    return Lease(name, claim, token, acquired_at=now, expires_at=now + ttl)


def renewed(current: Lease | None, mine: Lease, now: float, ttl: float) -> Lease | None:
    """Return `mine` extended to `now + ttl`, or None if it has passed to another (or was released).

    An expired lease that nobody took is still ours: the token proves that no one came between.
    It never gets shorter, even if the database's clock was set back.
    """
    if current is None or not current.belongs_to(mine):
        return None
    return replace(current, expires_at=max(current.expires_at, now + ttl))


def handed_on(current: Lease | None, mine: Lease, claim: Claim, now: float, ttl: float) -> Lease | None:
    """Return `mine` passed to another claim with the next token; None if somebody else has it.

    A grant can be handed on once: whoever comes second with the same grant finds another token.
    """
    if current is None or not current.belongs_to(mine):
        return None
    return Lease(current.name, claim, current.token + 1, acquired_at=now, expires_at=now + ttl)


def released(current: Lease | None, mine: Lease) -> Lease | None:
    """Return the record with no holder and the same token, or None if nothing of ours is left to release."""
    if current is None or not current.belongs_to(mine):
        return None
    return replace(current, claim=None)


def mended(token: object, name: str, claim: Claim, now: float, ttl: float) -> Lease:
    """Return a grant that takes the place of a record that cannot be read.

    Args:
        token: What the record has for a token, whatever it is.
        name: The lease's name.
        claim: Who gets it.
        now: The time.
        ttl: Seconds that it is granted for.

    Returns:
        The grant. Where the token cannot be read, it is the seconds since 1970: more than there were grants.
    """
    known = token if type(token) is int and 0 < token < LARGEST_TOKEN else int(now)
    return Lease(name, claim, known + 1, acquired_at=now, expires_at=now + ttl)
