"""Schedule: what a seed decides: the world, the dangers, and what happens act by act."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from infra.lab.chaos.calm import calm_down
from infra.lab.chaos.clock import SharedTime
from infra.lab.chaos.database import Database
from infra.lab.chaos.play import Odds, Play, visit
from infra.lab.chaos.provider import SITES
from infra.lab.chaos.scene import Plan, Scene, build
from infra.lab.chaos.town import Town
from infra.lab.chaos.verdict import Finding
from infra.standins.google import Lag, Quota, Rules
from infra.standins.google.wording import FORMS
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import Leavers

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

_CASTS = (
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
    seed: int, town: Town, time: SharedTime, database: Database, folder: Path, *, aim: str = ""
) -> Result:
    """Do a schedule from its beginning to its verdict."""
    began = monotonic()
    random = Random(f"plan {seed}")
    odds = _odds(random)
    is_steady = not (odds.stop or odds.jump)
    scene = build(_plan(seed, random, is_steady=is_steady), town, time, database, folder)
    _furnish(scene)
    play, choices = Play(scene, odds, aim), Random(f"choices {seed}")
    is_scoped = choices.choice((True, False, False, False))
    for _ in range(random.randint(1, 3)):
        scene.tally["acts"] += 1
        _pass_between(scene)
        if is_scoped:
            _choose(scene, choices)
        play.act(scene.random.choice(_CASTS))
    calm_down(scene)
    scene.tally["schedules"] += 1
    return Result(seed, scene.tally, scene.findings, scene.log, monotonic() - began)


def _odds(random: Random) -> Odds:
    return Odds(
        kill=random.choice((0, 0.005)),
        stop=random.choice((0, 0, 0.005)),
        jump=random.choice((0, 0, 0, 0.01)),
        hang=random.choice((0, 0, 0.04)),
        visit=random.choice((0, 0.01, 0.03)),
        rival=random.choice((0, 0, 0.005)),
    )


def _plan(seed: int, random: Random, *, is_steady: bool) -> Plan:
    """Plan the world; give tight quotas only where no process is paused and no clock is wrong."""
    is_tight = is_steady and random.choice((True, False, False))
    return Plan(
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


def _furnish(scene: Scene) -> None:
    """Give owners contacts of their own, and perhaps an earlier night."""
    for owner in scene.owners:
        for _ in range(3):
            owner.act("adds a contact")
    if scene.random.choice((True, False, False)):
        scene.do("run")
        scene.pass_time(HOUR)


def _choose(scene: Scene, random: Random) -> None:
    """Let somebody choose which customers an account holds; SIMPLer may not answer them."""
    account = random.choice(scene.accounts).id
    scope = Scope(sites=random.choice(((), SITES[:1], SITES[1:])))
    ended = scene.do("choose", account=account, sites=scope.sites)
    if ended.get("result", {}).get("saved"):
        scene.scopes[account] = scope
        scene.tally["scopes"] += 1
        scene.note(f"{account} holds: {scope.told()}")


def _pass_between(scene: Scene) -> None:
    """Let time pass and people do things, and perhaps plan faults."""
    for name, times in scene.weather.clear().items():
        scene.tally[f"fault: {name}"] += times
    for _ in range(scene.random.randint(2, 8)):
        scene.pass_time(scene.random.choice((1, 10)))
        visit(scene)
    scene.pass_time(scene.random.choice(_BETWEEN))
    if scene.random.choice((True, False)):
        scene.consent()
    for _ in range(scene.random.choice((0, 0, 1, 2, 3))):
        scene.note(f"weather: {scene.weather.plan_fault()}")
