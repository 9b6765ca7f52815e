"""Play: processes side by side, one event at a time; the seed decides who goes on and what happens to it.

Kept in view meanwhile: that no stale holder of a lease changes the state, that no two holders are about to
write to one account, and that no contact is made twice but by a holder whose lease had run out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from infra.lab.chaos.deliveries import Deliveries
from infra.lab.chaos.message import Event
from infra.lab.chaos.player import Player, Stuck
from infra.lab.chaos.scene import Scene
from infra.lab.chaos.taps import UNANSWERED, UNSENT
from infra.lab.chaos.watch import Watch

MOMENT = 0.05
"""Seconds that pass with each event."""

HANG = 180.0
"""Seconds that the longest request may take."""

LAPSES = (310, 310, 330, 400, 1500)
"""Seconds in which a lease runs out."""

JUMPS = (-86_400, -3600, -30, 30, 3600, 86_400)
"""Seconds by which a machine's time of day jumps."""

MOST_PLAYERS = 5
MOST_TASKS = 7
"""Processes to an act on average, after which the queue delivers nothing any more."""

AIMS = (
    *("after POST /v1/people:(create|batchCreate)",) * 3,
    "before POST /v1/people:(create|batchCreate)",
    "(before|after) (PATCH|POST /v1/people:batchUpdate)",
    "(before|after) (DELETE|POST /v1/people:batchDelete)",
    "(before|after) (POST|PATCH|PUT) /v1/contactGroups",
    "(before|after) GET /v1/",
    "(before|after) state.write ledgers",
    "(before|after) state.write",
    "(before|after) lease",
    "(before|after) POST /restapi",
)
"""Where an act's crashes and pauses are likeliest: at one sort of event, so that none is left out."""

AIMED = 0.4
"""How likely they are there."""

MISHAPS = (0, 1, 1, 2, 3)
"""Crashes and pauses in one act."""

TOLD = (0, 0, 1, 3)
"""How often one of SIMPLer's triggers tells of a customer, instead of a press of their button; 0: a press."""


@dataclass(frozen=True, slots=True)
class Odds:
    """The likelihood of things, at any event.

    Attributes:
        kill: The process is killed.
        stop: It is stopped, for longer than its lease.
        jump: Its machine's time of day jumps.
        hang: A request is never answered.
        visit: An owner, or somebody at SIMPLer, does something.
        rival: Another process is started.
    """

    kill: float
    stop: float
    jump: float
    hang: float
    visit: float
    rival: float


class Play:
    """All acts of one schedule."""

    def __init__(self, scene: Scene, odds: Odds, aim: str = "") -> None:
        self._scene = scene
        self._every_aim = aim
        self._random = scene.random
        self._odds = odds
        self._triggers = Random(f"triggers {scene.plan.seed}")
        self._players: list[Player] = []
        self._deliveries = Deliveries()
        self._watch = Watch(scene)
        self._left = 0
        self._aim = re.compile("")

    def act(self, cast: Sequence[str]) -> None:
        """Let processes of these kinds act side by side, and what they hand on, until all have ended."""
        self._players = []
        self._left = self._random.choice(MISHAPS)
        aim = self._random.choice(AIMS)
        self._aim = re.compile(self._every_aim or aim)
        try:
            for kind in cast:
                self._enter(kind)
            while self._players_left() or self._deliver():
                self._turn()
        finally:
            for player in self._players:
                if player.ready:
                    player.kill()

    def _enter(self, kind: str) -> None:
        if kind != "press":
            self._begin(kind)
            return
        customer = self._scene.provider.anybody()
        if times := self._triggers.choice(TOLD):
            self._begin("told", customer=customer, times=times)
        else:
            self._begin(kind, customer=customer)

    def _begin(self, kind: str, **arguments: Any) -> Player:
        player = self._scene.start(kind, self._players, **arguments)
        self._players.append(player)
        self._scene.tally[f"started: {kind}"] += 1
        self._scene.note(f"{player.name} begins")
        return player

    def _players_left(self) -> bool:
        self._players = [player for player in self._players if player.ready]
        return bool(self._players)

    def _turn(self) -> None:
        """Let one event happen."""
        awake = [player for player in self._players if not player.stopped]
        if not awake:
            self._resume(self._random.choice(self._players))
            return
        player = self._random.choice(awake)
        actor = self._random.choice(player.runnable)
        event = player.ready[actor]
        if not self._disturbed(player, event):
            self._go_on(player, actor, event)

    def _go_on(self, player: Player, actor: int, event: Event) -> None:
        scene = self._scene
        answer = self._answer(event)
        scene.note(f"{player.name}.{actor} {event}{f': {answer}' if isinstance(answer, str) else ''}")
        scene.pass_time(MOMENT + event.facts.get("seconds", 0))
        if event.what.startswith("lease."):
            scene.ages.settle()
        judged = self._watch.before(player, event, self._players)
        try:
            came_to = player.go_on(actor, answer)
        except Stuck as stuck:
            scene.report("unexpected", str(stuck))
            return
        self._watch.after(player, came_to, judged)
        if player.outcome is not None:
            self._ended(player)

    def _answer(self, event: Event) -> Any:
        """Return what the step comes to, where that is decided here."""
        if event.what == "enqueue" and event.phase == "before":
            return self._deliveries.accept(event.facts["task"], self._scene.time.seconds)
        if "http" in event.facts and self._random.random() < self._odds.hang:
            self._scene.tally["fault: hang"] += 1
            self._scene.pass_time(HANG)
            return self._random.choice((UNSENT, UNANSWERED))
        return None

    def _ended(self, player: Player) -> None:
        ended = player.outcome or {}
        result = ended.get("result") or {}
        came = ended.get("reason") or result.get("state") or "done"
        self._scene.note(f"{player.name} ended: {came} {result.get('code') or ''}".rstrip())
        for trace in ended["unexpected"]:
            self._scene.report("unexpected", f"{player.name}: {trace}")
        is_done = ended.get("trouble") != "LeaseHeld"
        self._deliveries.ended(player.pid, self._scene.time.seconds, is_done=is_done)

    def _deliver(self) -> bool:
        """Deliver a task, perhaps twice; return False when there is none, or there were too many."""
        if self._scene.tally["processes"] > self._scene.tally["acts"] * MOST_TASKS:
            self._deliveries.drop_all()
        delivery = self._deliveries.next()
        if delivery is None:
            return False
        self._scene.pass_time(max(delivery.due - self._scene.time.seconds, 0))
        for _ in range(self._random.choice((1, 1, 1, 2))):
            self._deliveries.given(delivery, self._begin("task", body=delivery.body).pid)
        self._scene.tally["double deliveries"] += len(self._players) > 1
        return True

    def _disturbed(self, player: Player, event: Event) -> bool:
        """Let something happen at this moment; return whether the process cannot go on."""
        if self._aim.search(str(event)) and self._random.random() < AIMED:
            return self._mishap(player)
        happenings: Mapping[str, Callable[[Player], bool]] = {
            "kill": self._kill,
            "stop": self._stop,
            "jump": self._jump,
            "visit": self._visit,
            "rival": self._rival,
        }
        for name, happen in happenings.items():
            if self._random.random() < getattr(self._odds, name):
                return happen(player)
        stopped = [player for player in self._players if player.stopped]
        if stopped and self._random.random() < self._odds.visit:
            self._resume(self._random.choice(stopped))
        return False

    def _mishap(self, player: Player) -> bool:
        may_stop = self._odds.stop and self._random.choice((True, False))
        return self._stop(player) if may_stop else self._kill(player)

    def _kill(self, player: Player) -> bool:
        if not self._left:
            return False
        self._left -= 1
        self._scene.note(f"{player.name} is killed")
        self._scene.tally["crashes"] += 1
        player.kill()
        self._deliveries.ended(player.pid, self._scene.time.seconds, is_done=False)
        if self._random.choice((True, True, False)):
            self._lapse()
            self._enter(self._random.choice(("run", "run", "press")))
        return True

    def _stop(self, player: Player) -> bool:
        if not self._left:
            return False
        self._left -= 1
        self._scene.note(f"{player.name} is stopped")
        self._scene.tally["pauses"] += 1
        player.stop()
        self._lapse()
        return self._rival(player) or True

    def _lapse(self) -> None:
        self._scene.pass_time(self._random.choice(LAPSES))

    def _resume(self, player: Player) -> None:
        self._scene.note(f"{player.name} goes on")
        player.resume()

    def _jump(self, player: Player) -> bool:
        player.skew = self._random.choice(JUMPS)
        self._watch.clocks_are_wrong = True
        self._scene.note(f"{player.name}'s clock is wrong by {player.skew:.0f} s")
        self._scene.tally["clock jumps"] += 1
        return False

    def _visit(self, _: Player) -> bool:
        visit(self._scene)
        return False

    def _rival(self, _: Player) -> bool:
        if len(self._players) < MOST_PLAYERS:
            self._scene.tally["rivals"] += 1
            self._enter(self._random.choice(("run", "run", "press", "button")))
        return False


def visit(scene: Scene) -> None:
    """Have somebody do something, in SIMPLer or in one of the accounts."""
    if scene.random.choice((True, False)):
        where, done = "SIMPLer", scene.provider.act()
    else:
        owner = scene.random.choice(scene.owners)
        done, found = owner.act()
        scene.report_all(found)
        where = owner.email
    if done:
        scene.note(f"{where}: {done}")
        scene.tally[f"deed: {done}"] += 1
