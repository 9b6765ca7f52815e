"""The watchdog over a whole database: what it finds, what it says, and that nothing stops it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.domain.model.lease import Claim, Lease
from shared.errors import Misconfigured, RetryLater
from shared.ports import Document, Put
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.runs.watchdog import LATELY, LONG, Seen, watch
from tests.logged import lines, logging_as_in_production
from tests.world import World, a_world, customer

HOUR = 3600.0
DAY = 24 * HOUR
CLAIM = Claim("owner", "20260302T050000-00000000", "mary@example.com")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Forty customers in two accounts, after a complete run."""
    with a_world(tmp_path, [customer(n) for n in range(1, 41)], accounts=2) as made:
        made.run()
        yield made


def found(seen: Seen) -> list[tuple[str, str, str]]:
    """Return the causes, in short."""
    return [(cause.cause, cause.wisp, cause.account) for cause in seen.causes]


def test_a_good_night_is_no_cause(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to say but that everything was looked at."""
    world.clock.advance(25 * HOUR)
    with logging_as_in_production():
        seen = watch(world.services)
    [line] = lines(capsys.readouterr().out)

    assert seen == Seen(1)
    assert (line["event"], line["severity"]) == ("watch.done", "INFO")
    assert (line["watched"], line["causes"], line["unreadable"]) == (1, 0, 0)


def test_nights_without_a_list_make_a_wisp_overdue(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """One event, however many runs failed; the next complete run ends it."""
    world.simpler.state.failure = Failure("down")
    for _ in range(LATELY + 2):
        world.clock.advance(3 * HOUR)
        world.run()
    capsys.readouterr()
    with logging_as_in_production():
        overdue = watch(world.services)
    line, _ = lines(capsys.readouterr().out)
    world.simpler.state.failure = None
    world.run()

    assert found(overdue) == [("wisp.overdue", "acme", "")]
    assert (line["event"], line["severity"]) == ("wisp.overdue", "ERROR")
    assert (line["wisp"], line["code"]) == ("acme", "simpler.down")
    assert found(watch(world.services)) == []


def test_a_complete_run_is_found_behind_many_others(world: World) -> None:
    """Somebody who presses the button all day in vain does not hide the night's run."""
    world.simpler.state.failure = Failure("down")
    for _ in range(LATELY + 2):
        world.run()

    assert found(watch(world.services)) == []
    assert LONG > LATELY


def test_a_wisp_without_accounts_is_not_overdue(world: World) -> None:
    """There is nothing to run for."""
    world.services.state.write(wisp_put(replace(world.wisp, id="borealis")))

    assert watch(world.services) == Seen(2)


def test_a_dead_token_is_said_a_day_later(world: World) -> None:
    """Not in the night in which it died, and no more once the account is connected again."""
    world.google.world.credentials.revoke("refresh-acme-0")
    world.run()
    soon = watch(world.services)
    world.clock.advance(DAY)
    world.run()
    later = watch(world.services)
    world.services.state.write(account_put(world.accounts[0]))

    assert found(soon) == []
    assert found(later) == [("account.dead", "acme", "acme-0")]
    assert found(watch(world.services)) == []


def test_a_guard_that_nobody_answers_is_said_after_the_second_night(world: World) -> None:
    """For each account; the first refusal has its own event."""
    for number in range(1, 31):
        world.simpler.state.customers.patch(str(number), {"status": "post"})
    world.run()
    first = watch(world.services)
    world.run()

    assert found(first) == []
    assert found(watch(world.services)) == [
        ("guard.waiting", "acme", "acme-0"),
        ("guard.waiting", "acme", "acme-1"),
    ]


@pytest.mark.parametrize(("name", "account"), [("wisp-acme", ""), ("google", "acme-1")])
def test_a_lease_that_outlives_any_run_is_said(world: World, name: str, account: str) -> None:
    """The wisp's or a Google account's, by the database's clock; a run's own is none."""
    lease = world.accounts[1].lease if account else name
    world.services.leases.acquire(lease, CLAIM, 300)
    during = watch(world.services)
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE leases SET acquired_at = acquired_at - 3001 WHERE name = ?", (lease,))

    assert found(during) == []
    assert found(watch(world.services)) == [("lease.stuck", "acme", account)]


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("wisps/acme/accounts/acme-9", {"id": 9}),
        ("wisps/acme/accounts/acme-9", {"since": "yesterday"}),
        ("wisps/acme/runs/20990101T000000-00000000", {"started": "2099-01-01T00:00:00+00:00"}),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_is_watched(
    world: World, path: str, document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document is named, not quoted; the other accounts, runs and wisps are looked at."""
    known = world.services.state.get("wisps/acme/accounts/acme-0") or {}
    state = world.services.state
    state.write(Put(path, {**(known if "since" in document else {}), **document}))
    state.write(wisp_put(replace(world.wisp, id="borealis")), *_accounts_of_borealis(world))
    world.google.world.credentials.revoke("refresh-acme-0")
    with_bad = replace(world.accounts[0], state="reconnect", since=world.clock.now().isoformat())
    state.write(account_put(with_bad))
    world.clock.advance(27 * HOUR)
    with logging_as_in_production():
        seen = watch(world.services)
    events = [line["event"] for line in lines(capsys.readouterr().out)]

    assert seen.unreadable == [path]
    assert sorted(events) == ["account.dead", "watch.done", "watch.failed", "wisp.overdue", "wisp.overdue"]
    assert {wisp for _, wisp, _ in found(seen)} == {"acme", "borealis"}


def _accounts_of_borealis(world: World) -> list[Put]:
    return [account_put(replace(world.accounts[0], id="borealis-1", wisp="borealis", google_id="another"))]


class _Odd:
    """The `StateStore` port of a database in which something is wrong with one wisp."""

    def __init__(self, world: World, error: Exception) -> None:
        self._state = world.services.state
        self._error = error

    def get(self, path: str) -> Document | None:
        """Do as the port does."""
        return self._state.get(path)

    def find(self, collection: str, **how: Any) -> Sequence[tuple[str, Document]]:
        """Find as the port does, but fail for the one wisp."""
        if collection.startswith("wisps/acme/"):
            raise self._error
        return self._state.find(collection, **how)

    def write(self, *writes: Any, **fence: Any) -> None:
        """Do as the port does."""
        self._state.write(*writes, **fence)


@pytest.mark.parametrize("error", [ValueError("x"), Misconfigured("state.corrupt", "x")])
def test_a_wisp_that_cannot_be_watched_costs_no_other(
    world: World, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error of whatever kind is that wisp's; the next one is looked at."""
    world.services.state.write(wisp_put(replace(world.wisp, id="borealis")), *_accounts_of_borealis(world))
    with logging_as_in_production():
        seen = watch(replace(world.services, state=_Odd(world, error)))
    by_event: Mapping[str, Any] = {line["event"]: line for line in lines(capsys.readouterr().out)}

    assert (found(seen), seen.unreadable) == ([("wisp.overdue", "borealis", "")], ["wisps/acme"])
    assert by_event["internal.error"]["wisp"] == "acme"
    assert by_event["watch.done"]["unreadable"] == 1


def test_a_database_that_gives_no_answer_is_for_a_second_call(world: World) -> None:
    """Success means that everything was watched."""
    busy = RetryLater("state.busy", "busy", after=5)
    with pytest.raises(RetryLater, match="busy"):
        watch(replace(world.services, state=_Odd(world, busy)))


class _Unreadable:
    """The `LeaseStore` port in which no lease can be read."""

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Raise what an operator has to mend."""
        raise Misconfigured("document.invalid", name)

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Fail: no lease is acquired here."""
        raise NotImplementedError

    renew = hand_on = release = acquire


def test_a_lease_that_cannot_be_read_is_said(world: World) -> None:
    """By its name, and the other leases are looked at."""
    seen = watch(replace(world.services, leases=_Unreadable()))  # type: ignore[arg-type]  # only `look` is asked

    assert len(seen.unreadable) == 3
    assert "leases/wisp-acme" in seen.unreadable
