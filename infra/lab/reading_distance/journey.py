"""Journey: one customer's way through a run, as the running product shows it.

A profile function sees each call. It knows the customer by a word that stands in their record and nowhere
else, and follows work into other threads by the task or thread that carries it there.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import thread as pool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from infra.lab.bench.stage import WISP, stage
from infra.standins.simpler.generator import make_customers
from shared.bootstrap import build
from shared.usecases.runs.run import SyncWisp, sync_wisp

ROOT = Path(__file__).parents[3]

_WORD = "Quetzalcoatl"
_SEED = 11
_OWN = tuple(f"{ROOT / folder}/" for folder in ("shared", "functions"))
_TO_GOOGLE = "/people/"
"""In the path of each file of the adapter that writes contacts."""

_SENDS = frozenset({"send", "sendall"})
_WORK_ITEM: Any = vars(pool)["_WorkItem"]
_HANDED_ON: frozenset[CodeType] = frozenset({_WORK_ITEM.__init__.__code__, threading.Thread.start.__code__})
_TAKEN_UP: frozenset[CodeType] = frozenset({_WORK_ITEM.run.__code__, threading.Thread.run.__code__})

Frames = tuple[str, ...]


@dataclass(slots=True)
class Journey:
    """The files, shapes and frames on the customer's way.

    Attributes:
        files: Files of ours in which a function ran.
        carriers: Those in which a function was handed the customer, or gave them back.
        shapes: Our classes whose instances carried the customer there.
        write: Our frames at the socket when the contact was written, outermost first, over all threads.
    """

    files: set[str] = field(default_factory=set)
    carriers: set[str] = field(default_factory=set)
    shapes: set[str] = field(default_factory=set)
    write: Frames = ()


def follow(folder: Path) -> Journey:
    """Fill an account, change one customer, and follow them through the next run.

    Args:
        folder: Where state, secrets and the stand-ins' logs go.
    """
    records = make_customers(20, _SEED)
    with stage(folder) as on:
        services = build(on.settings)
        on.set_customers(records)
        sync_wisp(services, SyncWisp(WISP))
        changed = next(record for record in records if record["status"] == "current")
        changed["nickname"] = _WORD
        on.set_customers(records)
        journey = Journey()
        with _profiled(_Follower(journey)):
            sync_wisp(services, SyncWisp(WISP))
    return journey


@contextmanager
def _profiled(profile: Callable[[FrameType, str, Any], None]) -> Iterator[None]:
    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


class _Follower:
    """The profile function; threads share it."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._carried: dict[int, Frames] = {}
        self._here = threading.local()

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        code = frame.f_code
        if event == "c_call" and getattr(value, "__name__", "") in _SENDS:
            self._note_send(frame)
        elif event == "call" and code in _HANDED_ON:
            self._carried[id(frame.f_locals["self"])] = self._frames(frame)
        elif event == "call" and code in _TAKEN_UP:
            self._here.before = self._carried.get(id(frame.f_locals["self"]), ())
        elif code.co_filename.startswith(_OWN):
            self._note(code.co_filename, frame, event, value)

    def _note(self, file: str, frame: FrameType, event: str, value: Any) -> None:
        self._journey.files.add(file)
        handed = list(frame.f_locals.values()) if event == "call" else [value]
        if event in {"call", "return"} and (carrying := [one for one in handed if _carries(one)]):
            self._journey.carriers.add(file)
            names = {(type(one).__module__, type(one).__qualname__) for one in carrying}
            self._journey.shapes |= {name for module, name in names if module.startswith("shared.")}

    def _note_send(self, frame: FrameType) -> None:
        frames = self._frames(frame)
        if any(_TO_GOOGLE in each for each in frames):
            self._journey.write = frames  # the last one counts: the write comes after every read

    def _frames(self, frame: FrameType | None) -> Frames:
        """Return our frames of this thread, after those of the thread that handed the work on."""
        own = []
        while frame is not None:
            code = frame.f_code
            if code.co_filename.startswith(_OWN):
                own.append(f"{Path(code.co_filename).relative_to(ROOT)} {code.co_qualname}")
            frame = frame.f_back
        return (*getattr(self._here, "before", ()), *reversed(own))


def _carries(value: object) -> bool:
    try:
        return _WORD in repr(value)
    except Exception:  # noqa: BLE001  an object that is being made has no text yet
        return False
