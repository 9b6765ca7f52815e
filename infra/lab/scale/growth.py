"""Growth: what a night takes by the customers of a WISP, and a day by the number of WISPs."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.lab.scale.bill import Line, a_day, whole
from infra.lab.scale.cost import Cost, Kinds, Size
from infra.lab.scale.population import MEDIAN, Member
from infra.lab.scale.scenario import Scenario, replay
from infra.lab.scale.summary import Summary, summary
from shared.usecases.runs.nightly import STARTS

ACCOUNTS = 2
"""Google accounts of the WISP whose size grows."""


@dataclass(frozen=True, slots=True)
class Night:
    """A whole night of one WISP: its run, its start and its watch.

    Attributes:
        customers: How many it has.
        cost: What the night takes.
        seconds: How long the run takes.
    """

    customers: int
    cost: Cost
    seconds: float


@dataclass(frozen=True, slots=True)
class Several:
    """A day of several WISPs, all of one time zone.

    Attributes:
        wisps: How many.
        accounts: Their Google accounts.
        customers: Theirs, all together.
        night: What the night came to.
        bill: Of the day.
    """

    wisps: int
    accounts: int
    customers: int
    night: Summary
    bill: Sequence[Line]

    @property
    def cost(self) -> Cost:
        """What the day takes: the runs, their starts and the watch."""
        return whole(self.night.cost, self.wisps)

    @property
    def usd(self) -> float:
        """The price of the day."""
        return sum(line.usd for line in self.bill)


@dataclass(frozen=True, slots=True)
class Growth:
    """Both curves, each from the smallest to the largest."""

    nights: Sequence[Night]
    days: Sequence[Several]


def growth(members: Sequence[Member], kinds: Kinds) -> Growth:
    """Work out both by what runs were measured to take.

    Args:
        members: The wisps, of which the first 10, 100 … are taken; a median one stands before them.
        kinds: Costs by kind of run.
    """
    nights = [_night(size) for size in kinds["usual"].sizes]
    counts = [10**power for power in range(1, 10) if 10**power < len(members)]
    some = [[_median()], *(members[:count] for count in counts), members]
    return Growth(nights, [_several(each, kinds) for each in some])


def _night(size: Size) -> Night:
    return Night(size.customers, whole(size.of(ACCOUNTS), 1), size.seconds(ACCOUNTS))


def _median() -> Member:
    """Return a WISP whose contacts are all listed again on another night than this."""
    return Member("one", MEDIAN, ACCOUNTS, "Europe/Dublin", "one")


def _several(members: Sequence[Member], kinds: Kinds) -> Several:
    night = replay(Scenario(members, kinds), STARTS)
    diary, found = [done.dispatch for done in night], summary(night)
    accounts = sum(member.accounts for member in members)
    customers = sum(member.customers for member in members)
    return Several(len(members), accounts, customers, found, a_day(members, diary, len(diary), found.cost))
