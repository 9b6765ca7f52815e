"""Runs under Google's quotas: they wait as long as they must; what takes hours is left to a later task."""

from pathlib import Path

import pytest

from shared.domain.model.quota import PARKED, PROJECT_PAUSED, RETURN, WINDOW, Limits
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.leases import RUN_DEADLINE
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.status import status
from tests.end_to_end.listings import held
from tests.world import World, a_world, customer


def finish(world: World) -> list[str]:
    """Do what was handed on, each at its time; gives the states."""
    states: list[str] = []
    while world.tasks.tasks:
        world.clock.advance(world.tasks.tasks[-1].delay)
        states.append(world.work().state)
    return states


def test_a_first_run_keeps_to_the_minutes_quota(tmp_path: Path) -> None:
    """Nine batches at five a minute: one wait, of a minute and no more."""
    with a_world(tmp_path, [customer(n) for n in range(1, 1801)], limits=Limits()) as world:
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.created == 1800
        assert outcome.requests == 3 + 9
        assert world.clock.slept == [pytest.approx(WINDOW)]


def test_a_quota_that_outlasts_the_run_is_waited_for_between_tasks(tmp_path: Path) -> None:
    """A batch a minute, and each wait takes twelve: there is time for three; the next task does the rest."""
    slow = Limits(writes=6)
    with a_world(tmp_path, [customer(n) for n in range(1, 1001)], limits=slow) as world:
        world.clock.shortest_sleep = 745
        before = world.clock.monotonic()
        first = world.run().accounts[0]
        spent, world.clock.shortest_sleep = world.clock.monotonic() - before, 0
        delay = world.tasks.tasks[-1].delay
        states = finish(world)

        assert first.state == "unfinished"
        assert first.code == "run.deadline"
        assert first.created == 600
        assert spent <= RUN_DEADLINE
        assert delay == 0
        assert states == ["complete"]
        assert held(world) == {str(n): 1 for n in range(1, 1001)}


def test_a_days_quota_is_waited_for_until_the_next_day(tmp_path: Path) -> None:
    """In California: three hours from now; the task for the rest comes then, and until then nobody asks."""
    with a_world(tmp_path, [customer(n) for n in range(1, 601)], limits=Limits(day=400)) as world:
        first = world.run().accounts[0]
        asked = world.people_requests()
        meanwhile = world.run().accounts[0]
        health = status(world.services, "acme", has_right=True).accounts[0]
        delay = world.tasks.tasks[0].delay

        assert first.state == "unfinished"
        assert first.code == "google.quota_long"
        assert first.created == 400
        assert meanwhile.code == "google.quota_long"
        assert meanwhile.requests == 0
        assert world.people_requests() == asked
        assert delay == pytest.approx(3 * 3600, abs=5)
        assert "some hours" in health.limited
        world.tasks.tasks.pop()
        assert finish(world) == ["complete"]
        assert held(world) == {str(n): 1 for n in range(1, 601)}


def test_a_long_quota_stops_its_account_only(tmp_path: Path) -> None:
    """The other one is filled; the rest of this one comes hours later, by itself."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], accounts=2) as world:
        create, office = "people.batchCreateContacts", world.accounts[0].email
        world.fault(method=create, account=office, what={"ready": "long_quota"})
        first = world.run()
        delay = world.tasks.tasks[-1].delay

        assert [(a.state, a.code, a.created) for a in first.accounts] == [
            ("unfinished", "google.quota_long", 0),
            ("complete", "", 10),
        ]
        assert delay == pytest.approx(PARKED.total_seconds(), abs=5)
        assert finish(world) == ["complete"]
        assert len(world.labelled()) == 10


@pytest.mark.parametrize("method", ["people.connections.list", "people.batchCreateContacts"])
def test_a_quota_of_the_project_is_nobodys_fault(tmp_path: Path, method: str) -> None:
    """Nobody's own limit is lowered; whoever comes next does not ask Google; a while later all is done."""
    with a_world(tmp_path, [customer(n) for n in range(1, 301)], accounts=2) as world:
        world.fault(method=method, account=world.accounts[0].email, what={"ready": "project_quota"})
        first = world.run()
        delay = world.tasks.tasks[-1].delay
        asked = world.people_requests(0) + world.people_requests(1)
        soon = world.run()
        asked_soon = world.people_requests(0) + world.people_requests(1) - asked
        states = finish(world)
        paces = dict(world.services.state.find("paces"))

        assert first.accounts[0].state == "unfinished"
        assert first.accounts[0].code == "google.quota_project"
        assert PROJECT_PAUSED <= delay <= PROJECT_PAUSED + RETURN
        assert {account.code for account in soon.accounts} == {"google.quota_project"}
        assert asked_soon == 0
        assert states[-1] == "complete"
        assert all(not pace.get("learned") and not pace.get("parked") for pace in paces.values())
        assert held(world) == {str(n): 1 for n in range(1, 301)}
        assert len(world.labelled(1)) == 300


def test_a_shared_account_has_one_quota(tmp_path: Path) -> None:
    """Two wisps that write to one Google account keep to its limits together."""
    with a_world(tmp_path, [customer(n) for n in range(1, 801)], limits=Limits()) as world:
        beta = replace(world.accounts[0], id="beta-0", wisp="beta")
        world.services.state.write(wisp_put(replace(world.wisp, id="beta")), account_put(beta))
        world.run()
        assert world.clock.slept == []
        outcome = world.run("beta").accounts[0]

        # Four batches of the first wisp and one of the second make a minute's quota; then comes the next.
        assert outcome.state == "complete"
        assert outcome.created == 800
        assert world.clock.slept == [pytest.approx(WINDOW - 1)]


def test_a_refusal_all_the_same_makes_later_requests_slower(tmp_path: Path) -> None:
    """Google allows less than was set: three batches a minute go through, and so they go from then on."""
    with a_world(tmp_path, [customer(n) for n in range(1, 1801)], limits=Limits()) as world:
        method = "people.batchCreateContacts"
        world.fault(method=method, nth=4, what={"ready": "write_quota"})
        outcome = world.run().accounts[0]

        assert outcome.state == "complete"
        assert outcome.created == 1800
        assert outcome.failed == 0
        assert world.counters()["requests"][method] == 9 + 1
        assert sum(world.clock.slept) == pytest.approx(2 * WINDOW)
        assert len(held(world)) == 1800


def test_a_preview_asks_nothing_of_an_account_that_is_left_alone(tmp_path: Path) -> None:
    """Google accepts no more for hours: the preview says so, and shows the other account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], accounts=2) as world:
        world.fault(
            method="people.batchCreateContacts",
            account=world.accounts[0].email,
            what={"ready": "long_quota"},
        )
        world.run()
        asked = world.people_requests()
        parked, other = preview_sync(world.services, "acme").accounts

        assert "some hours" in parked.reason
        assert world.people_requests() == asked
        assert other.reason == ""
        assert other.unchanged == 10


def test_a_preview_waits_for_what_a_run_has_used(tmp_path: Path) -> None:
    """One listing and one batch of creates were a minute's reads: the next listing is a minute later."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)], limits=Limits(reads=7)) as world:
        world.run()
        before = list(world.clock.slept)
        preview = preview_sync(world.services, "acme").accounts[0]

        assert before == []
        assert preview.reason == ""
        assert preview.unchanged == 10
        assert world.clock.slept == [pytest.approx(WINDOW)]
