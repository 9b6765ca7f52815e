import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from shared.bootstrap import build
from shared.config import Settings
from shared.errors import Misconfigured
from shared.lazy import LazySecrets
from shared.once import MadeOnce, Once
from tests.memory_secrets import MemorySecrets

T = TypeVar("T")

CALLERS = 9


def at_once(call: Callable[[], T]) -> list[T]:
    """Return what threads get that call together."""
    start = threading.Barrier(CALLERS, timeout=30)

    def called(_: int) -> T:
        start.wait()
        return call()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(called, range(CALLERS)))


def slowly(made: list[object]) -> object:
    """Make a value, and give everybody else a turn before it is there."""
    made.append(object())
    threading.Event().wait(0.05)
    return made[-1]


def test_a_value_is_made_once_whoever_asks_at_the_same_time() -> None:
    """Nine threads that ask together get one and the same."""
    made: list[object] = []
    got = at_once(Once(lambda: slowly(made)))
    assert got == made * CALLERS
    assert len(made) == 1


def test_what_could_not_be_made_is_made_by_the_next_call() -> None:
    """A setting that was wrong is told to each caller; nothing of it is kept."""
    answers = iter([Misconfigured("setting.missing", "not set"), Misconfigured("setting.missing", "not set")])

    def make() -> str:
        if answer := next(answers, None):
            raise answer
        return "made"

    once = Once(make)
    for _ in range(2):
        with pytest.raises(Misconfigured):
            once()
    assert once() == "made"
    assert once() == "made"


def test_a_maker_may_ask_for_what_is_made_once_too() -> None:
    """Two that need each other's parts, asked for by threads at once, wait for nobody for ever."""
    inner = Once(lambda: ["inner"])
    outer = Once(lambda: [*inner(), "outer"])
    got = at_once(lambda: (outer(), inner()))
    assert got == [(["inner", "outer"], ["inner"])] * CALLERS


class Kept:
    """An object with a part that is made when it is read, from another such part."""

    def __init__(self) -> None:
        """Begin with nothing made."""
        self.alone = threading.RLock()
        self.made: list[object] = []

    @MadeOnce
    def part(self) -> object:
        """What each call would make anew."""
        return slowly(self.made)

    @MadeOnce
    def all(self) -> list[object]:
        """What is made of that."""
        return [self.part]


def test_a_part_of_an_object_is_made_once_whoever_reads_it_at_the_same_time() -> None:
    """Nine threads read one and the same, and each object has its own."""
    one, other = Kept(), Kept()

    assert at_once(lambda: one.all) == [one.made] * CALLERS
    assert len(one.made) == 1
    assert other.part is not one.part


def test_a_port_that_is_built_later_is_built_once() -> None:
    """The clients of one process are one client, however many threads want it first."""
    made: list[object] = []

    def store() -> MemorySecrets:
        slowly(made)
        return MemorySecrets(key="value")

    secrets = LazySecrets(store)
    assert at_once(lambda: secrets.get("key")) == ["value"] * CALLERS
    assert len(made) == 1


def test_a_wrong_setting_leaves_no_thread_behind(tmp_path: Path) -> None:
    """However often an instance with a wrong setting is called, no queue of it goes on in the background."""
    settings = Settings(
        state_url=f"sqlite:///{tmp_path}/state.db",
        secrets_url=f"vault:///{tmp_path}/vault",
        people_quota="plenty",
    )
    before = threading.active_count()
    for _ in range(3):
        with pytest.raises(Misconfigured):
            build(settings)
    assert threading.active_count() == before


ONE_QUEUE = """
import sys, threading, time
from shared import bootstrap

def turn(frame, event, _):
    if event == "call" and frame.f_code.co_name == "build":
        time.sleep(0.05)

threading.setprofile(turn)
def call():
    start.wait()
    got.append(bootstrap.services())

start, got = threading.Barrier(9), []
threads = [threading.Thread(target=call) for _ in range(9)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(got), len({id(one.tasks) for one in got}), threading.active_count() - 1)
"""


def test_an_instance_has_one_queue(tmp_path: Path) -> None:
    """Nine first calls at once share one queue in process, with its three workers and one set of names."""
    settings = {"STATE_URL": f"sqlite:///{tmp_path}/state.db", "SECRETS_URL": f"vault:///{tmp_path}/vault"}
    ended = subprocess.run(
        [sys.executable, "-c", ONE_QUEUE],
        cwd=Path(__file__).parents[2],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.stdout.split() == ["9", "1", "3"]
    assert ended.stderr == ""
