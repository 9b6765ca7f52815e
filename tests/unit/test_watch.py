"""When something that the watchdog looks at needs a person, to the second."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.model.account import Account
from shared.domain.model.alerts import dead, guard_waiting, moment, overdue, stuck
from shared.domain.model.lease import Claim, Lease
from shared.domain.model.run import AccountOutcome, RunOutcome, RunState

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
OLD = Account("acme-1", "acme", "office@acme.example", "g-1", "token-1")
SECOND = timedelta(seconds=1)


def before(**ago: float) -> str:
    """Return a time so long before now, as documents have it."""
    return (NOW - timedelta(**ago)).isoformat()


def a_run(state: RunState, finished: str, refused: int = 0, *, planned: bool = True) -> RunOutcome:
    """Return a run that ended so."""
    outcome = AccountOutcome("acme-1", OLD.email, planned=planned, refused=refused)
    code = "" if state == "complete" else "google.reconnect"
    return RunOutcome(
        "r", "acme", finished, "nightly run", state, code=code, finished=finished, accounts=[outcome]
    )


def is_overdue(accounts: Sequence[Account], *runs: RunOutcome) -> bool:
    """Return whether a wisp with these runs, newest first, is overdue now."""
    return bool(list(overdue("acme", accounts, runs, NOW)))


@pytest.mark.parametrize(("more", "expected"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_a_complete_run_counts_for_26_hours(more: timedelta, expected: bool) -> None:
    """Up to and including the 26th hour; runs that were not complete change nothing."""
    finished = (NOW - timedelta(hours=26) - more).isoformat()
    runs = [a_run("partial", before(hours=1)), a_run("failed", before(hours=2)), a_run("complete", finished)]

    assert is_overdue([OLD], *runs) == expected


@pytest.mark.parametrize("state", ["waiting", "running", "partial", "unfinished", "failed", "superseded"])
def test_only_a_complete_run_counts(state: RunState) -> None:
    """Whatever else became of it."""
    assert is_overdue([OLD], a_run(state, before(hours=1)), a_run("complete", before(hours=27)))


@pytest.mark.parametrize(("hours", "expected"), [(1, False), (26, False), (26.1, True)])
def test_a_young_wisp_has_as_long(hours: float, expected: bool) -> None:
    """From the moment its first account was connected, or was begun to be."""
    young = replace(OLD, since=before(hours=hours))
    newer = replace(OLD, id="acme-2", since=before(hours=0.5))

    assert is_overdue([young], a_run("failed", before(hours=0.1))) == expected
    assert is_overdue([newer, replace(young, state="reconnect")]) == expected


def test_a_wisp_of_unknown_age_is_not_young() -> None:
    """Neither a complete run nor a time of connecting: somebody should look."""
    [cause] = overdue("acme", [OLD], [], NOW)

    assert (cause.since, cause.code) == ("", "")
    assert "for longer than our records tell" in cause.message


def test_a_wisp_whose_accounts_are_all_new_begins_anew() -> None:
    """An old complete run is of other accounts; but not while an account needs a person."""
    old_run = a_run("complete", before(days=30))
    new = replace(OLD, since=before(hours=3))
    needs = replace(OLD, id="acme-2", state="reconnect", since=before(hours=3))

    assert not is_overdue([new], old_run)
    assert is_overdue([new, needs], old_run)


def test_the_cause_tells_since_when_and_why() -> None:
    """The end of the last complete run, and the newest reason."""
    [cause] = overdue(
        "acme", [OLD], [a_run("partial", before(hours=1)), a_run("complete", before(hours=49))], NOW
    )

    assert (cause.cause, cause.wisp, cause.account) == ("wisp.overdue", "acme", "")
    assert (cause.since, cause.code) == (before(hours=49), "google.reconnect")


@pytest.mark.parametrize(
    ("held", "left", "expected"),
    [(0, 300, False), (100, 0, False), (100, 1, False), (101, 1, True), (5, 100, False), (5, 101, True)],
)
def test_a_lease_is_stuck_when_no_run_can_hold_it_so_long(held: float, left: float, expected: bool) -> None:
    """Looking back or ahead; one that has expired is free."""
    lease = Lease("wisp-acme", Claim("o", "run-7", "mary@example.com"), 4, 1000 - held, 1000 + left)
    longest = 300 if left == 300 else 100
    causes = list(stuck("acme", "", lease, now=1000, longest=longest))

    assert bool(causes) == expected
    assert all("run-7" in cause.message and "mary" not in cause.message for cause in causes)


def test_a_lease_that_nobody_holds_is_not_stuck() -> None:
    """Never taken, or given back long ago with its time not over."""
    given_back = Lease("google-1", None, 4, 0, 5000)

    assert not list(stuck("acme", "", None, now=1000, longest=100))
    assert not list(stuck("acme", "acme-1", given_back, now=1000, longest=100))


@pytest.mark.parametrize(("more", "expected"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_an_account_is_dead_after_a_day(more: timedelta, expected: bool) -> None:
    """From the 24th hour on."""
    since = (NOW - timedelta(hours=24) - more).isoformat()

    assert bool(list(dead(replace(OLD, state="reconnect", since=since), NOW))) == expected


@pytest.mark.parametrize("state", ["connected", "disconnecting"])
def test_only_an_account_that_needs_a_person_is_dead(state: str) -> None:
    """However old its state is."""
    account = replace(OLD, state=state, since=before(days=9))  # type: ignore[arg-type]  # each is a state

    assert list(dead(account, NOW)) == []


@pytest.mark.parametrize(
    ("refused", "expected"),
    [([30, 30], 2), ([31, 30, 29], 3), ([30, 30, 0, 30], 2), ([30], 0), ([0, 30, 30], 0), ([], 0)],
)
def test_the_guard_waits_after_two_refusals_in_a_row(refused: list[int], expected: int) -> None:
    """Newest first: a run that it let through ends the row, as does a single refusal make none."""
    runs = [a_run("partial", before(days=day), count) for day, count in enumerate(refused)]
    causes = list(guard_waiting(OLD, runs))

    assert len(causes) == (1 if expected else 0)
    assert all(cause.since == before(days=expected - 1) for cause in causes)
    assert all(f"{expected} times" in cause.message for cause in causes)


def test_runs_that_did_not_ask_the_guard_count_for_neither() -> None:
    """A night without a plan between two refusals does not part them; other accounts' runs do not count."""
    unasked = a_run("failed", before(days=1), planned=False)
    runs = [a_run("partial", before(days=0), 30), unasked, a_run("partial", before(days=2), 30)]

    assert len(list(guard_waiting(OLD, runs))) == 1
    assert list(guard_waiting(OLD, runs[:2])) == []
    assert list(guard_waiting(replace(OLD, id="acme-2"), runs)) == []


def test_times_of_documents_are_read_with_mistrust() -> None:
    """One without a zone is taken as this machine's; what is no time is an error."""
    assert moment("2026-03-02T05:00:00+01:00") == datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="yesterday"):
        moment("yesterday")
