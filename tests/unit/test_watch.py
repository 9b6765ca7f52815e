"""When something that the watchdog looks at needs a person, to the second."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.model.account import Account
from shared.domain.model.alerts import (
    PATIENCE,
    dead,
    due,
    guard_waiting,
    is_well,
    overdue,
    owes,
    stuck,
)
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.night import Nights, Streak, nights_of
from shared.domain.model.run import AccountOutcome, AccountState, RunOutcome, RunState
from shared.domain.model.schedule import NIGHT, day_of, last_night, moment
from shared.replace import replace

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
TONIGHT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
OLD = Account("acme-1", "acme", "office@acme.example", "g-1", "token-1")
SECOND = timedelta(seconds=1)
ZONES = sorted(available_timezones())
MOMENTS = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SOON = st.integers(1_704_067_200, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def before(**ago: float) -> str:
    """Return a time so long before now, as documents have it."""
    return (NOW - timedelta(**ago)).isoformat()


def a_run(
    state: RunState, began: str, refused: int = 0, *, planned: bool = True, code: str = "google.reconnect"
) -> RunOutcome:
    """Return a run that ended so, a minute after it began."""
    finished = (datetime.fromisoformat(began) + timedelta(minutes=1)).isoformat()
    code = "" if state == "complete" else code
    ended: AccountState = "complete" if state == "complete" else "stopped"
    outcome = AccountOutcome("acme-1", OLD.email, ended, code=code, planned=planned, refused=refused)
    accounts = [] if state == "failed" else [outcome]
    return RunOutcome(
        "r", "acme", began, "nightly run", state, code=code, finished=finished, accounts=accounts
    )


def after(*runs: RunOutcome) -> Nights:
    """Return what these runs came to, the newest first."""
    return nights_of("Europe/Dublin", reversed(runs))


def is_overdue(accounts: Sequence[Account], *runs: RunOutcome) -> bool:
    """Return whether a wisp with these runs, newest first, has missed its night."""
    return owes(after(*runs).of(accounts), TONIGHT)


@given(zone=st.sampled_from(ZONES), now=MOMENTS)
def test_a_night_begins_at_its_hour_of_every_day(zone: str, now: datetime) -> None:
    """In every time zone, on days when clocks change too, the last one is at most two days ago."""
    night = last_night(now, zone)
    local = night.astimezone(ZoneInfo(zone))
    second_later = last_night(night + SECOND, zone)

    assert night <= now < night + timedelta(hours=49)
    assert second_later == last_night(night, zone) == night
    assert day_of(night, zone) == local.date().isoformat()


@given(zone=st.sampled_from(ZONES), now=SOON)
def test_each_day_has_one_night(zone: str, now: datetime) -> None:
    """No time zone of today skips it or has it twice: the next one is a day later, give or take an hour."""
    night = last_night(now, zone)
    following = last_night(night + timedelta(hours=27), zone)

    assert night.astimezone(ZoneInfo(zone)).time() == NIGHT
    assert following - night in [timedelta(hours=hours) for hours in (23, 23.5, 24, 24.5, 25)]
    assert now < following


@given(
    zone=st.sampled_from(ZONES),
    day=MOMENTS,
    place=st.floats(0, 6000),
    began=st.none() | st.integers(-90_000, 90_000),
    started=st.none() | st.integers(3600, 20_000),
)
def test_a_wisp_comes_due_an_hour_after_its_place(
    zone: str, day: datetime, place: float, began: int | None, started: int | None
) -> None:
    """In the night's window; or in the window of the watch's own start, if it had not begun before that."""
    night = last_night(day, zone)
    ran = "" if began is None else (night + began * SECOND).isoformat()
    late = "" if started is None else (night + started * SECOND).isoformat()
    has_begun = began is not None and 0 <= began < (started or 0)
    expected = night if started is None or has_begun else night + started * SECOND

    assert due(Nights(zone, began=ran), night, place, late) == expected + (place + PATIENCE) * SECOND


@pytest.mark.parametrize(("began", "expected"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_a_complete_run_counts_from_the_beginning_of_the_night(began: timedelta, expected: bool) -> None:
    """Not one of the evening before; what else ran since changes nothing."""
    complete = a_run("complete", (TONIGHT + began).isoformat())
    runs = [a_run("partial", before(minutes=10)), a_run("failed", before(minutes=20)), complete]

    assert is_overdue([OLD], *runs) == expected


@pytest.mark.parametrize("state", ["waiting", "running", "partial", "unfinished", "failed", "superseded"])
def test_only_a_complete_run_counts(state: RunState) -> None:
    """Whatever else became of it."""
    assert is_overdue([OLD], a_run(state, before(hours=1)), a_run("complete", before(hours=25)))


@pytest.mark.parametrize(("hours", "expected"), [(1, False), (1.5, False), (1.6, True), (200, True)])
def test_a_young_wisp_owes_nothing_for_a_night_before_its_time(hours: float, expected: bool) -> None:
    """From the moment its first account was connected, or was begun to be."""
    young = replace(OLD, since=before(hours=hours))
    newer = replace(OLD, id="acme-2", since=before(hours=0.5))

    assert is_overdue([young], a_run("failed", before(hours=0.1))) == expected
    assert is_overdue([newer, replace(young, state="reconnect")]) == expected


def test_a_wisp_without_accounts_owes_nothing() -> None:
    """There is nothing to run for."""
    assert not owes(Nights("Europe/Dublin").of([]), TONIGHT)


def test_a_wisp_of_unknown_age_is_not_young() -> None:
    """Neither a complete run nor a time of connecting: somebody should look."""
    cause = overdue("acme", Nights("Europe/Dublin"), TONIGHT)

    assert is_overdue([OLD])
    assert cause.cause == "wisp.overdue"
    assert cause.wisp == "acme"
    assert cause.account == ""
    assert cause.since == ""
    assert cause.code == ""


def test_a_wisp_whose_accounts_are_all_new_begins_anew() -> None:
    """An old complete run is of other accounts; but not while an account needs a person."""
    old_run = a_run("complete", before(days=30))
    new = replace(OLD, since=before(hours=1))
    needs = replace(OLD, id="acme-2", state="reconnect", since=before(hours=1))

    assert not is_overdue([new], old_run)
    assert is_overdue([new, needs], old_run)


def test_the_cause_tells_since_when_and_why() -> None:
    """When the last complete run began, and the newest reason."""
    runs = [a_run("partial", before(hours=1)), a_run("complete", before(hours=49))]
    cause = overdue("acme", after(*runs), TONIGHT)

    assert cause.since == before(hours=49)
    assert cause.code == "google.reconnect"
    assert "the last reason told is google.reconnect" in cause.message


def test_a_reason_that_nobody_was_told_goes_first() -> None:
    """One account waits for its owner, who was told; that another is wrongly set up is what nobody knows."""
    accounts = [
        AccountOutcome("acme-1", "x", "stopped", code="google.reconnect"),
        AccountOutcome("acme-2", "x", "stopped", code="google.oauth_client"),
    ]
    run = replace(a_run("partial", before(hours=1)), accounts=accounts)

    assert after(run).code == "google.oauth_client"
    assert after(replace(run, accounts=accounts[:1])).code == "google.reconnect"


def test_a_wisp_is_well_after_its_night() -> None:
    """And not while an account has needed a person for a day, or the guard was not answered twice."""
    complete = Nights("Europe/Dublin", complete=before(hours=1))
    lately = {"acme-1": Streak("google.scope", before(hours=23))}
    long = {"acme-1": Streak("google.scope", before(hours=24))}

    assert is_well(complete, TONIGHT, NOW)
    assert is_well(replace(complete, stopped=lately, refused=lately), TONIGHT, NOW)
    assert not is_well(replace(complete, complete=before(hours=2)), TONIGHT, NOW)
    assert not is_well(replace(complete, stopped=long), TONIGHT, NOW)
    assert not is_well(replace(complete, refused={"acme-1": Streak("guard", "", 2)}), TONIGHT, NOW)


def test_times_that_are_none_make_a_document_unreadable() -> None:
    """So that it is told and not met later."""
    with pytest.raises(ValueError, match="yesterday"):
        Nights("Europe/Dublin", complete="yesterday")


@pytest.mark.parametrize(
    ("held", "left", "expected"),
    [(0, 300, False), (100, 0, False), (100, 1, False), (101, 1, True), (5, 100, False), (5, 101, True)],
)
def test_a_lease_is_stuck_when_no_run_can_hold_it_so_long(held: float, left: float, expected: bool) -> None:
    """Looking back or ahead; one that has expired is free."""
    lease = Lease("wisp-acme", Claim("o", "run-7", "mary@example.com"), 4, 1000 - held, 1000 + left)
    longest = 300 if left == 300 else 100
    causes = list(stuck("acme", lease, now=1000, longest=longest))

    assert bool(causes) == expected
    assert all("run-7" in cause.message and "mary" not in cause.message for cause in causes)


def test_a_lease_that_nobody_holds_is_not_stuck() -> None:
    """Never taken, or given back long ago with its time not over."""
    given_back = Lease("google-1", None, 4, 0, 5000)

    assert not list(stuck("acme", None, now=1000, longest=100))
    assert not list(stuck("acme", given_back, now=1000, longest=100))


@pytest.mark.parametrize(("more", "expected"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_an_account_is_dead_after_a_day(more: timedelta, expected: bool) -> None:
    """From the 24th hour on."""
    since = (NOW - timedelta(hours=24) - more).isoformat()

    assert bool(list(dead(replace(OLD, state="reconnect", since=since), None, NOW))) == expected


@pytest.mark.parametrize("state", ["connected", "disconnecting"])
def test_only_an_account_that_needs_a_person_is_dead(state: str) -> None:
    """However old its state is."""
    account = replace(OLD, state=state, since=before(days=9))  # type: ignore[arg-type]  # each is a state

    assert list(dead(account, None, NOW)) == []


@pytest.mark.parametrize("code", ["google.scope", "google.admin_policy", "google.full", "secret.missing"])
def test_an_account_that_every_run_ends_by_is_dead_after_a_day(code: str) -> None:
    """Whatever the reason is, if it was not connected since; the reason is told."""
    runs = [a_run("partial", before(hours=hours), code=code) for hours in (1, 25)]
    streak = after(*runs).stopped["acme-1"]
    [cause] = dead(OLD, streak, NOW)

    assert cause.since == before(hours=25)
    assert cause.code == code
    assert list(dead(OLD, after(runs[0]).stopped["acme-1"], NOW)) == []
    assert list(dead(replace(OLD, since=before(hours=2)), streak, NOW)) == []
    assert list(dead(replace(OLD, state="disconnecting"), streak, NOW)) == []


def test_an_account_that_was_let_go_on_is_not_dead() -> None:
    """The next run takes what an operator's pause ended it by from the row."""
    streak = Streak("account.paused", before(days=3))

    assert list(dead(OLD, streak, NOW)) == []
    assert len(list(dead(replace(OLD, paused="until Monday"), streak, NOW))) == 1


@pytest.mark.parametrize(
    ("refused", "expected"),
    [([30, 30], 2), ([31, 30, 29], 3), ([30, 30, 0, 30], 2), ([30], 0), ([0, 30, 30], 0), ([], 0)],
)
def test_the_guard_waits_after_two_refusals_in_a_row(refused: list[int], expected: int) -> None:
    """Newest first: a run that it let through ends the row, as does a single refusal make none."""
    runs = [a_run("partial", before(days=day), count) for day, count in enumerate(refused)]
    causes = list(guard_waiting(OLD, after(*runs).refused.get("acme-1")))

    assert len(causes) == (1 if expected else 0)
    assert all(cause.since == before(days=expected - 1) for cause in causes)
    assert all(f"{expected} times in a row, {refused[0]} at last" in cause.message for cause in causes)


def test_runs_that_did_not_ask_the_guard_count_for_neither() -> None:
    """A night without a plan between two refusals does not part them, nor does one without SIMPLer's list."""
    unasked = a_run("partial", before(days=1), planned=False)
    failed = a_run("failed", before(days=1.5))
    runs = [a_run("partial", before(days=0), 30), unasked, failed, a_run("partial", before(days=2), 30)]

    assert after(*runs).refused["acme-1"].runs == 2
    assert after(*runs[1:]).refused["acme-1"].runs == 1


def test_an_account_that_is_gone_leaves_nothing() -> None:
    """Its row ends with the first run without it; a run that came to no account leaves the rows alone."""
    refused = a_run("partial", before(days=2), 30)
    gone = replace(a_run("complete", before(days=1)), accounts=[])

    assert after(gone, refused).stopped == {}
    assert after(gone, refused).refused == {}
    assert after(a_run("failed", before(days=1)), refused).refused.keys() == {"acme-1"}


def test_times_of_documents_are_read_with_mistrust() -> None:
    """One without a zone is taken as this machine's; what is no time is an error."""
    assert moment("2026-03-02T05:00:00+01:00") == datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="yesterday"):
        moment("yesterday")
