"""Cost: what one run takes of everybody, and how long that makes it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

GOOGLE_READ = 0.4
"""Seconds that Google takes to give a page of up to 1,000 contacts, or less."""

GOOGLE_WRITE = 0.6
"""Seconds that Google takes to write one contact."""

GOOGLE_BATCH = 2.0
"""Seconds that Google takes to write a batch of up to 200 contacts."""

SIMPLER_PAGE = 1.0
"""Seconds that SIMPLer takes for a page of 500 customers."""

STATE_TRIP = 0.015
"""Seconds from a request to Firestore to its answer."""

SECRET_TRIP = 0.05
"""Seconds that Secret Manager takes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests of one run to everybody. Fractions come from interpolation between measured sizes.

    Attributes:
        google_reads: Requests to the People API that only read.
        google_writes: Requests to it that write one contact.
        google_batches: Requests to it that write many.
        simpler: Requests to SIMPLer.
        trips: Requests to Firestore.
        reads: Documents read there.
        writes: Documents written.
        deletes: Documents deleted.
        secrets: Secrets read.
        lines: Lines of the log.
        logged: Bytes of the log.
        cpu: Seconds of one processor.
        paused: Seconds for which requests waited for Google's quota.
    """

    google_reads: float = 0
    google_writes: float = 0
    google_batches: float = 0
    simpler: float = 0
    trips: float = 0
    reads: float = 0
    writes: float = 0
    deletes: float = 0
    secrets: float = 0
    lines: float = 0
    logged: float = 0
    cpu: float = 0
    paused: float = 0

    @property
    def google(self) -> float:
        """Requests to the People API."""
        return self.google_reads + self.google_writes + self.google_batches

    @property
    def waiting(self) -> float:
        """Seconds that are spent waiting when one request follows another."""
        return (
            self.google_reads * GOOGLE_READ
            + self.google_writes * GOOGLE_WRITE
            + self.google_batches * GOOGLE_BATCH
            + self.simpler * SIMPLER_PAGE
            + self.trips * STATE_TRIP
            + self.secrets * SECRET_TRIP
            + self.paused
        )

    def plus(self, other: "Cost", times: float = 1) -> "Cost":
        """Add a multiple of another cost."""
        return Cost(*(getattr(self, f.name) + times * getattr(other, f.name) for f in fields(Cost)))


def summed(costs: Sequence[Cost]) -> Cost:
    """Add up costs."""
    return Cost(*(sum(getattr(cost, f.name) for cost in costs) for f in fields(Cost)))


@dataclass(frozen=True, slots=True)
class Size:
    """The cost of runs of one size: once, and for each Google account."""

    customers: int
    run: Cost
    account: Cost

    def of(self, accounts: int) -> Cost:
        """Return the cost of a run into a number of accounts."""
        return self.run.plus(self.account, accounts)

    def seconds(self, accounts: int) -> float:
        """Return how long it takes: accounts wait side by side, and share the processor."""
        return self.run.waiting + self.account.waiting + self.of(accounts).cpu


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of a kind of run at some sizes, in ascending order, and by that at every size."""

    sizes: Sequence[Size]

    def at(self, customers: int) -> Size:
        """Interpolate between two sizes that were measured; beyond them, take the last one."""
        place = bisect_right([size.customers for size in self.sizes], customers)
        if place in (0, len(self.sizes)):
            return self.sizes[min(place, len(self.sizes) - 1)]
        low, high = self.sizes[place - 1], self.sizes[place]
        share = (customers - low.customers) / (high.customers - low.customers)
        return Size(customers, _between(low.run, high.run, share), _between(low.account, high.account, share))


def _between(low: Cost, high: Cost, share: float) -> Cost:
    return Cost().plus(low, 1 - share).plus(high, share)


Kinds = Mapping[str, Costs]
"""Costs by kind of run: ``usual``, or ``whole`` when everything is listed again."""
