"""Process: one of a schedule, seen from the coordinator: it can be let go on, stopped and killed."""

import faulthandler
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from infra.lab.chaos.clock import SharedTime
from infra.lab.chaos.message import Event, Grant
from infra.lab.chaos.turns import Turns
from infra.lab.chaos.work import Site, Task, do

PATIENCE = 60.0
"""Seconds of real time after which a process that tells nothing is stuck."""


class Stuck(Exception):
    """A process that does not go on, or died by itself."""


@dataclass(slots=True)
class Process:
    """A process.

    Attributes:
        name: For the log.
        task: What it is started for.
        pid: Its id.
        pipe: To and from it.
        ready: Its threads that wait for their turn, by number, and what each has come to.
        waiting: Its threads that wait for another's end.
        held: Leases that it was granted and has not given back, with their tokens.
        stopped: Whether it is stopped.
        skew: Seconds by which its time of day is wrong.
        locked: The thread that renews a lease, if one does: the others of this process wait for it, for it
            holds a lock.
        outcome: What came of it, once it has ended.
    """

    name: str
    task: Task
    pid: int
    pipe: Connection
    ready: dict[int, Event] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    stopped: bool = False
    skew: float = 0
    locked: int | None = None
    outcome: dict[str, Any] | None = None

    @property
    def runnable(self) -> list[int]:
        """The threads that can go on."""
        return sorted(self.ready) if self.locked is None else [self.locked]

    def go_on(self, actor: int, answer: Any = None) -> Event | None:
        """Let a thread go on to its next event; return that, or None when it ended or waits."""
        if _renews(self.ready.pop(actor)):
            self.locked = None
        self.pipe.send(Grant(actor, answer, self.skew))
        return self.listen()

    def listen(self) -> Event | None:
        """Take in what it tells, until its threads all wait."""
        while True:
            event = self._heard()
            match event:
                case Event(kind="born", actor=actor):
                    self.ready[actor] = Event("step", actor, "before", "a thread")
                case Event(kind="step", actor=actor):
                    self.ready[actor] = event
                    self.locked = actor if _renews(event) else self.locked
                    return event
                case Event(kind="waits", actor=actor, facts=facts):
                    self.waiting[actor] = facts["for"]
                    return None
                case Event(kind="ended", actor=0, facts=facts):
                    self.outcome = dict(facts)
                    self._bury()
                    return None
                case Event(actor=actor):
                    self._wake(actor)
                    return None

    def stop(self) -> None:
        """Send SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)
        self.stopped = True

    def resume(self) -> None:
        """Send SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)
        self.stopped = False

    def kill(self) -> None:
        """Send SIGKILL, which is like a power cut."""
        os.kill(self.pid, signal.SIGKILL)
        self._bury()

    def _wake(self, ended: int) -> None:
        for actor in [actor for actor, other in self.waiting.items() if other == ended]:
            del self.waiting[actor]
            self.ready[actor] = Event("step", actor, "after", "a thread")

    def _heard(self) -> Event:
        try:
            if self.pipe.poll(PATIENCE):
                event: Event = self.pipe.recv()
                return event
        except (EOFError, ConnectionError) as error:
            self._bury()
            raise Stuck(f"{self.name} died by itself") from error
        os.kill(self.pid, signal.SIGABRT)  # it then shows where its threads are
        self._bury()
        raise Stuck(f"{self.name} does not go on")

    def _bury(self) -> None:
        self.ready.clear()
        self.waiting.clear()
        self.pipe.close()
        os.waitpid(self.pid, 0)


def _renews(event: Event) -> bool:
    return event.what.startswith("lease.renew")


def started(name: str, task: Task, site: Site, time: SharedTime, others: Iterable[Process]) -> Process:
    """Fork a process for a task, and hold it at its first event."""
    ours, theirs = Pipe()
    inherited = [process.pipe for process in others if not process.pipe.closed]
    pid = os.fork()
    if pid == 0:
        _live(task, site, time, theirs, [ours, *inherited])
    theirs.close()
    process = Process(name, task, pid, ours)
    process.ready[0] = Event("step", 0, "before", task.kind)
    return process


def _live(task: Task, site: Site, time: SharedTime, pipe: Connection, inherited: list[Connection]) -> None:
    """Live as the child; close the others' pipes, so that it ends with the coordinator."""
    faulthandler.enable()
    try:
        for other in inherited:
            other.close()
        pipe.recv()
        do(task, site, Turns(pipe, time))
    finally:
        os._exit(0)
