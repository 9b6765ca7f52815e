"""The watchdog over a whole database: what it finds, starts and says, and that nothing stops it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.night import Nights
from shared.errors import Misconfigured, RetryLater
from shared.ports import Document, Put
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.run_documents import LATELY, LONG, WATCHED, load_nights, nights_put
from shared.usecases.runs.nightly import window
from shared.usecases.runs.watchdog import LONGEST_HELD, Seen, watch
from tests.hooked import with_state
from tests.logged import lines, logging_as_in_production
from tests.world import World, a_world, customer

HOUR = 3600.0
DAY = 24 * HOUR
CLAIM = Claim("owner", "20260302T050000-00000000", "mary@example.com")
FIVE = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""05:00 of the wisp's own day, which the world begins with."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Forty customers in two accounts, after a complete run at 05:00."""
    with a_world(tmp_path, [customer(n) for n in range(1, 41)], accounts=2) as made:
        made.run()
        yield made


def found(seen: Seen) -> list[tuple[str, str, str]]:
    """Return the causes, in short."""
    return [(cause.cause, cause.wisp, cause.account) for cause in seen.causes]


def until(world: World, hours: float, day: int = 0) -> None:
    """Let it be so many hours after 05:00 of a day, the first being 0."""
    then = FIVE + timedelta(days=day, hours=hours)
    world.clock.advance((then - world.clock.now()).total_seconds())


def look(world: World, hours: float, day: int = 0) -> Seen:
    """Watch, so many hours after 05:00 of a day."""
    until(world, hours, day)
    return watch(world.services)


def said(
    capsys: pytest.CaptureFixture[str], world: World, hours: float, day: int = 0
) -> list[dict[str, Any]]:
    """Return what the watch then writes into the log."""
    capsys.readouterr()
    with logging_as_in_production():
        look(world, hours, day)
    return lines(capsys.readouterr().out)


def test_a_good_night_is_no_cause(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to say but that everything was looked at."""
    [line] = said(capsys, world, 1.5)

    assert line["event"] == "watch.done"
    assert line["severity"] == "INFO"
    assert line["watched"] == 1
    assert line["causes"] == 0
    assert line["unreadable"] == 0


@pytest.mark.parametrize("what", ["the run fails", "the run is partial"])
def test_a_bad_night_is_told_the_same_morning(
    world: World, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One event at the first look an hour later, however many runs failed; the next good night ends it."""
    until(world, 0, day=1)
    if what == "the run fails":
        world.simpler.state.failure = Failure("down")
    else:
        world.services.secrets.put("oauth-client", '{"client_id": "client", "client_secret": "another"}')
    for _ in range(3):
        world.run()
    too_early = look(world, 0.9, day=1)
    line, _ = said(capsys, world, 1.5, day=1)
    again = look(world, 2.5, day=1)
    next_day = look(world, 1.5, day=2)
    world.simpler.state.failure = None

    assert found(too_early) == []
    assert line["event"] == "wisp.overdue"
    assert line["severity"] == "ERROR"
    assert line["code"] == ("simpler.down" if what == "the run fails" else "google.oauth_client")
    assert line["wisp"] == "acme"
    assert line["since"] == "2026-03-02T05:00:01+00:00"
    assert found(again) == []
    assert "wisp.overdue" not in [cause.cause for cause in next_day.causes]
    assert [task.name for task in world.tasks.tasks][-1] == "nightly-acme-2026-03-04"


def test_a_night_that_did_not_begin_is_started_once_and_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """As its own start would have, under the same name; who does not come through by then is told."""
    first, done = said(capsys, world, 1.5, day=1)
    second = look(world, 2.4, day=1)
    third = look(world, 2.5, day=1)

    assert first["event"] == "night.missed"
    assert first["severity"] == "ERROR"
    assert first["time_zone"] == "Europe/Dublin"
    assert first["night"] == "2026-03-03T05:00:00+00:00"
    assert first["missing"] == 1
    assert first["enqueued"] == 1
    assert first["failed"] == 0
    assert done["causes"] == 0
    assert [task.name for task in world.tasks.tasks] == ["nightly-acme-2026-03-03"]
    assert found(second) == []
    assert found(third) == [("wisp.overdue", "acme", "")]


def test_a_night_that_was_started_late_and_went_well_is_well(world: World) -> None:
    """Nothing more is said of it."""
    look(world, 1.5, day=1)
    world.work()

    assert found(look(world, 2.5, day=1)) == []
    assert found(look(world, 20.5, day=1)) == []


def test_a_night_that_waits_in_the_queue_is_told_and_not_started_twice(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The queue is paused, or its calls do not arrive: its tasks are there, and no run begins."""
    until(world, 0, day=1)
    world.start_night()
    first, _ = said(capsys, world, 1.5, day=1)
    second = [line["event"] for line in said(capsys, world, 2.5, day=1)]

    assert first["event"] == "night.stalled"
    assert first["severity"] == "ERROR"
    assert first["waiting"] == 1
    assert second == ["wisp.overdue", "watch.done"]
    assert len(world.tasks.tasks) == 1


def test_a_queue_that_takes_nothing_is_tried_at_the_next_look(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told each time, and nothing counts as started."""
    refusal = Misconfigured("tasks.forbidden", "may not enqueue")
    world.tasks.refusal = refusal
    first, _ = said(capsys, world, 1.5, day=1)
    world.tasks.refusal = None
    second, _ = said(capsys, world, 2.5, day=1)

    assert first["event"] == "night.missed"
    assert first["enqueued"] == 0
    assert first["failed"] == 1
    assert "may not enqueue" in first["message"]
    assert second["enqueued"] == 1
    assert second["failed"] == 0


def test_each_wisp_is_asked_after_its_own_place(world: World) -> None:
    """Many wisps start over a window; each has an hour from there, and is asked once."""
    wisps = [f"w{number:04}" for number in range(600)]
    state = world.services.state
    fine = Nights("Europe/Dublin", began=FIVE.isoformat(), complete=FIVE.isoformat())
    yesterday = (FIVE - timedelta(days=1)).isoformat()
    bad = Nights("Europe/Dublin", began=FIVE.isoformat(), complete=yesterday, code="simpler.down")
    for number, wisp in enumerate(wisps):
        account = replace(world.accounts[0], id=f"{wisp}-1", wisp=wisp)
        nights = bad if number % 100 == 0 else fine
        state.write(wisp_put(replace(world.wisp, id=wisp)), account_put(account), nights_put(wisp, nights))
    told: list[int] = []
    for minute in range(59, 90, 2):
        seen = look(world, minute / 60)
        told.append(len([cause for cause in seen.causes if cause.code == "simpler.down"]))

    assert window(601) == 275.5
    assert told[0] == 0
    assert sum(told) == 6
    assert sum(told[4:]) == 0
    assert len([count for count in told if count]) > 1


def asked_for(world: World, hours: float, day: int = 0) -> list[str]:
    """Return what a look reads."""
    asked: list[str] = []
    state = world.services.state

    def find(collection: str, **how: Any) -> Any:
        asked.append(collection)
        return state.find(collection, **how)

    def get(path: str) -> Any:
        asked.append(path)
        return state.get(path)

    until(world, hours, day)
    watch(with_state(world.services, find=find, get=get))
    return asked


def test_a_night_costs_two_queries_and_no_document_more(world: World) -> None:
    """The settings, what the runs came to in short, and how far it was watched; so does a bad one."""
    at_the_first_look = asked_for(world, 1.5)
    when_nobody_is_due = asked_for(world, 2.5)
    until(world, 0, day=1)
    world.simpler.state.failure = Failure("down")
    world.run()

    assert at_the_first_look == [WATCHED, "wisps", "durations"]
    assert when_nobody_is_due == [WATCHED, "wisps"]
    assert asked_for(world, 1.5, day=1) == [WATCHED, "wisps", "durations"]


def test_what_an_earlier_build_left_is_read(world: World) -> None:
    """It told only how long the last run took: the runs' records tell the rest, once."""
    state = world.services.state
    state.write(Put("durations/acme", {"time_zone": "Europe/Dublin", "seconds": 40.5}))
    before = load_nights(state, world.wisp)
    good = look(world, 1.5)
    state.write(Put("durations/acme", {"time_zone": "Europe/Dublin", "seconds": 40.5}))
    until(world, 0, day=1)
    world.simpler.state.failure = Failure("down")
    for _ in range(LATELY + 2):
        world.run()
    state.write(Put("durations/acme", {"time_zone": "Europe/Dublin", "seconds": 40.5}))

    assert before.seconds == 40.5
    assert before.complete == "2026-03-02T05:00:01+00:00"
    assert found(good) == []
    assert load_nights(state, world.wisp).complete == "2026-03-02T05:00:01+00:00"
    assert found(look(world, 1.5, day=1)) == [("wisp.overdue", "acme", "")]
    assert LONG > LATELY


def test_what_is_known_of_the_watch_may_be_lost(world: World) -> None:
    """Then the present night is looked at from its beginning."""
    look(world, 1.5)
    world.services.state.write(Put(WATCHED, {"zones": {"Europe/Dublin": {"night": "then", "looked": 7}}}))

    assert found(look(world, 2.5)) == []


def test_a_wisp_without_accounts_is_not_overdue(world: World) -> None:
    """There is nothing to run for, nor to start."""
    world.services.state.write(wisp_put(replace(world.wisp, id="borealis")))

    assert look(world, 1.5) == Seen(2)
    assert world.tasks.tasks == []


def test_a_dead_token_is_said_a_day_later(world: World) -> None:
    """Not in the night in which it died, and no more once the account is connected again."""
    world.google.world.credentials.revoke("refresh-acme-0")
    until(world, 0, day=1)
    world.run()
    soon = look(world, 1.5, day=1)
    until(world, 0.1, day=2)
    world.run()
    later = look(world, 1.5, day=2)
    world.services.state.write(account_put(replace(world.accounts[0], since=world.clock.now().isoformat())))
    until(world, 0, day=3)
    world.run()

    assert found(soon) == [("wisp.overdue", "acme", "")]
    assert found(later) == [("wisp.overdue", "acme", ""), ("account.dead", "acme", "acme-0")]
    assert {cause.code for cause in later.causes} == {"google.reconnect"}
    assert found(look(world, 1.5, day=3)) == [("wisp.overdue", "acme", "")]


def test_a_guard_that_nobody_answers_is_said_after_the_second_night(world: World) -> None:
    """For each account; the first refusal has its own event."""
    world.leave(*range(1, 31))
    until(world, 0, day=1)
    world.run()
    first = look(world, 1.5, day=1)
    until(world, 0, day=2)
    world.run()

    assert found(first) == [("wisp.overdue", "acme", "")]
    assert found(look(world, 1.5, day=2))[1:] == [
        ("guard.waiting", "acme", "acme-0"),
        ("guard.waiting", "acme", "acme-1"),
    ]


@pytest.mark.parametrize(("name", "wisp"), [("wisp-acme", "acme"), ("google", "")])
def test_a_lease_that_outlives_any_run_is_said(world: World, name: str, wisp: str) -> None:
    """A stuck lease is the wisp's or a Google account's, at every look; a run's own is not."""
    lease = name if wisp else world.accounts[1].lease
    world.services.leases.acquire(lease, CLAIM, 300)
    during = watch(world.services)
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE leases SET acquired_at = acquired_at - 3001 WHERE name = ?", (lease,))
    seen = watch(world.services)

    assert found(during) == []
    assert found(seen) == [("lease.stuck", wisp, "")]
    assert lease in seen.causes[0].message


def test_a_lease_whose_holder_has_died_names_them_no_more(world: World) -> None:
    """Whatever it was for, within hours and not only where a next holder comes; its token grows on."""
    leases = world.services.leases
    names = ["accounts-acme", "google-1", "preview-acme", "simpler-server-0", "wisp-beta"]
    died = [leases.acquire(name, CLAIM, 0) for name in [*names, "mail-0f"]]
    watch(world.services)
    may_be_asleep = leases.held()
    world.expire(LONGEST_HELD + 1)
    watch(world.services)

    assert may_be_asleep == names
    assert leases.held() == []
    assert [leases.acquire(each.name, CLAIM, 0).token for each in died] == [2, 2, 2, 2, 2, 1]


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("wisps/acme/accounts/acme-9", {"id": 9}),
        ("wisps/acme/accounts/acme-9", {"since": "yesterday"}),
        ("durations/zero", {"time_zone": "Europe/Dublin", "began": "yesterday"}),
        ("wisps/zero", {"time_zone": "Atlantis"}),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_is_watched(
    world: World, path: str, document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document is named, not quoted; the other accounts and wisps are looked at."""
    known = world.services.state.get("wisps/acme/accounts/acme-0") or {}
    state = world.services.state
    state.write(Put(path, {**(known if "since" in document else {}), **document}))
    state.write(wisp_put(replace(world.wisp, id="borealis")), *_accounts_of_borealis(world))
    bad = Nights("Europe/Dublin", began=FIVE.isoformat())
    state.write(nights_put("acme", bad), nights_put("borealis", bad))
    since = (FIVE - timedelta(days=3)).isoformat()
    state.write(account_put(replace(world.accounts[0], state="reconnect", since=since)))
    events = [line["event"] for line in said(capsys, world, 1.5)]

    assert events.count("watch.failed") == 1
    assert sorted({*events}) == ["account.dead", "watch.done", "watch.failed", "wisp.overdue"]
    assert events.count("wisp.overdue") == 2


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
    state = world.services.state
    bad = Nights("Europe/Dublin", began=FIVE.isoformat())
    state.write(wisp_put(replace(world.wisp, id="borealis")), *_accounts_of_borealis(world))
    state.write(nights_put("acme", bad), nights_put("borealis", bad))
    until(world, 1.5)
    with logging_as_in_production():
        seen = watch(replace(world.services, state=_Odd(world, error)))
    by_event: Mapping[str, Any] = {line["event"]: line for line in lines(capsys.readouterr().out)}

    assert found(seen) == [("wisp.overdue", "borealis", "")]
    assert seen.unreadable == ["wisps/acme"]
    assert by_event["internal.error"]["wisp"] == "acme"
    assert by_event["watch.done"]["unreadable"] == 1


def test_a_database_that_gives_no_answer_is_for_a_second_call(world: World) -> None:
    """Success means that everything was watched; what was not is looked at by the second call."""
    world.services.state.write(nights_put("acme", Nights("Europe/Dublin", began=FIVE.isoformat())))
    busy = RetryLater("state.busy", "busy", after=5)
    until(world, 1.5)
    with pytest.raises(RetryLater, match="busy"):
        watch(replace(world.services, state=_Odd(world, busy)))

    assert found(watch(world.services)) == [("wisp.overdue", "acme", "")]


class _Unreadable:
    """The `LeaseStore` port in which no lease can be read."""

    def held(self) -> Sequence[str]:
        """Return a run's lease, one of its accounts, and an earlier build's of a mail."""
        return ["google-7", "mail-0f", "wisp-acme"]

    def forget(self, name: str) -> bool:
        """Raise what an operator has to mend."""
        raise Misconfigured("document.invalid", name)

    def look(self, name: str) -> tuple[Lease | None, float]:
        """Raise what an operator has to mend."""
        raise Misconfigured("document.invalid", name)

    def acquire(self, name: str, claim: Claim, ttl: float) -> Lease:
        """Fail: no lease is acquired here."""
        raise NotImplementedError

    renew = hand_on = release = acquire


def test_a_lease_that_cannot_be_read_is_said(world: World) -> None:
    """By its name, an earlier build's for a mail too; the other leases are looked at."""
    seen = watch(replace(world.services, leases=_Unreadable()))  # type: ignore[arg-type]  # only three are asked

    assert seen.unreadable == ["leases/mail-0f", "leases/google-7", "leases/wisp-acme"]
