"""The slots at a SIMPLer: not more runs than these read it at once, and who finds none waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.events import Event
from shared.ports import Gate
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.runs.run import SyncWisp
from shared.usecases.runs.slot import SLOT_SECONDS, SLOTS, NoSlot, Slot, take_slot
from shared.usecases.runs.start import HANDOVER, start_sync
from shared.usecases.runs.status import running_now
from shared.usecases.runs.work import work
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp with one customer, which is no contact yet."""
    with a_world(tmp_path, [customer(1)]) as world:
        yield world


def fill(world: World) -> list[Slot]:
    """Take all slots at the wisp's SIMPLer, as runs of others would."""
    return [take_slot(world.services, world.wisp) for _ in range(SLOTS)]


def deliver(world: World, body: Any) -> Any:
    """Do a task as the queue brings it."""
    return work(world.services, msgspec.convert(body, SyncWisp))


def test_a_run_that_finds_no_slot_waits(world: World) -> None:
    """Nothing is recorded of it, it counts as no try, and another task of its own looks again."""
    fill(world)
    left = deliver(world, {"wisp": "acme"})
    [task] = world.tasks.tasks

    assert left.state == "waiting"
    assert left.code == "simpler.busy"
    assert task.body == {"wisp": "acme", "by": "nightly run", "waits": 1}
    assert 30 <= task.delay <= 36
    assert not task.urgent
    assert world.services.state.find("wisps/acme/runs") == []
    assert world.simpler.state.calls == []


def test_a_run_has_the_slot_that_another_gave_back(world: World) -> None:
    """It does its work, and gives it back in turn."""
    slots = fill(world)
    deliver(world, {"wisp": "acme"})
    slots[3].leave()

    assert deliver(world, world.tasks.tasks.pop().body).state == "complete"
    assert len(world.services.leases.held()) == SLOTS - 1


def test_a_slot_is_for_reading_alone(world: World) -> None:
    """While a run writes to Google, others read SIMPLer."""
    held: list[list[str]] = []

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[Any]:
        held.append([name for name in world.services.leases.held() if name.startswith("simpler-")])
        with whole(account, gate) as opened:
            yield opened

    whole, world.services = world.services.book, replace(world.services, book=book)

    assert world.run().state == "complete"
    assert held == [[]]


def test_a_slot_whose_run_died_is_free_in_time(world: World) -> None:
    """Nobody gives it back; it ends by itself."""
    fill(world)
    world.expire(SLOT_SECONDS + 1)

    assert deliver(world, {"wisp": "acme"}).state == "complete"


def test_a_slot_is_given_back_once(world: World) -> None:
    """So that nobody loses it who took it meanwhile."""
    fill(world)[0].leave()
    mine = take_slot(world.services, world.wisp)
    mine.leave()
    other = take_slot(world.services, world.wisp)
    mine.leave()
    with pytest.raises(NoSlot):
        take_slot(world.services, world.wisp)
    other.leave()


@pytest.mark.parametrize(
    "url", ["https://simpler.other.example/restapi/", "https://[::1]/", "https://[", "nonsense"]
)
def test_another_simpler_has_slots_of_its_own(world: World, url: str) -> None:
    """By the server's name, whatever it looks like."""
    fill(world)
    other = Wisp("other", "Other", "IE", "Europe/Dublin", url, "acme", "simpler-acme")

    with take_slot(world.services, other):
        assert len(world.services.leases.held()) == SLOTS + 1


def test_wisps_of_one_server_share_its_slots(world: World) -> None:
    """Each may have another path there, and another spelling."""
    fill(world)
    port = world.wisp.simpler_url.split(":")[2].split("/")[0]
    for url in ("http://127.0.0.1/other/", f"HTTP://127.0.0.1:{port}/x"):
        with pytest.raises(NoSlot, match="127_0_0_1"):
            take_slot(world.services, replace(world.wisp, id="other", simpler_url=url))


def test_a_button_shows_that_its_run_waits(world: World) -> None:
    """For longer than a task has to begin, and without anybody coming between."""
    slots = fill(world)
    pressed = start_sync(world.services, "acme", "mary@example.com")
    for _ in range(3):
        task = world.tasks.tasks.pop()
        deliver(world, task.body)
        assert world.tasks.tasks[0].urgent
        world.expire(HANDOVER - 1)
    running = running_now(world.services, "acme")
    slots[0].leave()
    outcome = deliver(world, world.tasks.tasks.pop().body)

    assert running is not None
    assert running.run == pressed.run
    assert running.phase == "waiting"
    assert outcome.run == pressed.run
    assert outcome.state == "complete"


@pytest.mark.parametrize(("waits", "is_given_up"), [(39, False), (40, True)])
def test_waiting_ends(world: World, caplog: pytest.LogCaptureFixture, waits: int, is_given_up: bool) -> None:
    """After six hours the next night does it, and somebody is told."""
    caplog.set_level("INFO", "simpler_contacts")
    fill(world)
    deliver(world, {"wisp": "acme", "waits": waits})
    told = [vars(record)["fields"].get("code") for record in caplog.records if "fields" in vars(record)]
    names = [vars(record)["event"] for record in caplog.records]

    assert (Event.RUN_ABANDONED in names) == is_given_up
    assert ("simpler.busy" in told) == is_given_up
    assert len(world.tasks.tasks) == (not is_given_up)


def test_a_wisp_that_moved_to_another_simpler_waits_for_that(world: World) -> None:
    """Settings are read anew at each look."""
    fill(world)
    deliver(world, {"wisp": "acme"})
    moved = world.wisp.simpler_url.replace("127.0.0.1", "localhost")
    world.services.state.write(wisp_put(replace(world.wisp, simpler_url=moved)))

    assert deliver(world, world.tasks.tasks.pop().body).code != "simpler.busy"
