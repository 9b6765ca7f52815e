"""Guard: what refuses a plan's removals.

Every known mass loss of contacts in products of this kind came from believing a short listing. So a plan
that would remove much, and any removal after SIMPLer's list shrank, waits for a person; adds and changes go
through.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from shared.domain.model.wisp import Wisp
from shared.domain.sync.plan import Plan, PlannedChange
from shared.replace import replace

MOST_COUNT = 20
MOST_PERCENT = 10
"""The limits of a WISP that has set none."""


class Verdict(msgspec.Struct, frozen=True):
    """The guard's decision on a plan's removals.

    Attributes:
        allowed: Go on with these.
        refused: These wait.
        reason: Why, in a sentence; empty when nothing was refused.
    """

    allowed: tuple[PlannedChange, ...]
    refused: tuple[PlannedChange, ...] = ()
    reason: str = ""


class Bound(msgspec.Struct, frozen=True):
    """What is too many removals at once: more than both.

    Attributes:
        count: This many are always few.
        percent: So is this share of the contacts, or of the list.
    """

    count: int = MOST_COUNT
    percent: int = MOST_PERCENT

    def is_passed(self, count: int, of: int) -> bool:
        """Tell whether it is too many."""
        return count > self.count and count * 100 > of * self.percent

    @classmethod
    def of(cls, wisp: Wisp) -> "Bound":
        """Return a WISP's own."""
        return cls(wisp.guard_count, wisp.guard_percent)


USUAL = Bound()


def has_shrunk(now: int, before: int | None, bound: Bound = USUAL) -> bool:
    """Return whether SIMPLer's list lost so much since the last complete run that it is not believed."""
    return now == 0 or (before is not None and bound.is_passed(before - now, before))


def judge(
    plan: Plan,
    *,
    listed: int,
    listed_before: int | None,
    bound: Bound = USUAL,
    removed: int = 0,
    unfound: Sequence[str] = (),
) -> Verdict:
    """Decide on a plan's removals.

    Args:
        plan: What an account would undergo.
        listed: How many records SIMPLer's list had now.
        listed_before: How many it had at the last complete run, if there was one.
        bound: What the WISP has set.
        removed: How many contacts went since a night, or a person's run, began.
        unfound: Sites and access points of the account's scope that no contact has. Each may have another
            name now, so nobody is removed for being outside. The reason counts them: it goes to the log, and
            people write customers' names into those of places.
    """
    surplus = tuple(removal for removal in plan.remove if removal.reason == "duplicate")
    others = tuple(removal for removal in plan.remove if removal.reason != "duplicate")
    if not others:
        return Verdict(surplus)
    if has_shrunk(listed, listed_before, bound):
        reason = (
            f"SIMPLer listed {listed:,} customers, {listed_before or 0:,} last time, so nothing is removed."
        )
        return Verdict(surplus, others, reason)
    outside = tuple(removal for removal in others if removal.reason == "outside")
    renamed = (
        f"SIMPLer has no contact at {len(unfound):,} of the sites and access points that this account is to"
        " hold, which may have another name now: please look at what it holds."
        if outside and unfound
        else ""
    )
    if bound.is_passed(len(others) + removed, plan.owned + removed):
        retires = all(removal.retires for removal in others)
        what = "go over to the former customers" if retires else "be removed"
        reason = (
            f"{len(others):,} of {plan.owned:,} contacts would {what}"
            f"{f', after {removed:,} since the last night' if removed else ''};"
            f" a person must approve that. {renamed}"
        )
        return Verdict(surplus, others, reason.rstrip())
    if renamed:
        rest = tuple(removal for removal in others if removal.reason != "outside")
        return Verdict(
            (*surplus, *rest), outside, f"{renamed} Until then nobody is removed for being elsewhere."
        )
    return Verdict((*surplus, *others))


def permit(verdict: Verdict, account: str) -> str:
    """Name exactly the removals that were refused in an account; empty if there were none.

    A person who has seen them in a preview hands this back to let them through.
    """
    if not verdict.refused:
        return ""
    names = sorted(map(_named, verdict.refused))
    return hashlib.sha256("\0".join((account, *names)).encode()).hexdigest()[:16]


def _named(removal: PlannedChange) -> str:
    """Name a removal: a contact that a person has let retire may not be removed for it."""
    name = f"{removal.customer}\0{removal.person.resource_name}"
    return f"{name}\0retires" if removal.retires else name


def approved_of(verdict: Verdict, account: str) -> list[str]:
    """Return what a permit stands for: itself, and a digest of each removal's name."""
    return [permit(verdict, account), *map(_digest, verdict.refused)] if verdict.refused else []


def _digest(removal: PlannedChange) -> str:
    return hashlib.sha256(_named(removal).encode()).hexdigest()[:12]


def let_through(verdict: Verdict, account: str, allow: str, approved: Sequence[str] = ()) -> Verdict:
    """Apply a person's decision to the verdict; a permit for other removals than these changes nothing.

    Args:
        verdict: The guard's own.
        account: The account's id.
        allow: The permits of all accounts, with dots between them; empty when nobody decided.
        approved: What the run's tasks before this one let through (`approved_of`): the rest of it may go too.
    """
    if not allow or not verdict.refused:
        return verdict
    permits = allow.split(".")
    is_rest = (
        bool(approved) and approved[0] in permits and set(approved).issuperset(map(_digest, verdict.refused))
    )
    if permit(verdict, account) in permits or is_rest:
        return Verdict((*verdict.allowed, *verdict.refused))
    return replace(verdict, reason=f"{verdict.reason} What was approved is not what would be removed now.")
