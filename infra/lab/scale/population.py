"""Population: made-up wisps, as many and as unequal as a large installation may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")

FEWEST, MOST = 50, 25_000
"""Customers of a wisp; a Google account takes no more contacts than the latter."""

MEDIAN, SIGMA = 300, 1.2
"""Of the log-normal distribution of sizes."""

ACCOUNTS = {1: 60, 2: 25, 3: 10, 4: 5}
"""How many Google accounts wisps have, in per cent."""

SHARED_HOSTS, ON_SHARED = 10, 0.3
"""Servers that run SIMPLer for many wisps, and the share of wisps that are there; others have their own."""

TIME_ZONES = {
    "Pacific/Auckland": 3,
    "Australia/Sydney": 5,
    "Africa/Johannesburg": 18,
    "Europe/Berlin": 6,
    "Europe/Dublin": 12,
    "Europe/London": 12,
    "America/Sao_Paulo": 5,
    "America/New_York": 15,
    "America/Chicago": 14,
    "America/Los_Angeles": 10,
}
"""Where wisps are, in per cent."""


@dataclass(frozen=True, slots=True)
class Member:
    """One wisp, as far as its size and place matter.

    Attributes:
        wisp: Its id.
        customers: How many are contacts.
        accounts: How many Google accounts it has.
        time_zone: IANA name.
        host: The server of its SIMPLer.
    """

    wisp: str
    customers: int
    accounts: int
    time_zone: str
    host: str


def populate(count: int, seed: int) -> Sequence[Member]:
    """Make up wisps, the same for the same arguments."""
    random = Random(seed)
    return [_member(f"wisp-{number:05}", random) for number in range(count)]


def _member(wisp: str, random: Random) -> Member:
    customers = round(random.lognormvariate(0, SIGMA) * MEDIAN)
    shared = random.random() < ON_SHARED
    return Member(
        wisp,
        min(MOST, max(FEWEST, customers)),
        _drawn(ACCOUNTS, random),
        _drawn(TIME_ZONES, random),
        f"shared-{random.randrange(SHARED_HOSTS)}" if shared else wisp,
    )


def _drawn(shares: dict[T, int], random: Random) -> T:
    return random.choices(list(shares), list(shares.values()))[0]
