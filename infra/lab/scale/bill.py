"""Bill: what a day costs by the public price list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import msgspec

from infra.lab.scale.cost import Cost
from infra.lab.scale.night import Dispatch
from infra.lab.scale.population import Member
from shared.domain.model.time_zone import TIME_ZONES
from shared.typed import from_json

PRICES = Path(__file__).with_name("prices.json")
"""The one place for prices: change them there."""

VCPUS, GIB = 1, 1
"""What an instance of `sync_wisp` has."""

PLATFORM_BYTES = 5000
"""Of the platform's own log for each dispatch: Cloud Run's request line, and Cloud Tasks' three."""

STARTED = Cost(reads=2)
"""What `sync_all` reads for a WISP: its settings, and what its last run came to."""

WATCHED = Cost(reads=24 + 1)
"""What `watchdog` reads of a WISP in a day: its settings at every look, and once what its night came to."""


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The price of a number of units, and its source."""

    what: str
    usd: float
    per: float
    source: str


class PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All prices, and the year in which Google published them."""

    published: str
    note: str
    prices: Mapping[str, Price]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill."""

    price: Price
    count: float

    @property
    def usd(self) -> float:
        """What it costs."""
        return self.count * self.price.usd / self.price.per


def price_list() -> PriceList:
    """Return the prices as the file has them."""
    return from_json(PRICES.read_bytes(), PriceList)


@dataclass(frozen=True, slots=True)
class Day:
    """The use of one day.

    Attributes:
        cost: Of all runs.
        seconds: How long each dispatch took.
        created: Calls of tasks.create.
        kept: Secrets that are kept.
        jobs: Cloud Scheduler's.
        expired: Documents that a year has ended for.
    """

    cost: Cost
    seconds: Sequence[float]
    created: int
    kept: int
    jobs: int
    expired: int

    def lines(self) -> Sequence[Line]:
        """Return the bill, in the price list's order."""
        billed = sum(ceil(each * 10) / 10 for each in self.seconds)
        counts = {
            "reads": self.cost.reads,
            "writes": self.cost.writes,
            "deletes": self.cost.deletes + self.expired,
            "vcpu": billed * VCPUS,
            "memory": billed * GIB,
            "requests": len(self.seconds),
            "tasks": self.created + len(self.seconds),
            "jobs": self.jobs,
            "secrets": self.cost.secrets,
            "versions": self.kept,
            "logged": (self.cost.logged + PLATFORM_BYTES * len(self.seconds)) / 2**30,
        }
        return [Line(price, counts[name]) for name, price in price_list().prices.items()]


def whole(cost: Cost, wisps: int) -> Cost:
    """Return what all runs of a day take, with the starts and the watch of these WISPs."""
    return cost.plus(STARTED, wisps).plus(WATCHED, wisps)


def a_day(members: Sequence[Member], diary: Sequence[Dispatch], created: int, cost: Cost) -> Sequence[Line]:
    """Return a day's bill: the runs, and the documents that the starts and the watch read.

    Args:
        members: The wisps.
        diary: What was dispatched.
        created: Calls of tasks.create.
        cost: Of all runs.
    """
    wisps, accounts = len(members), sum(member.accounts for member in members)
    day = Day(
        cost=whole(cost, wisps),
        seconds=[dispatch.end - dispatch.start for dispatch in diary],
        created=created,
        kept=wisps + accounts,
        jobs=len(TIME_ZONES) + 1,
        expired=wisps,
    )
    return day.lines()


def secrets_kept(members: Sequence[Member]) -> Mapping[str, Line]:
    """Return what Secret Manager takes a day for keeping secrets, cut in three ways (docs/adr/0033)."""
    wisps, accounts = len(members), sum(member.accounts for member in members)
    connected = sum(member.accounts > 0 for member in members)
    price = price_list().prices["versions"]
    return {
        "one for each account, one for SIMPLer, as it is": Line(price, wisps + accounts),
        "one for all accounts of a WISP, one for SIMPLer": Line(price, wisps + connected),
        "one for everything of a WISP": Line(price, wisps),
    }
