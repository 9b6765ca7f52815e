"""Interleaving: processes side by side, one event at a time; a seed decides who goes on and what befalls it.

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
from infra.lab.chaos.process import Process, Stuck
from infra.lab.chaos.taps import UNANSWERED, UNSENT
from infra.lab.chaos.watch import Watch
from infra.lab.chaos.world import World

MOMENT = 0.05
"""Seconds that pass with each event."""

HANG = 180.0
"""Seconds that the longest request may take."""

LAPSES = (310, 310, 330, 400, 1500)
"""Seconds in which a lease runs out."""

JUMPS = (-86_400, -3600, -30, 30, 3600, 86_400)
"""Seconds by which a machine's time of day jumps."""

MOST_PROCESSES = 5
MOST_TASKS = 7
"""Processes to a round on average, after which the queue delivers nothing any more."""

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
"""Where a round's crashes and pauses are likeliest: at one sort of event, so that none is left out."""

AIMED = 0.4
"""How likely they are there."""

MISHAPS = (0, 1, 1, 2, 3)
"""Crashes and pauses in one round."""

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


class Interleaving:
    """All rounds of one schedule."""

    def __init__(self, world: World, odds: Odds, aim: str = "") -> None:
        self._world = world
        self._every_aim = aim
        self._random = world.random
        self._odds = odds
        self._triggers = Random(f"triggers {world.plan.seed}")
        self._processes: list[Process] = []
        self._deliveries = Deliveries()
        self._watch = Watch(world)
        self._left = 0
        self._aim = re.compile("")

    def run_round(self, kinds: Sequence[str]) -> None:
        """Let processes of these kinds work side by side, and what they hand on, until all have ended."""
        self._processes = []
        self._left = self._random.choice(MISHAPS)
        aim = self._random.choice(AIMS)
        self._aim = re.compile(self._every_aim or aim)
        try:
            for kind in kinds:
                self._start(kind)
            while self._any_left() or self._deliver():
                self._turn()
        finally:
            for process in self._processes:
                if process.ready:
                    process.kill()

    def _start(self, kind: str) -> None:
        if kind != "press":
            self._begin(kind)
            return
        customer = self._world.provider.anybody()
        if times := self._triggers.choice(TOLD):
            self._begin("told", customer=customer, times=times)
        else:
            self._begin(kind, customer=customer)

    def _begin(self, kind: str, **arguments: Any) -> Process:
        process = self._world.start(kind, self._processes, **arguments)
        self._processes.append(process)
        self._world.tally[f"started: {kind}"] += 1
        self._world.note(f"{process.name} begins")
        return process

    def _any_left(self) -> bool:
        self._processes = [process for process in self._processes if process.ready]
        return bool(self._processes)

    def _turn(self) -> None:
        """Let one event happen."""
        awake = [process for process in self._processes if not process.stopped]
        if not awake:
            self._resume(self._random.choice(self._processes))
            return
        process = self._random.choice(awake)
        actor = self._random.choice(process.runnable)
        event = process.ready[actor]
        if not self._disturbed(process, event):
            self._go_on(process, actor, event)

    def _go_on(self, process: Process, actor: int, event: Event) -> None:
        world = self._world
        answer = self._answer(event)
        world.note(f"{process.name}.{actor} {event}{f': {answer}' if isinstance(answer, str) else ''}")
        world.pass_time(MOMENT + event.facts.get("seconds", 0))
        if event.what.startswith("lease."):
            world.ages.settle()
        judged = self._watch.before(process, event, self._processes)
        try:
            came_to = process.go_on(actor, answer)
        except Stuck as stuck:
            world.report("unexpected", str(stuck))
            return
        self._watch.after(process, came_to, judged)
        if process.outcome is not None:
            self._ended(process)

    def _answer(self, event: Event) -> Any:
        """Return what the step comes to, where that is decided here."""
        if event.what == "enqueue" and event.phase == "before":
            return self._deliveries.accept(event.facts["task"], self._world.time.seconds)
        if "http" in event.facts and self._random.random() < self._odds.hang:
            self._world.tally["fault: hang"] += 1
            self._world.pass_time(HANG)
            return self._random.choice((UNSENT, UNANSWERED))
        return None

    def _ended(self, process: Process) -> None:
        ended = process.outcome or {}
        result = ended.get("result") or {}
        came = ended.get("reason") or result.get("state") or "done"
        self._world.note(f"{process.name} ended: {came} {result.get('code') or ''}".rstrip())
        for trace in ended["unexpected"]:
            self._world.report("unexpected", f"{process.name}: {trace}")
        is_done = ended.get("trouble") != "LeaseHeld"
        self._deliveries.ended(process.pid, self._world.time.seconds, is_done=is_done)

    def _deliver(self) -> bool:
        """Deliver a task, perhaps twice; return False when there is none, or there were too many."""
        if self._world.tally["processes"] > self._world.tally["rounds"] * MOST_TASKS:
            self._deliveries.drop_all()
        delivery = self._deliveries.next()
        if delivery is None:
            return False
        self._world.pass_time(max(delivery.due - self._world.time.seconds, 0))
        for _ in range(self._random.choice((1, 1, 1, 2))):
            self._deliveries.given(delivery, self._begin("task", body=delivery.body).pid)
        self._world.tally["double deliveries"] += len(self._processes) > 1
        return True

    def _disturbed(self, process: Process, event: Event) -> bool:
        """Let something happen at this moment; return whether the process cannot go on."""
        if self._aim.search(str(event)) and self._random.random() < AIMED:
            return self._mishap(process)
        happenings: Mapping[str, Callable[[Process], bool]] = {
            "kill": self._kill,
            "stop": self._stop,
            "jump": self._jump,
            "visit": self._visit,
            "rival": self._rival,
        }
        for name, happen in happenings.items():
            if self._random.random() < getattr(self._odds, name):
                return happen(process)
        stopped = [process for process in self._processes if process.stopped]
        if stopped and self._random.random() < self._odds.visit:
            self._resume(self._random.choice(stopped))
        return False

    def _mishap(self, process: Process) -> bool:
        may_stop = self._odds.stop and self._random.choice((True, False))
        return self._stop(process) if may_stop else self._kill(process)

    def _kill(self, process: Process) -> bool:
        if not self._left:
            return False
        self._left -= 1
        self._world.note(f"{process.name} is killed")
        self._world.tally["crashes"] += 1
        process.kill()
        self._deliveries.ended(process.pid, self._world.time.seconds, is_done=False)
        if self._random.choice((True, True, False)):
            self._lapse()
            self._start(self._random.choice(("run", "run", "press")))
        return True

    def _stop(self, process: Process) -> bool:
        if not self._left:
            return False
        self._left -= 1
        self._world.note(f"{process.name} is stopped")
        self._world.tally["pauses"] += 1
        process.stop()
        self._lapse()
        return self._rival(process) or True

    def _lapse(self) -> None:
        self._world.pass_time(self._random.choice(LAPSES))

    def _resume(self, process: Process) -> None:
        self._world.note(f"{process.name} goes on")
        process.resume()

    def _jump(self, process: Process) -> bool:
        process.skew = self._random.choice(JUMPS)
        self._watch.clocks_are_wrong = True
        self._world.note(f"{process.name}'s clock is wrong by {process.skew:.0f} s")
        self._world.tally["clock jumps"] += 1
        return False

    def _visit(self, _: Process) -> bool:
        visit(self._world)
        return False

    def _rival(self, _: Process) -> bool:
        if len(self._processes) < MOST_PROCESSES:
            self._world.tally["rivals"] += 1
            self._start(self._random.choice(("run", "run", "press", "button")))
        return False


def visit(world: World) -> None:
    """Have somebody do something, in SIMPLer or in one of the accounts."""
    if world.random.choice((True, False)):
        where, done = "SIMPLer", world.provider.act()
    else:
        owner = world.random.choice(world.owners)
        done, found = owner.act()
        world.report_all(found)
        where = owner.email
    if done:
        world.note(f"{where}: {done}")
        world.tally[f"deed: {done}"] += 1
