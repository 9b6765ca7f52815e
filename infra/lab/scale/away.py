"""Away: what a shared SIMPLer that does not answer does to everybody's runs, as it once was and as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from infra.lab.scale.cost import Kinds
from infra.lab.scale.night import Dispatch
from infra.lab.scale.population import Member
from infra.lab.scale.scenario import Scenario, five, play, presses
from infra.lab.scale.service import Away
from infra.lab.scale.summary import peak

HOST = "shared-0"
LASTS = timedelta(hours=1)
"""The time for which it is away, from 05:00 on."""


@dataclass(frozen=True, slots=True)
class Morning:
    """A morning on which a shared SIMPLer is away. Times are seconds.

    Attributes:
        theirs: WISPs that are there.
        others: The other WISPs of these time zones.
        late: By how much the others' runs began late: half of them, all but a twentieth, the latest.
        others_done: From 05:00 until the last of them was done.
        pressed: By how much the run of a pressed button began late, at most.
        theirs_done: From its return until the last WISP there was done; None: some were given up.
        errors: Answers 503 to the queue.
        at_once: Runs that waited for this SIMPLer at once, at most.
    """

    theirs: int
    others: int
    late: tuple[float, float, float]
    others_done: float
    pressed: float
    theirs_done: float | None
    errors: int
    at_once: int


def mornings(members: Sequence[Member], kinds: Kinds, folder: Path) -> Mapping[str, Morning]:
    """Play the time zones with the most WISPs at one 05:00 twice: as it once was, and as it is."""
    fives = Counter(five(member.time_zone) for member in members)
    start = max(fives, key=lambda moment: fives[moment])
    pressing = {wisp for _, wisp in presses(members)}
    here = [each for each in members if five(each.time_zone) == start]
    some = [*here, *(each for each in members if each.wisp in pressing and each not in here)]
    away = Away(HOST, start, start + LASTS)
    found = {}
    for name, is_former in (("the queue tries again", True), ("our own tasks do", False)):
        diary = play(Scenario(some, kinds), folder / name.replace(" ", "-"), away, is_former=is_former).diary
        found[name] = _morning(diary, here, away)
    return found


def _morning(diary: Sequence[Dispatch], members: Sequence[Member], away: Away) -> Morning:
    theirs = {member.wisp for member in members if member.host == away.host}
    others = {member.wisp for member in members} - theirs
    first: dict[str, Dispatch] = {}
    done: dict[str, float] = {}
    for each in diary:
        first.setdefault(each.wisp, each)
        if each.is_done:
            done[each.wisp] = max(each.end, done.get(each.wisp, 0))
    late = sorted(first[wisp].start - first[wisp].due for wisp in others)
    waiting = [(d.start, d.end) for d in diary if d.wisp in theirs and d.state == "failed"]
    is_whole = theirs <= done.keys()
    return Morning(
        theirs=len(theirs),
        others=len(others),
        late=(late[len(late) // 2], late[len(late) * 19 // 20], late[-1]),
        others_done=max(done[wisp] for wisp in others) - away.start.timestamp(),
        pressed=max((each.start - each.due for each in diary if each.pressed), default=0),
        theirs_done=max(done[wisp] for wisp in theirs) - away.end.timestamp() if is_whole else None,
        errors=sum(each.status == HTTPStatus.SERVICE_UNAVAILABLE for each in diary),
        at_once=peak(waiting),
    )
