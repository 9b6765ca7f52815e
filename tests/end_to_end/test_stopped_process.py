"""A process that ends, or stands still for longer than its lease, while its request is on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from infra.standins.google import Lag, Rules
from infra.standins.google.faults import FaultPlan, Strike
from infra.standins.google.mishap import Mishap
from shared.usecases.base.leases import TTL
from shared.usecases.sync.missing import LAG, UNDER_WAY
from tests.end_to_end.nights import customers_held, documents, pass_time
from tests.world import World, a_world, customer

PATIENCE = 60
"""Seconds after which a test that fails ends."""


class Killing(FaultPlan):
    """Google, whom the first request of a method reaches just as its sender dies; it takes effect or not."""

    def __init__(self, method: str, *, has_effect: bool) -> None:
        super().__init__()
        self.pid = 0
        self._method = method
        self._has_effect = has_effect

    def take(self, method: str, account: str | None) -> Strike | None:
        if method != self._method or not self.pid:
            return super().take(method, account)
        os.kill(self.pid, signal.SIGKILL)
        self.pid = 0
        return None if self._has_effect else Strike(Mishap(close=True), "before", threading.Event())


class Stopping(FaultPlan):
    """Google, which holds the first request of a method until it is told to go on; its sender is stopped."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.pid = 0
        self.stopped, self.go_on = threading.Event(), threading.Event()
        self._method = method

    def take(self, method: str, account: str | None) -> Strike | None:
        if method == self._method and not self.stopped.is_set():
            os.kill(self.pid, signal.SIGSTOP)
            self.stopped.set()
            self.go_on.wait(PATIENCE)
        return super().take(method, account)


def a_change(world: World) -> None:
    """Add six customers, change six others' numbers, and let two leave."""
    for number in range(1, 7):
        world.simpler.state.customers.patch(str(number), {"mobile": f"086 {2_000_000 + number}"})
    for number in (7, 8):
        world.simpler.state.customers.delete(str(number))
    for number in range(11, 17):
        world.simpler.state.customers.add(customer(number))


@pytest.mark.parametrize(
    "method", ["people.batchUpdateContacts", "people.batchCreateContacts", "people.deleteContact"]
)
def test_what_a_stopped_process_may_still_do_is_the_request_that_was_on_the_way(
    tmp_path: Path, method: str
) -> None:
    """SIGSTOP, runs of others, SIGCONT: it is superseded, writes no state, and calm runs mend the rest."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.run()
        world.add_own_contacts(1)
        friends = world.own_contacts()
        a_change(world)
        google = world.google.world.faults = Stopping(method)
        with holder(world, tmp_path) as process:
            google.pid = process.pid
            assert google.stopped.wait(PATIENCE)
            others(world)
            asked, state = world.people_requests(), documents(world)
            (tmp_path / "stood-still").write_text(str(TTL + LAG))
            google.go_on.set()
            process.send_signal(signal.SIGCONT)
            said = json.loads(process.communicate(timeout=PATIENCE)[0])

        assert said["state"] == "superseded"
        assert world.people_requests() == asked
        assert documents(world) == state
        settled(world)
        assert world.own_contacts() == friends


@pytest.mark.parametrize(
    ("method", "has_effect"),
    [
        ("people.batchCreateContacts", True),
        ("people.batchCreateContacts", False),
        ("people.batchUpdateContacts", True),
    ],
)
def test_a_process_that_is_killed_at_a_request_is_mended_by_others(
    tmp_path: Path, method: str, *, has_effect: bool
) -> None:
    """SIGKILL, and the request took effect or not: its lease runs out, and calm runs do the rest, once."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.run()
        world.add_own_contacts(1)
        friends = world.own_contacts()
        a_change(world)
        google = world.google.world.faults = Killing(method, has_effect=has_effect)
        with holder(world, tmp_path) as process:
            google.pid = process.pid
            assert process.wait(PATIENCE) == -signal.SIGKILL
        world.expire(TTL)

        settled(world)
        assert world.own_contacts() == friends


def test_whose_contacts_a_killed_process_was_making_is_known(tmp_path: Path) -> None:
    """They do not show for minutes, for longer than its lease: the next run makes none of them again."""
    late = Rules(lag=Lag(sync=TTL + 200, listing=TTL + 200, get=TTL + 200))
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], rules=late) as world:
        google = world.google.world.faults = Killing("people.batchCreateContacts", has_effect=True)
        with holder(world, tmp_path) as process:
            google.pid = process.pid
            assert process.wait(PATIENCE) == -signal.SIGKILL
        world.expire(TTL)
        pass_time(world, TTL)
        soon = world.run().accounts[0]
        pass_time(world, LAG)
        later = world.run().accounts[0]

        assert soon.created == 0
        assert soon.code == "google.unconfirmed"
        assert later.created == 0
        assert later.state == "complete"
        assert customers_held(world) == {str(n): 1 for n in range(1, 11)}


def holder(world: World, folder: Path, passed: float = 0) -> subprocess.Popen[bytes]:
    """Start a process that does a run, some seconds after the clocks were set."""
    (folder / "stood-still").write_text(str(passed))
    command = [sys.executable, "-m", "tests.end_to_end.holder", str(folder), world.google_url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


def settled(world: World) -> None:
    """Run twice; then everybody is there once, and a third run writes nothing."""
    for _ in range(2):
        world.clock.advance(LAG)
        world.run()
    assert world.run().accounts[0].writes == 0
    assert customers_held(world) == {str(n): 1 for n in (*range(1, 7), 9, 10, *range(11, 17))}


def others(world: World) -> None:
    """Let its leases run out and others take over, and again when nothing is in doubt."""
    world.expire(TTL)
    world.run()
    world.clock.advance(LAG)
    world.run()


def test_what_a_killed_process_made_is_in_doubt_until_it_would_show(
    tmp_path: Path,
) -> None:
    """Its request may have taken effect three minutes later, and show ten minutes after that."""
    lag = UNDER_WAY + LAG
    late = Rules(lag=Lag(sync=lag, listing=lag, get=lag))
    with a_world(tmp_path, [customer(11)], rules=late) as world:
        world.run()
        pass_time(world, lag)
        for number in range(1, 11):
            world.simpler.state.customers.add(customer(number))
        google = world.google.world.faults = Killing("people.batchCreateContacts", has_effect=True)
        with holder(world, tmp_path, passed=lag) as process:
            google.pid = process.pid
            assert process.wait(PATIENCE) == -signal.SIGKILL
        world.expire(TTL)
        outcomes = []
        for seconds in (TTL, LAG - TTL + 10, UNDER_WAY):
            pass_time(world, seconds)
            outcomes.append(world.run().accounts[0])

        assert [outcome.created for outcome in outcomes] == [0, 0, 0]
        assert outcomes[-1].held == 11
        assert customers_held(world) == {str(n): 1 for n in range(1, 12)}
