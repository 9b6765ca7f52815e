"""The nightly start of many wisps: spread, repeated, interrupted, in process and on Cloud Tasks' stand-in."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.standins.cloud.delivery import Delivery
from infra.standins.cloud.task_messages import Queue
from infra.standins.cloud.task_server import cloud_tasks
from shared.adapters.google.cloud_tasks import TaskTarget, open_cloud_tasks
from shared.adapters.local.inline_tasks import InlineTasks
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.state import SqliteState
from shared.domain.model.night import Nights
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import Document, Put, Task, TaskQueue
from shared.replace import replace
from shared.usecases.base.run_documents import nights_put, read_nights
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import AT_ONCE, Again, Night, delay, sync_all, window
from tests.fake_clock import FakeClock
from tests.hooked import Hooked
from tests.world import TaskList, a_world, customer

ZONE = "Pacific/Auckland"
QUEUE = "projects/demo/locations/europe-west1/queues/nightly"


class Flaky(TaskList):
    """A queue that cannot take some wisps' tasks."""

    def __init__(self, *broken: str) -> None:
        super().__init__()
        self.broken = set(broken)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        return [self._tried(task) for task in tasks]

    def _tried(self, task: Task) -> bool | Trouble:
        if task.body["wisp"] in self.broken:
            return RetryLater("tasks.quota", "asked for too much")
        return self.enqueue(task)


class Dark:
    """The night: a clock, a database with wisps, and a queue."""

    def __init__(self, folder: Path, wisps: int, tasks: TaskQueue | None = None) -> None:
        self.clock = FakeClock()
        self.state = SqliteState(Database(folder / "state.db"), self.clock)
        self.tasks = tasks or TaskList()
        puts = [Put(f"wisps/w{n:05}", {"time_zone": ZONE}) for n in range(wisps)]
        puts.append(Put("wisps/elsewhere", {"time_zone": "Europe/Dublin"}))
        for start in range(0, len(puts), 400):
            self.state.write(*puts[start : start + 400])

    def start(self, state: Any = None, again: Again = "") -> Night:
        """Call `sync_all`."""
        services: Any = SimpleNamespace(clock=self.clock, state=state or self.state, tasks=self.tasks)
        asked: Services = services
        return sync_all(asked, ZONE, again)

    @property
    def delays(self) -> dict[str, float]:
        """What was handed on, by wisp."""
        assert isinstance(self.tasks, TaskList)
        return {task.body["wisp"]: task.delay for task in self.tasks.tasks}


def test_a_few_wisps_start_at_once(tmp_path: Path) -> None:
    """Up to fifty wisps of a time zone all start at 05:00, and no wisp of another zone does."""
    dark = Dark(tmp_path, AT_ONCE)
    night = dark.start()

    assert dark.delays == {f"w{n:05}": 0 for n in range(AT_ONCE)}
    assert list(night.enqueued) == list(dark.delays)
    assert night.last_start == dark.clock.now()


def test_many_wisps_are_spread_evenly(tmp_path: Path) -> None:
    """The starts of a thousand wisps fill their window: each tenth of it has about a tenth of them."""
    dark = Dark(tmp_path, 1000)
    dark.start()
    tenths = [int(after / window(1000) * 10) for after in dark.delays.values()]

    assert window(1000) == (1000 - AT_ONCE) / 2
    assert {tenth: 60 < tenths.count(tenth) < 140 for tenth in range(10)} == dict.fromkeys(range(10), True)


def test_a_wisp_has_its_place_in_the_window_every_night(tmp_path: Path) -> None:
    """The next night's delays are the same, so a day lies between two runs; one wisp more moves no place."""
    dark = Dark(tmp_path, 300)
    dark.start()
    first = dark.delays
    dark.clock.advance(24 * 3600)
    dark.tasks = TaskList()
    dark.start()

    assert dark.delays == first
    assert delay("w00007", 301) / window(301) == pytest.approx(delay("w00007", 300) / window(300))


def test_two_queries_find_all_wisps(tmp_path: Path) -> None:
    """The state is asked twice, however many wisps there are: for the wisps and for how long they take."""
    dark = Dark(tmp_path, 1000)
    asked: list[str] = []

    def find(collection: str, **how: Any) -> Any:
        asked.append(collection)
        return dark.state.find(collection, **how)

    dark.start(Hooked(dark.state, find=find))

    assert asked == ["wisps", "durations"]


def test_a_day_is_the_time_zones_own(tmp_path: Path) -> None:
    """A call late on the same day of the time zone, though UTC has the next one, starts nothing twice."""
    dark = Dark(tmp_path, 3)
    dark.clock.advance((datetime(2026, 3, 2, 16, tzinfo=UTC) - dark.clock.now()).total_seconds())
    at_five = dark.start()  # 05:00 on the 3rd in Auckland
    dark.clock.advance(9 * 3600)
    again = dark.start()
    dark.clock.advance(15 * 3600)
    next_day = dark.start()

    assert [len(night.enqueued) for night in (at_five, again, next_day)] == [3, 0, 3]
    assert again.already == 3
    assert again.last_start is None
    assert again.last_done is None


def test_one_that_cannot_be_enqueued_costs_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """All others are enqueued; the call fails, so that it is repeated, and then does what is missing."""
    caplog.set_level(logging.INFO, "simpler_contacts")
    tasks = Flaky("w00001")
    dark = Dark(tmp_path, 4, tasks)
    with pytest.raises(RetryLater, match=r"1 of 4 .*tasks\.quota"):
        dark.start()
    tasks.broken.clear()
    repeated = dark.start()

    assert list(repeated.enqueued) == ["w00001"]
    assert repeated.already == 3
    assert sorted(dark.delays) == ["w00000", "w00001", "w00002", "w00003"]
    logged = [vars(record) for record in caplog.records]
    assert [str(line["event"]) for line in logged] == ["night.incomplete", "night.enqueued"]
    assert [line["fields"]["failed"] for line in logged] == [1, 0]


def test_it_says_when_the_last_one_will_be_done(tmp_path: Path) -> None:
    """By each wisp's place in the window and how long its last run took; a new one's, as the longest."""
    dark = Dark(tmp_path, 3)
    for wisp, seconds in (("w00000", 40.0), ("w00001", 90.5)):
        dark.state.write(Put(f"durations/{wisp}", {"time_zone": ZONE, "seconds": seconds}))
    dark.state.write(Put("durations/elsewhere", {"time_zone": "Europe/Dublin", "seconds": 4000.0}))
    night = dark.start()

    assert night.last_start == dark.clock.now()
    assert night.last_done == dark.clock.now() + timedelta(seconds=90.5)


def test_a_wide_windows_last_one_is_not_always_the_latest_start(tmp_path: Path) -> None:
    """A long run that starts early may be the last to be done."""
    dark = Dark(tmp_path, 100)
    early = min((delay(f"w{n:05}", 100), f"w{n:05}") for n in range(100))
    dark.state.write(
        *(Put(f"durations/w{n:05}", {"time_zone": ZONE, "seconds": 1.0}) for n in range(100)),
        Put(f"durations/{early[1]}", {"time_zone": ZONE, "seconds": 500.0}),
    )
    night = dark.start()

    assert night.last_done == dark.clock.now() + timedelta(seconds=early[0] + 500)


def test_a_run_leaves_how_long_it_took(tmp_path: Path) -> None:
    """After a run its duration is found by the wisp's time zone; a run that failed leaves the old one."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.clock.tick = 0.25
        world.run()
        before, _ = read_nights(world.services.state, "Europe/Dublin")
        world.simpler.state.customers.replace([])
        failed = world.run()

        assert before.keys() == {"acme"}
        assert before["acme"].seconds > 1
        assert failed.state == "failed"
        assert read_nights(world.services.state, "Europe/Dublin")[0]["acme"].seconds == before["acme"].seconds


def test_a_night_can_be_asked_for_again(tmp_path: Path) -> None:
    """For all of a time zone, or who has no complete run since 05:00 or at last; none is started twice."""
    dark = Dark(tmp_path, 5)
    dark.clock.advance((datetime(2026, 3, 2, 16, tzinfo=UTC) - dark.clock.now()).total_seconds())
    night = dark.clock.now()  # 05:00 on the 3rd in Auckland
    dark.start()
    done = Nights(ZONE, began=night.isoformat(), complete=night.isoformat())
    before = (night - timedelta(seconds=1)).isoformat()
    dark.state.write(
        nights_put("w00000", done),
        nights_put("w00001", Nights(ZONE, began=night.isoformat(), complete=before)),
        nights_put("w00002", Nights(ZONE, began=before, complete=before)),
        nights_put("w00004", replace(done, code="google.oauth_client")),
    )
    dark.clock.advance(2 * 3600)
    failed = dark.start(again="incomplete")
    repeated = dark.start(again="incomplete")
    everybody = dark.start(again="all")
    dark.clock.advance(60)

    assert list(failed.enqueued) == ["w00001", "w00002", "w00003", "w00004"]
    assert list(repeated.enqueued) == []
    assert repeated.already == 4
    assert list(everybody.enqueued) == ["w00000"]
    assert everybody.already == 4
    assert len(dark.start(again="all").enqueued) == 5


def test_what_only_an_operator_can_mend_is_told_as_that(tmp_path: Path) -> None:
    """A queue that refuses us is a wrong setting, not a thing to be tried later."""
    tasks = TaskList()
    tasks.refusal = Misconfigured("tasks.forbidden", "may not enqueue")
    with pytest.raises(Misconfigured, match=r"2 of 2 .*may not enqueue"):
        Dark(tmp_path, 2, tasks).start()


def test_the_same_code_spreads_within_the_process(tmp_path: Path) -> None:
    """The queue within the process runs every wisp once, none before its place in the window."""
    clock = FakeClock()
    begun: dict[str, float] = {}

    def call(_: str, body: Document) -> None:
        assert body["wisp"] not in begun
        begun[body["wisp"]] = clock.monotonic()

    with InlineTasks(call, clock, workers=1, reserved=0) as tasks:
        dark = Dark(tmp_path, 200, tasks)
        start = clock.monotonic()
        dark.start()
        dark.start()
        tasks.drain()

    assert len(begun) == 200
    assert all(begun[wisp] - start >= delay(wisp, 200) - 0.001 for wisp in begun)


class Dies:
    """A process that dies after some connections."""

    def __init__(self, connect: Any, after: int) -> None:
        self.connect = connect
        self.left = after

    def __call__(self) -> Any:
        self.left -= 1
        if self.left < 0:
            raise SystemExit("killed")
        return self.connect()


def test_a_start_that_dies_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    """Scheduler calls again: what the first call enqueued stays as it was, and every wisp is there once."""
    clock = FakeClock()
    calls: list[bytes] = []

    def deliver(delivery: Delivery) -> int:
        calls.append(delivery.body)
        return 200

    with cloud_tasks(clock, deliver=deliver) as running:
        running.tasks.create_queue(QUEUE.partition("/queues/")[0], Queue(QUEUE))
        queue = open_cloud_tasks(
            QUEUE, TaskTarget("http://127.0.0.1:9/{function}", "a@b"), clock, running.url
        )
        dark = Dark(tmp_path, 64, queue)
        whole = queue._connect
        queue._connect = Dies(whole, after=5)
        with pytest.raises(SystemExit):
            dark.start()
        half = len(running.tasks.names(QUEUE))
        queue._connect = whole
        night = dark.start()
        clock.advance(window(64) + 1)
        while running.tasks.seconds_to_next() <= 0:
            running.tasks.settle()
            clock.advance(1)

    assert 0 < half < 64
    assert len(night.enqueued) == 64 - half
    assert night.already == half
    assert len(calls) == len(set(calls)) == 64
