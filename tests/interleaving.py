"""Interleaving: actors that run one at a time and change places, by a seed, wherever they meet the world.

Between two calls of a port an actor's work is its own; so every order of port calls is an order that could
happen, and a seed replays it. An actor is followed into the threads that it starts, by its context.
"""

import random
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar, copy_context
from typing import Any

from tests.watched_port import WatchedPort

_ACTOR: ContextVar[str] = ContextVar("actor", default="")


class Interleaving:
    """The stage manager."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._condition = threading.Condition()
        self._alive: set[str] = set()
        self._current = ""
        self.order: list[str] = []

    def play(self, actors: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        """Let all actors act; gives what each returned or raised."""
        ended: dict[str, Any] = {}
        self._alive = set(actors)
        threads = [
            threading.Thread(target=copy_context().run, args=(self._act, name, actor, ended))
            for name, actor in actors.items()
        ]
        for thread in threads:
            thread.start()
        with self._condition:
            self._choose()
        for thread in threads:
            thread.join()
        return ended

    def step(self) -> None:
        """Let somebody else go on, perhaps; comes back when it is this actor's turn."""
        name = _ACTOR.get()
        if name:
            with self._condition:
                self._choose()
                self._condition.wait_for(lambda: self._current == name)

    def watched(self, port: Any) -> Any:
        """Return a port whose every call is a step."""

        def after_a_step(_: str, call: Callable[[], Any]) -> Any:
            self.step()
            return call()

        return WatchedPort(port, after_a_step)

    def _act(self, name: str, actor: Callable[[], Any], ended: dict[str, Any]) -> None:
        _ACTOR.set(name)
        with self._condition:
            self._condition.wait_for(lambda: self._current == name)
        try:
            ended[name] = actor()
        except Exception as error:  # noqa: BLE001  what an actor raised is for the test to judge
            ended[name] = error
        with self._condition:
            self._alive.discard(name)
            self._choose()

    def _choose(self) -> None:
        self._current = self._random.choice(sorted(self._alive)) if self._alive else ""
        self.order.append(self._current)
        self._condition.notify_all()
