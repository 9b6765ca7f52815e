"""Watching: what a look of the watchdog and of the doctor costs, on Firestore's emulator and on SQLite.

``python -m infra.lab.scale.watching`` renews its table in docs/scale.md; it takes minutes. At the moment of
each look every wisp has come due, in whatever time zone: no hour of a day has more.
"""

import argparse
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.lab.chaos.emulator import emulator
from infra.lab.meter import Meter, MeteredLeases, MeteredState
from infra.lab.page import renew, table
from infra.lab.room import room
from infra.lab.scale.clock import SimulatedClock
from infra.lab.scale.population import Member, populate
from infra.lab.scale.settings import settings
from shared.adapters.google.firestore.client import open_firestore
from shared.adapters.google.firestore.leases import FirestoreLeases
from shared.adapters.google.firestore.state import FirestoreState
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.leases import SqliteLeases
from shared.adapters.local.sqlite.state import SqliteState
from shared.bootstrap import build
from shared.domain.model.account import Account
from shared.domain.model.night import Nights
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.domain.model.schedule import last_night
from shared.domain.model.wisp import Wisp
from shared.errors import RetryLater, Trouble
from shared.events import LOGGER
from shared.ports import Drop, LeaseStore, Put, StateStore, Task
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.run_documents import WATCHED, nights_put, run_put
from shared.usecases.base.services import Services
from shared.usecases.operations.doctor import diagnose
from shared.usecases.runs.watchdog import watch

PAGE = Path("docs/scale.md")
AT_ONCE = 400
"""Documents that one write takes."""

NOW = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
"""When everybody's night is over, in every time zone of the population."""

OLD_RUNS = 10
"""Records of runs that each wisp has."""

Documents = Callable[[Member], Sequence[Put]]
Stores = tuple[StateStore, LeaseStore]
Opened = Callable[[Path], AbstractContextManager[Stores]]


@dataclass(frozen=True, slots=True)
class Look:
    """One look, measured.

    Attributes:
        store: Which database.
        what: What there was to see.
        wisps: How many wisps.
        seconds: From its beginning to its end.
        processor: Seconds of processor time of our own process.
        meter: What was asked of the database.
        causes: How many causes it told.
    """

    store: str
    what: str
    wisps: int
    seconds: float
    processor: float
    meter: Meter
    causes: int

    def row(self) -> Sequence[str]:
        """Return it as cells of a table."""
        return (
            self.store,
            self.what,
            f"{self.wisps:,}",
            f"{self.meter.reads:,}",
            f"{self.meter.trips:,}",
            f"{self.causes:,}",
            f"{self.processor:.1f}",
            f"{self.seconds:.1f}",
        )


class Willing:
    """The `TaskQueue` port of a queue that takes everything and forgets it."""

    def enqueue(self, task: Task) -> bool:
        """Take it."""
        return bool(task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Take them."""
        return [self.enqueue(task) for task in tasks]


def main() -> None:
    """Measure, and write."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.scale.watching", description=__doc__)
    parser.add_argument("--wisps", type=int, default=10_000, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--old", type=int, default=1000, metavar="N", help="with an earlier build's documents"
    )
    arguments = parser.parse_args()
    members, old = populate(arguments.wisps, 2026), populate(arguments.old, 2026)
    LOGGER.setLevel(logging.CRITICAL)
    with room() as folder:
        looks = [
            each for name, opened in _STORES.items() for each in _looks(name, opened, folder, members, old)
        ]
    heads = ("database", "look", "WISPs", "documents read", "trips", "causes", "processor s", "seconds")
    renew(PAGE, {"watching": table(heads, [look.row() for look in looks], left=2)})
    print(f"{PAGE} is renewed.")


def _looks(
    name: str, opened: Opened, folder: Path, members: Sequence[Member], old: Sequence[Member]
) -> Iterator[Look]:
    with opened(folder) as stores:
        _write(stores[0], members, _common)
        yield _measured(name, "a good night", stores, members, _good)
        yield _measured(name, "nobody is due", stores, members, None)
        yield _measured(name, "every run failed", stores, members, _failed)
        yield _measured(name, "no run began", stores, members, _not_begun)
        yield _measured(name, "the doctor, of that", stores, members, None, look=_examined)
    with opened(folder / "old") as stores:  # a database of its own
        _write(stores[0], old, _common)
        yield _measured(name, "documents of an earlier build", stores, old, _earlier)


def _watched(services: Services) -> int:
    """Look as the watchdog does, and return how many causes it told."""
    return len(watch(services).causes)


def _examined(services: Services) -> int:
    """Look as the operator's doctor does, and return its rows about nights."""
    return sum(each.what.startswith("night ") for each in diagnose(services).findings)


def _measured(
    name: str,
    what: str,
    stores: Stores,
    members: Sequence[Member],
    documents: Documents | None,
    *,
    look: Callable[[Services], int] = _watched,
) -> Look:
    state, leases = stores
    if documents is not None:
        state.write(Drop(WATCHED))
        _write(state, members, documents)
    meter = Meter()
    with room() as folder:
        services = replace(
            build(settings(folder), clock=SimulatedClock(NOW), tasks=Willing()),
            state=MeteredState(state, meter),
            leases=MeteredLeases(leases, meter),
        )
    started, processor = time.perf_counter(), time.process_time()
    try:
        causes = look(services)
    except RetryLater:  # a busy machine's emulator; what was watched by then would not be measured
        return _measured(name, what, stores, members, documents, look=look)
    seconds, spent = time.perf_counter() - started, time.process_time() - processor
    measured = Look(name, what, len(members), seconds, spent, meter, causes)
    print("  ".join(measured.row()), flush=True)
    return measured


def _write(state: StateStore, members: Sequence[Member], documents: Documents) -> None:
    puts = [put for member in members for put in documents(member)]
    starts = [*range(0, len(puts), AT_ONCE)]
    while starts:
        with suppress(RetryLater):  # a busy machine's emulator takes its time
            state.write(*puts[starts[-1] : starts[-1] + AT_ONCE])
            starts.pop()


def _common(member: Member) -> Sequence[Put]:
    wisp = Wisp(
        member.wisp,
        member.wisp.title(),
        "IE",
        member.time_zone,
        "https://simpler.example/",
        member.wisp,
        "none",
    )
    accounts = (
        Account(f"{member.wisp}-{n}", member.wisp, f"{n}@{member.wisp}.example", f"{member.wisp}-{n}", "none")
        for n in range(member.accounts)
    )
    return [wisp_put(wisp), *map(account_put, accounts)]


def _night(member: Member) -> datetime:
    return last_night(NOW, member.time_zone)


def _good(member: Member) -> Sequence[Put]:
    began = _night(member).isoformat()
    return [nights_put(member.wisp, Nights(member.time_zone, 30, began=began, complete=began))]


def _failed(member: Member) -> Sequence[Put]:
    nights = Nights(member.time_zone, 30, began=_night(member).isoformat(), code="simpler.down", accounts=1)
    return [nights_put(member.wisp, nights)]


def _not_begun(member: Member) -> Sequence[Put]:
    before = (_night(member) - timedelta(days=1)).isoformat()
    return [nights_put(member.wisp, Nights(member.time_zone, 30, began=before, complete=before, accounts=1))]


def _earlier(member: Member) -> Sequence[Put]:
    runs = [_run(member, _night(member) - timedelta(days=days)) for days in range(OLD_RUNS)]
    return [Put(f"durations/{member.wisp}", {"time_zone": member.time_zone, "seconds": 30.0}), *runs]


def _run(member: Member, began: datetime) -> Put:
    accounts = [
        AccountOutcome(f"{member.wisp}-{n}", f"{n}@{member.wisp}.example", "complete", planned=True)
        for n in range(member.accounts)
    ]
    finished = (began + timedelta(seconds=30)).isoformat()
    outcome = RunOutcome(
        f"{began:%Y%m%dT%H%M%S}-00000000",
        member.wisp,
        began.isoformat(),
        "nightly run",
        "complete",
        finished=finished,
        accounts=accounts,
    )
    return run_put(outcome)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Stores]:
    clock = SimulatedClock(NOW)
    database = Database(folder / "state.db")
    yield SqliteState(database, clock), SqliteLeases(database, clock)


@contextmanager
def _firestore(folder: Path) -> Iterator[Stores]:
    clock = SimulatedClock(NOW)
    folder.mkdir(exist_ok=True)
    with emulator(folder / "emulator.log"):
        client = open_firestore("demo-watching", "(default)")
        yield FirestoreState(client, clock), FirestoreLeases(client, clock)


_STORES: Mapping[str, Opened] = {"Firestore's emulator": _firestore, "SQLite": _sqlite}

if __name__ == "__main__":
    main()
