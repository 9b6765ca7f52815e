"""Scope of an account: chosen, shown what it does, saved; by the console, SIMPLer's backend and operators.

A scope counts only when SIMPLer has customers in it. What it removes is the next run's to do, under the guard
like any removal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from shared.domain.contact.text import cut, folded, meant
from shared.domain.model.account import Account
from shared.domain.model.act import Act
from shared.domain.model.scope import LONGEST_DETAIL, LONGEST_NAME, Scope
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Desired, Record
from shared.errors import LeaseLost, Misconfigured, RetryLater
from shared.ports import Listing
from shared.replace import replace
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import (
    account_put,
    act_put,
    active_accounts,
    check_stays,
    load_account,
    load_accounts,
    load_wisp,
)
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import Gathered, gather
from shared.usecases.wisps.effect import Effect, effect_of
from shared.usecases.wisps.rules import INVALID, Flaw

MOST_CHOICES = 500
"""Names of a kind that are told, those of the most customers; others can be chosen as well."""

_MOST_NAMED = 10
"""Names that a sentence gives to choose from."""


class Choice(msgspec.Struct, frozen=True):
    """A name that a scope may have: as SIMPLer writes it, and how many contacts have it."""

    name: str
    contacts: int


class Choices(msgspec.Struct, frozen=True):
    """What SIMPLer's customers have, the most frequent first; places of those who are no contacts too."""

    sites: tuple[Choice, ...]
    access_points: tuple[Choice, ...]
    statuses: tuple[Choice, ...]


class Scoped(msgspec.Struct, frozen=True):
    """An account's scope, or what came of choosing one.

    Attributes:
        account: The account's id; empty while it is still to be connected.
        email: Its address.
        scope: The scope that was asked about, with names as SIMPLer writes them.
        before: The one that counts, or did until now.
        saved: Whether what was asked for counts now.
        contacts: How many of the wisp's customers are contacts.
        inside: How many of these are in the scope.
        nowhere: How many would be in no account of the wisp.
        choices: What can be chosen.
        flaws: What is wrong; nothing is saved while there is anything.
        effect: What the next run would do in the account by this scope; None with a flaw, and for no account.
    """

    account: str
    email: str
    scope: Scope
    before: Scope
    saved: bool
    contacts: int
    inside: int
    nowhere: int
    choices: Choices
    flaws: tuple[Flaw, ...] = ()
    effect: Effect | None = None


class ScopeWish(msgspec.Struct, frozen=True):
    """What somebody wants an account to hold.

    Attributes:
        wisp: The wisp's id.
        account: The account's id.
        by: Who, in words that others may read.
        scope: What it is to hold.
        before: The scope that this was made from; None: whatever it is.
    """

    wisp: str
    account: str
    by: str
    scope: Scope
    before: Scope | None = None


def read_scope(services: Services, wisp_id: str, account_id: str) -> Scoped:
    """Tell which scope an account has, and what could be chosen by SIMPLer's list as it is now.

    Raises:
        Denied: The wisp has no such account.
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The wisp does not exist, or a setting of it is wrong.
    """
    account = load_account(services.state, wisp_id, account_id)
    return _looked(services, account, account.scope)


def check_scope(services: Services, wish: ScopeWish) -> Scoped:
    """Tell what is wrong with a scope, and what it would do; nothing changes. Raises as `read_scope` does."""
    return _looked(services, load_account(services.state, wish.wisp, wish.account), wish.scope)


def offered(services: Services, account: Account, scope: Scope, *, listing: Listing, at: datetime) -> Scoped:
    """Tell what people may choose from, and how many customers a scope has; without its effect.

    Args:
        services: The ports.
        account: The account; without an id it is still to be connected.
        scope: The scope.
        listing: SIMPLer's customers.
        at: When SIMPLer listed them.

    Raises:
        StopRun: SIMPLer has no customers.
        Misconfigured: The wisp does not exist.
    """
    wisp = load_wisp(services.state, account.wisp)
    gathered = gather(listing, wisp, at)
    return _scoped(services, wisp, account, scope=scope, listing=listing, gathered=gathered)


def save_scope(services: Services, wish: ScopeWish) -> Scoped:
    """Check a scope, and let it count from the next run on if nothing is wrong with it.

    Raises:
        Denied: The wisp has no such account, or is letting it go.
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The scope is no longer that which the wish was made from, or a setting is wrong.
        RetryLater: Somebody else changes the wisp's accounts.
    """
    looked = check_scope(services, wish)
    if looked.flaws:
        return looked
    try:
        with one_at_a_time(services, wish.wisp, wish.by) as held_lease:
            now, account = services.clock.now(), load_account(services.state, wish.wisp, wish.account)
            _agree(wish, account)
            if account.scope != looked.scope:
                detail = cut(looked.scope.told(), LONGEST_DETAIL)
                act = Act(now.isoformat(), wish.by, "scoped", account.email, detail=detail)
                changed = replace(account, scope=looked.scope)
                held_lease.write(account_put(changed), act_put(wish.wisp, now, act))
    except LeaseLost as lost:
        late = "The change could not be saved in time, and nothing is changed. Please try again."
        raise RetryLater("account.busy", lost.message, late, after=60) from lost
    return replace(looked, saved=True)


def _agree(wish: ScopeWish, account: Account) -> None:
    check_stays(account)
    if wish.before not in (None, account.scope):
        told = cut(account.scope.told(), LONGEST_DETAIL)
        raise Misconfigured(
            "settings.changed",
            f"the scope of {account.id} is not the one that the change was made from",
            f"What this account holds was changed meanwhile: {told}."
            " Please look at it again, and then change it.",
        )


def _looked(services: Services, account: Account, scope: Scope) -> Scoped:
    """Read SIMPLer's list, and say what a scope makes of it, and what the next run would do."""
    wisp = load_wisp(services.state, account.wisp)
    listing = services.source(wisp).customers(is_awaited=True)
    gathered = gather(listing, wisp, services.clock.now())
    found = _scoped(services, wisp, account, scope=scope, listing=listing, gathered=gathered)
    if found.flaws:
        return found
    effect = effect_of(services, wisp, gathered, replace(account, scope=found.scope))
    return replace(found, effect=effect)


def _scoped(
    services: Services, wisp: Wisp, account: Account, *, scope: Scope, listing: Listing, gathered: Gathered
) -> Scoped:
    """Say what a scope makes of SIMPLer's list."""
    contacts = gathered.desired.records
    told = {
        part: {customer: read(record) for customer, record in listing.records.items()}
        for part, read in _PARTS.items()
    }
    names = {
        part: _names(text for texts in dict.fromkeys(found.values()) for text in texts)
        for part, found in told.items()
    }
    names["statuses"] = {each: name for each, name in names["statuses"].items() if wisp.wants(name)}
    names["statuses"] |= _names(status for status in wisp.statuses if folded(status) not in names["statuses"])
    counts = {part: _counts(found[customer] for customer in contacts) for part, found in told.items()}
    choices = {part: _choices(names[part], counts[part]) for part in _PARTS}
    scope = Scope(**{part: _as_written(getattr(scope, part), names[part]) for part in _PARTS})
    inside = gathered.desired.within(scope).count
    flaws = tuple(_flaws(scope, names, choices, inside))
    return Scoped(
        account.id,
        account.email,
        scope,
        before=account.scope,
        saved=False,
        contacts=gathered.desired.count,
        inside=inside,
        nowhere=len(_nowhere(services, account, gathered.desired, scope)),
        choices=Choices(**choices),
        flaws=flaws,
    )


def _nowhere(services: Services, account: Account, desired: Desired, scope: Scope) -> frozenset[str]:
    """Return the contacts whom no account would hold."""
    active = active_accounts(load_accounts(services.state, account.wisp))
    scopes = {each.id: each.scope for each in active} | {account.id: scope}
    return frozenset.intersection(*(frozenset(desired.within(each).outside) for each in scopes.values()))


_PARTS: Mapping[str, Callable[[Record], tuple[str, ...]]] = {
    "sites": lambda record: record.places("site"),
    "access_points": lambda record: record.places("ap"),
    "statuses": lambda record: (record.status,),
}
"""What a record has of each part of a scope."""

_TITLES = {"sites": "site", "access_points": "access point", "statuses": "status that makes a contact"}


def _names(texts: Iterable[str]) -> dict[str, str]:
    """Return names as they are first written, by what is compared; none that a scope could not hold."""
    found: dict[str, str] = {}
    for text in texts:
        name = " ".join(text.split())
        if 0 < len(name) <= LONGEST_NAME:
            found.setdefault(folded(name), name)
    return found


def _counts(told: Iterable[tuple[str, ...]]) -> Counter[str]:
    """Count who has each name, by what is compared."""
    counts: Counter[str] = Counter()
    for texts, number in Counter(told).items():  # a thousand are at the same place
        counts.update(dict.fromkeys(map(folded, texts), number))
    return counts


def _as_written(given: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return names as SIMPLer writes them, each once; one that it does not have as it was given."""
    written = {folded(name): names.get(folded(name), name) for name in map(meant, given)}
    return tuple(sorted(written.values(), key=str.casefold))


def _choices(names: Mapping[str, str], counts: Mapping[str, int]) -> tuple[Choice, ...]:
    found = [Choice(name, counts.get(each, 0)) for each, name in names.items()]
    return tuple(sorted(found, key=lambda each: (-each.contacts, each.name.casefold()))[:MOST_CHOICES])


def _flaws(
    scope: Scope,
    names: Mapping[str, Mapping[str, str]],
    choices: Mapping[str, tuple[Choice, ...]],
    inside: int,
) -> Iterator[Flaw]:
    for part, title in _TITLES.items():
        if unknown := [name for name in getattr(scope, part) if folded(name) not in names[part]]:
            there = ", ".join(each.name for each in choices[part][:_MOST_NAMED])
            known = f"SIMPLer has: {there}." if there else "SIMPLer tells none."
            yield Flaw(part, INVALID, f"There is no {title} “{unknown[0]}”. {known}")
            return
    if not inside:
        part = next((part for part in _TITLES if getattr(scope, part)), "sites")
        yield Flaw(part, INVALID, "No customer who is a contact fits this: choose more.")
