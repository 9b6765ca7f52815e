"""Workers: processes that perform schedules side by side, each with its own stand-ins and databases."""

import os
import shutil
import signal
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from infra.lab.chaos.clock import SharedTime
from infra.lab.chaos.database import Database, EmulatorProject, SqliteFile
from infra.lab.chaos.preload import warm_up
from infra.lab.chaos.schedule import Result, perform
from infra.lab.chaos.standins import StandIns
from infra.lab.chaos.verdict import Finding
from infra.lab.room import room


@dataclass(frozen=True, slots=True)
class Order:
    """A schedule to perform.

    Attributes:
        seed: Which.
        emulator: Host and port of Firestore's emulator; empty: on SQLite.
        aim: A pattern of the events at which crashes and pauses are likeliest; empty: each round has its own.
    """

    seed: int
    emulator: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that performs schedules."""

    pid: int
    pipe: Connection


def performed(orders: Iterable[Order], workers: int) -> Iterator[tuple[Order, Result]]:
    """Perform schedules, and yield what came of each as it ends."""
    left = iter(orders)
    busy: dict[Connection, Order] = {}
    forked = _forked(workers)
    try:
        for worker in forked:
            _give(worker.pipe, left, busy)
        while busy:
            for pipe in wait(list(busy)):
                assert isinstance(pipe, Connection), "only connections are waited for"
                order, result = busy.pop(pipe), pipe.recv()
                yield order, result
                _give(pipe, left, busy)
    finally:
        for worker in forked:
            worker.pipe.close()
        for worker in forked:
            os.waitpid(worker.pid, 0)


def _give(pipe: Connection, left: Iterator[Order], busy: dict[Connection, Order]) -> None:
    if order := next(left, None):
        pipe.send(order)
        busy[pipe] = order


def _forked(count: int) -> list[Worker]:
    forked: list[Worker] = []
    for _ in range(count):
        ours, theirs = Pipe()
        pid = os.fork()
        if pid == 0:
            for pipe in (ours, *(worker.pipe for worker in forked)):
                pipe.close()
            _work(theirs)
        theirs.close()
        forked.append(Worker(pid, ours))
    return forked


def _work(pipe: Connection) -> None:
    """Perform orders until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time = SharedTime()
    standins = StandIns(time, pipe)
    warm_up(standins.google)
    try:
        with room() as folder:
            while True:
                order: Order = pipe.recv()
                pipe.send(_result(order, standins, time, folder / str(order.seed)))
    except (EOFError, BrokenPipeError):
        standins.close()
    finally:
        os._exit(0)


def _result(order: Order, standins: StandIns, time: SharedTime, folder: Path) -> Result:
    folder.mkdir()
    database = _database(order, folder)
    try:
        return perform(order.seed, standins, time, database, folder, aim=order.aim)
    except Exception:  # noqa: BLE001  the harness failed: that is told like any other failure
        finding = Finding("harness", traceback.format_exc())
        return Result(order.seed, Counter(schedules=1), [finding], [], 0)
    finally:
        database.close()
        shutil.rmtree(folder, ignore_errors=True)


def _database(order: Order, folder: Path) -> Database:
    if order.emulator:
        return EmulatorProject(order.emulator, f"chaos-{os.getpid()}-{order.seed}")
    return SqliteFile(folder)
