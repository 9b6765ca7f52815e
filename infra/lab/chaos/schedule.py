"""Schedule: what a seed decides: the world, the dangers, and what happens round by round."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from infra.lab.chaos.calm import calm_down
from infra.lab.chaos.clock import SharedTime
from infra.lab.chaos.database import Database
from infra.lab.chaos.interleaving import Interleaving, Odds, visit
from infra.lab.chaos.provider import SITES
from infra.lab.chaos.standins import StandIns
from infra.lab.chaos.verdict import Finding
from infra.lab.chaos.world import World, WorldPlan, build
from infra.standins.google import Lag, Quota, Rules
from infra.standins.google.wording import FORMS
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import Leavers

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

_TOGETHER = (
    ("run",),
    ("run",),
    ("run", "run"),
    ("button",),
    ("button",),
    ("press",),
    ("press", "press"),
    ("run", "press"),
    ("run", "button", "press", "press"),
)
_BETWEEN = (1, MINUTE, MINUTE, 5 * MINUTE, HOUR, 8 * HOUR, DAY, 8 * DAY)
_SIZES = (3, 4, 6, 8, 8, 12, 45)
_NAMES = ("ACME Wireless", "ACME Wireless", "Cafe\u0301  Wireless")
"""Of wisps; Google may give the last one back composed, and with one space."""

_LEAVERS: tuple[Leavers, ...] = ("remove", "remove", "former", "former", "keep")

_TIGHT = Quota(critical_reads=14, critical_writes=8, write_requests=10, group_reads=4)
_TIGHT_SETTING = "reads=14,writes=8,others=10,groups=4"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a schedule.

    Attributes:
        seed: Which.
        tally: What happened, and how often.
        findings: What must not have happened.
        log: Every event.
        seconds: Of real time.
    """

    seed: int
    tally: Counter[str]
    findings: list[Finding]
    log: list[str]
    seconds: float


def perform(
    seed: int, standins: StandIns, time: SharedTime, database: Database, folder: Path, *, aim: str = ""
) -> Result:
    """Do a schedule from its beginning to its verdict."""
    began = monotonic()
    random = Random(f"plan {seed}")
    odds = _odds(random)
    is_steady = not (odds.stop or odds.jump)
    world = build(_plan(seed, random, is_steady=is_steady), standins, time, database, folder)
    _fill(world)
    interleaving, choices = Interleaving(world, odds, aim), Random(f"choices {seed}")
    is_scoped = choices.choice((True, False, False, False))
    for _ in range(random.randint(1, 3)):
        world.tally["rounds"] += 1
        _between_rounds(world)
        if is_scoped:
            _choose(world, choices)
        interleaving.run_round(world.random.choice(_TOGETHER))
    calm_down(world)
    world.tally["schedules"] += 1
    return Result(seed, world.tally, world.findings, world.log, monotonic() - began)


def _odds(random: Random) -> Odds:
    return Odds(
        kill=random.choice((0, 0.005)),
        stop=random.choice((0, 0, 0.005)),
        jump=random.choice((0, 0, 0, 0.01)),
        hang=random.choice((0, 0, 0.04)),
        visit=random.choice((0, 0.01, 0.03)),
        rival=random.choice((0, 0, 0.005)),
    )


def _plan(seed: int, random: Random, *, is_steady: bool) -> WorldPlan:
    """Plan the world; give tight quotas only where no process is paused and no clock is wrong."""
    is_tight = is_steady and random.choice((True, False, False))
    return WorldPlan(
        seed,
        customers=random.choice(_SIZES),
        accounts=random.choice((1, 1, 1, 2, 3)),
        paging=random.choice(("all", "page", "cursor")),
        rules=_rules(random, _TIGHT if is_tight else Quota()),
        quota=_TIGHT_SETTING if is_tight else "",
        name=random.choice(_NAMES),
        leavers=Random(f"leavers {seed}").choice(_LEAVERS),
    )


def _rules(random: Random, quota: Quota) -> Rules:
    slow = Lag(
        sync=random.choice((60, 540, 540)),
        listing=random.choice((0, 240, 540)),
        get=random.choice((0, 20)),
        labels=random.choice((0, 60, 540)),
        label=random.choice((0, 0, 20)),
    )
    return Rules(
        missing_in_batch_delete=random.choice(("refuse", "ignore")),
        shuffle_items=random.choice((True, False)),
        shuffle_answers=random.choice((True, False)),
        expired_sync_token=random.choice(("400 INVALID_ARGUMENT", "400 FAILED_PRECONDITION", "410")),
        max_contacts=random.choice((25_000, 25_000, 25_000, 12)),
        quota=quota,
        lag=random.choice((Lag(), slow, slow)),
        wordings=random.choice(((), (), tuple(random.sample(FORMS, 4)))),
    )


def _fill(world: World) -> None:
    """Give owners contacts of their own, and perhaps an earlier night."""
    for owner in world.owners:
        for _ in range(3):
            owner.act("adds a contact")
    if world.random.choice((True, False, False)):
        world.do("run")
        world.pass_time(HOUR)


def _choose(world: World, random: Random) -> None:
    """Let somebody choose which customers an account holds; SIMPLer may not answer them."""
    account = random.choice(world.accounts).id
    scope = Scope(sites=random.choice(((), SITES[:1], SITES[1:])))
    ended = world.do("choose", account=account, sites=scope.sites)
    if ended.get("result", {}).get("saved"):
        world.scopes[account] = scope
        world.tally["scopes"] += 1
        world.note(f"{account} holds: {scope.told()}")


def _between_rounds(world: World) -> None:
    """Let time pass and people do things, and perhaps plan faults."""
    for name, times in world.fault_plan.clear().items():
        world.tally[f"fault: {name}"] += times
    for _ in range(world.random.randint(2, 8)):
        world.pass_time(world.random.choice((1, 10)))
        visit(world)
    world.pass_time(world.random.choice(_BETWEEN))
    if world.random.choice((True, False)):
        world.consent()
    for _ in range(world.random.choice((0, 0, 1, 2, 3))):
        world.note(f"fault: {world.fault_plan.plan_fault()}")
