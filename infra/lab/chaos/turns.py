"""Turns: of all threads of a process one runs at a time, and the coordinator says which.

Whoever gives up its turn tells what it has come to, and takes in for which thread the answer is. So every
order of events is the coordinator's choice, and a seed replays it.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from infra.lab.chaos.clock import SharedTime, SimulatedClock
from infra.lab.chaos.message import Event, Grant, Phase


class Turns:
    """The turns of one process's threads.

    Attributes:
        clock: The process's clock.
    """

    def __init__(self, pipe: Connection, time: SharedTime) -> None:
        self.clock = SimulatedClock(time, self._sleep)
        self._pipe = pipe
        self._turn = threading.Condition()
        self._granted = Grant(0)
        self._numbers = itertools.count(1)
        self._me = threading.local()

    def step(self, phase: Phase, what: str, **facts: Any) -> Any:
        """Stand at a step until it is this thread's turn again; return the coordinator's answer."""
        account = getattr(self._me, "account", "")
        return self._pass_on(Event("step", self._actor, phase, what, account, facts))

    def around(self, what: str, call: Callable[[], Any], facts_of: Callable[[Any], dict[str, Any]]) -> Any:
        """Make a call, and stand at a step after it; `facts_of` tells what its result means."""
        try:
            result = call()
        except Exception as error:
            self.step("after", what, raised=type(error).__name__)
            raise
        self.step("after", what, **facts_of(result))
        return result

    @contextmanager
    def at_work_in(self, account: str) -> Iterator[None]:
        """Have what this thread does meanwhile count as done in the account."""
        self._me.account = account
        try:
            yield
        finally:
            self._me.account = ""

    def start(self, work: Callable[[], None]) -> int:
        """Begin a thread, which waits for its turn and works for the same account; return its number."""
        number, account = next(self._numbers), getattr(self._me, "account", "")
        self._pipe.send(Event("born", number))
        threading.Thread(target=self._act, args=(number, account, work), daemon=True).start()
        return number

    def wait(self, actor: int) -> None:
        """Wait for the end of another thread."""
        self._pass_on(Event("waits", self._actor, facts={"for": actor}))

    def end(self, **facts: Any) -> None:
        """Tell that the process has done its work."""
        self._pipe.send(Event("ended", 0, facts=facts))

    @property
    def _actor(self) -> int:
        number: int = getattr(self._me, "actor", 0)
        return number

    def _sleep(self, seconds: float) -> None:
        self.step("before", "sleep", seconds=seconds)

    def _act(self, number: int, account: str, work: Callable[[], None]) -> None:
        self._me.actor, self._me.account = number, account
        with self._turn:
            self._turn.wait_for(lambda: self._granted.actor == number)
        work()
        self._pipe.send(Event("ended", number))
        self._take_in()

    def _pass_on(self, event: Event) -> Any:
        self._pipe.send(event)
        self._take_in()
        with self._turn:
            self._turn.wait_for(lambda: self._granted.actor == event.actor)
            self.clock.skew = self._granted.skew
            return self._granted.answer

    def _take_in(self) -> None:
        grant: Grant = self._pipe.recv()
        with self._turn:
            self._granted = grant
            self._turn.notify_all()


class Job:
    """A value that a thread of a `Pool` is to find out."""

    def __init__(self, turns: Turns, call: Callable[[], Any]) -> None:
        self._turns = turns
        self._call = call
        self._is_done = False
        self._result: Any = None
        self._error: BaseException | None = None
        self._actor = turns.start(self._do)

    def wait(self) -> None:
        """Wait for its end."""
        if not self._is_done:
            self._turns.wait(self._actor)

    def result(self) -> Any:
        """Wait for the result, and return it."""
        self.wait()
        if self._error:
            raise self._error
        return self._result

    def _do(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:  # noqa: BLE001  it is raised where the result is asked for
            self._error = error
        self._is_done = True


class Pool:
    """`ThreadPoolExecutor` as far as the service uses it, with threads that take turns."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._jobs: list[Job] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self._jobs:
            job.wait()

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Job:
        """Have a thread do it."""
        job = Job(self._turns, lambda: call(*arguments))
        self._jobs.append(job)
        return job
