"""How an account is, as its page shows it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.simpler.failure import Failure
from shared.domain.model.account import NEARLY_FULL
from shared.domain.model.quota import PARKED
from shared.replace import replace
from shared.usecases.base.run_documents import run_put
from shared.usecases.runs.history import Filter, history, one_run
from shared.usecases.runs.run import MOST_ATTEMPTS, SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import Health, next_night, status
from tests.end_to_end.at_google import OFFICE, person
from tests.hooked import then, with_state
from tests.world import World, a_world, customer

LIST = "people.connections.list"
NO_SCOPE = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "domain": "googleapis.com",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five customers and one account, not yet synchronised."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as made:
        yield made


def health(world: World, number: int = 0) -> Health:
    """Return an account's health."""
    return status(world.services, "acme", has_right=True).accounts[number]


def test_an_account_that_was_never_synchronised_says_so(world: World) -> None:
    """Connected, and nothing held yet."""
    connected = person(world).connect(OFFICE).account
    found = next(
        h for h in status(world.services, "acme", has_right=True).accounts if h.account == connected.id
    )
    assert found.state == "connected"
    assert found.since == "2026-03-02T05:00:00+00:00"
    assert found.last_complete == ""
    assert found.held == 0
    assert found.expected == 0


@pytest.mark.parametrize("look", ["status", "history", "one"])
def test_a_run_that_ends_while_one_looks_was_not_interrupted(world: World, look: str) -> None:
    """What holds the lease and what is recorded are read one after the other."""
    run = start_sync(world.services, "acme", by="mary@example.com").run
    left = [world.work]

    def ending(read: Callable[..., Any]) -> Callable[..., Any]:
        """Let the run end when its record was read once."""
        return lambda path, **how: then(read, lambda: "/runs" in path and left and left.pop()())(path, **how)

    state = world.services.state
    services = with_state(world.services, find=ending(state.find), get=ending(state.get))
    looks: dict[str, Callable[[], Any]] = {
        "status": lambda: status(services, "acme", has_right=True).last_runs[0],
        "history": lambda: history(services, "acme", Filter())[0],
        "one": lambda: one_run(services, "acme", run),
    }
    seen = looks[look]()

    assert left == []
    assert seen is not None
    assert seen.state != "interrupted"


def test_the_last_complete_run_is_known_however_long_ago(world: World) -> None:
    """Twenty runs that failed since do not make it forgotten."""
    world.run()
    when = health(world).last_complete
    world.simpler.state.failure = Failure("down")
    for _ in range(20):
        world.run()
    assert when.startswith("2026-03-02T05:00")
    assert health(world).last_complete == when
    assert health(world).held == 5
    assert health(world).expected == 5


def test_a_run_that_was_not_complete_is_no_complete_one(world: World) -> None:
    """What was held then stays as it was when all was well."""
    world.run()
    when = health(world).last_complete
    world.simpler.state.customers.add(customer(6))
    world.fault(method="people.createContact", what={"ready": "long_quota"})
    world.run()
    assert health(world).last_complete == when
    assert health(world).held == 5
    assert health(world).expected == 5


def test_a_dead_token_says_why_and_since_when(world: World) -> None:
    """And no longer when it works again."""
    world.run()
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    since = health(world).since
    world.run()
    dead = health(world)
    world.google.world.credentials.grants["refresh-acme-0"].revoked = False
    world.run()

    assert dead.state == "reconnect"
    assert dead.since == since
    assert dead.reason.endswith("Please connect the account again.")
    assert health(world).state == "connected"
    assert health(world).reason == ""


def test_a_quota_that_takes_hours_says_until_when(world: World) -> None:
    """The account is left alone until then; when a run went well after it, nothing is limited."""
    world.fault(method="people.createContact", what={"ready": "long_quota"})
    world.run()
    asked = world.people_requests()
    world.run()
    limited = health(world)
    assert world.people_requests() == asked
    world.clock.advance(PARKED.total_seconds())
    world.run()

    assert "for some hours" in limited.limited
    assert limited.limited_until == "2026-03-03T05:00:00+00:00"
    assert health(world).limited == ""
    assert health(world).limited_until == ""


def test_all_contacts_of_an_account_are_counted(world: World) -> None:
    """The user's own as well, since they count towards Google's limit; before and after what a run does."""
    world.add_own_contacts(3)
    first = world.run().accounts[0]
    world.leave(1)
    second = world.run().accounts[0]
    assert [(a.held, a.total) for a in (first, second)] == [(5, 8), (4, 7)]


@pytest.mark.parametrize(("total", "expected"), [(NEARLY_FULL - 1, False), (NEARLY_FULL, True)])
def test_an_account_that_is_nearly_full_says_so(world: World, total: int, expected: bool) -> None:
    """Also after a run that did not get as far as counting."""
    run = world.run()
    run.accounts = [replace(run.accounts[0], total=total)]
    world.services.state.write(run_put(run))
    world.simpler.state.failure = Failure("down")
    world.run()
    assert health(world).nearly_full == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 1, 10, 4, 59, tzinfo=UTC), datetime(2026, 1, 10, 5, tzinfo=UTC)),
        (datetime(2026, 1, 10, 5, 0, tzinfo=UTC), datetime(2026, 1, 11, 5, tzinfo=UTC)),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC)),
    ],
    ids=["before five", "at five", "into summer time", "out of summer time"],
)
def test_the_next_night_is_at_five_on_the_wisps_own_clock(
    world: World, now: datetime, expected: datetime
) -> None:
    """Also when that clock is put forward or back in between."""
    assert next_night(world.wisp, now) == expected


@pytest.mark.parametrize(
    ("code", "method", "refusal"),
    [
        ("google.admin_policy", TOKEN_METHOD, {"status": 400, "body": {"error": "admin_policy_enforced"}}),
        ("google.forbidden", LIST, {"status": 403, "body": {"error": {"status": "PERMISSION_DENIED"}}}),
        ("google.scope", LIST, {"status": 403, "body": {"error": {"details": [NO_SCOPE]}}}),
    ],
)
def test_an_account_without_access_needs_its_owner_until_it_works(
    world: World, caplog: pytest.LogCaptureFixture, code: str, method: str, refusal: dict[str, Any]
) -> None:
    """Whatever the reason: its page says so, the event comes once, and a run that works ends it."""
    caplog.set_level(logging.INFO, "simpler_contacts")
    world.google.world.credentials.end_access_tokens(OFFICE)
    world.fault(method=method, what=refusal, times=2)
    first, second = world.run(), world.run()
    state, reason = health(world).state, health(world).reason
    third = world.run()
    told = [vars(record) for record in caplog.records if vars(record)["event"] == "account.disconnected"]

    assert [run.code for run in (first, second)] == [code, code]
    assert [line["fields"]["code"] for line in told] == [code]
    assert state == "reconnect"
    assert bool(reason) is True
    assert third.state == "complete"
    assert health(world).state == "connected"


def test_a_run_that_no_task_finishes_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What the twelfth task leaves waits for the next night; those before hand it on, and say nothing."""
    caplog.set_level(logging.INFO, "simpler_contacts")
    world.fault(method=LIST, what={"ready": "long_quota"}, times=2)
    for attempt in (MOST_ATTEMPTS - 1, MOST_ATTEMPTS):
        sync_wisp(world.services, SyncWisp("acme", attempt=attempt))
    events = [vars(record)["event"] for record in caplog.records]

    assert [event for event in events if event in ("run.abandoned", "task.enqueued")] == [
        "task.enqueued",
        "run.abandoned",
    ]
