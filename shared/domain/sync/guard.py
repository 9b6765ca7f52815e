"""Guard: what refuses a plan's removals.

Every known mass loss of contacts in products of this kind came from believing a short listing. So a plan
that would remove much, and any removal after SIMPLer's list shrank, waits for a person; adds and changes go
through.
"""

import hashlib
from dataclasses import dataclass, replace

from shared.domain.sync.plan import Plan, PlannedChange

MOST_SHARE = 0.10
MOST_COUNT = 20
LONGEST_PERMIT = 20_000
"""Characters that a person may hand back: the permits of a thousand accounts, far below what a task holds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's decision on a plan's removals.

    Attributes:
        allowed: Go on with these.
        refused: These wait.
        reason: Why, in a sentence; empty when nothing was refused.
    """

    allowed: tuple[PlannedChange, ...]
    refused: tuple[PlannedChange, ...] = ()
    reason: str = ""


def _is_many(count: int, of: int) -> bool:
    """Tell whether it is more than 10 % and more than 20."""
    return count > MOST_COUNT and count > of * MOST_SHARE


def has_shrunk(now: int, before: int | None) -> bool:
    """Return whether SIMPLer's list lost so much since the last complete run that it is not believed."""
    return now == 0 or (before is not None and _is_many(before - now, before))


def judge(plan: Plan, *, listed: int, listed_before: int | None) -> Verdict:
    """Decide on a plan's removals.

    Args:
        plan: What an account would undergo.
        listed: How many records SIMPLer's list had now.
        listed_before: How many it had at the last complete run, if there was one.
    """
    surplus = tuple(removal for removal in plan.remove if removal.reason == "duplicate")
    others = tuple(removal for removal in plan.remove if removal.reason != "duplicate")
    if not others:
        return Verdict(surplus)
    if has_shrunk(listed, listed_before):
        reason = f"SIMPLer listed {listed:,} customers, {listed_before or 0:,} last time; nothing is removed"
        return Verdict(surplus, others, reason)
    if _is_many(len(others), plan.owned):
        reason = f"{len(others):,} of {plan.owned:,} contacts would be removed; a person must allow that"
        return Verdict(surplus, others, reason)
    return Verdict((*surplus, *others))


def permit(verdict: Verdict, account: str) -> str:
    """Name exactly the removals that were refused in an account; empty if there were none.

    A person who has seen them in a preview hands this back to let them through.
    """
    if not verdict.refused:
        return ""
    names = sorted(f"{removal.customer}\0{removal.person.resource_name}" for removal in verdict.refused)
    return hashlib.sha256("\0".join((account, *names)).encode()).hexdigest()[:16]


def let_through(verdict: Verdict, account: str, allow: str) -> Verdict:
    """Apply a person's decision to the verdict; a permit for other removals than these changes nothing.

    Args:
        verdict: The guard's own.
        account: The account's id.
        allow: The permits of all accounts, with dots between them; empty when nobody decided.
    """
    if not allow or not verdict.refused:
        return verdict
    if permit(verdict, account) in allow.split("."):
        return Verdict((*verdict.allowed, *verdict.refused))
    return replace(verdict, reason=f"{verdict.reason}; what was let through is not what would be removed now")
