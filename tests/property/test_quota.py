"""Whatever is asked of a Google account and when: its quotas hold, and are used."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.model.quota import (
    BATCH,
    GROUP_READ,
    LEARNED,
    LONGEST_PARKED,
    MINUTE,
    PARKED,
    READ,
    REMOVAL,
    REMOVALS,
    SINGLE,
    WINDOW,
    Cost,
    Limits,
    Pace,
    metric_of,
    read_limits,
)

START = datetime(2026, 3, 2, 5, tzinfo=UTC).timestamp()
USUAL = Limits()

costs = st.sampled_from((READ, SINGLE, BATCH, REMOVAL, REMOVALS, GROUP_READ))
limits = st.builds(
    Limits,
    reads=st.integers(6, 90),
    writes=st.integers(6, 60),
    others=st.integers(10, 30),
    groups=st.integers(1, 3),
)
idle = st.floats(0, 90, allow_nan=False)
Sent = Sequence[tuple[float, Cost]]


def sent(pace: Pace, allowed: Limits, asked: Sequence[tuple[float, Cost]], now: float = START) -> Sent:
    """Return when requests go out that are asked for at these intervals."""
    gone = []
    for pause, cost in asked:
        now += pause
        now += pace.wait(cost, allowed, now)[0]
        pace.spend(cost, now)
        gone.append((now, cost))
    return gone


def most(gone: Sent, metric: str, window: float = WINDOW) -> int:
    """Return the most units in any window; windows that begin with a request suffice."""
    used = [(at, int(getattr(cost, metric))) for at, cost in gone]
    return max(
        sum(units for at, units in used[first:] if at - begin < window)
        for first, (begin, _) in enumerate(used)
    )


@given(limits, st.lists(st.tuples(idle, costs), min_size=1, max_size=80))
def test_no_window_ever_holds_more_than_the_limit(allowed: Limits, asked: list[tuple[float, Cost]]) -> None:
    """Wherever a minute, and the second for the road, begins."""
    gone = sent(Pace(), allowed, asked)

    for metric in MINUTE:
        assert most(gone, metric) <= getattr(allowed, metric)


@given(limits, st.lists(st.tuples(idle, costs), min_size=2, max_size=40), st.data())
def test_a_pace_that_is_handed_on_goes_on(
    allowed: Limits, asked: list[tuple[float, Cost]], data: st.DataObject
) -> None:
    """The next holder counts on from where the last one stopped, as if there had been one."""
    cut = data.draw(st.integers(1, len(asked) - 1))
    first = Pace()
    gone = [*sent(first, allowed, asked[:cut])]
    second = Pace(spent=[*first.spent], today=first.today, used=first.used)
    gone += sent(second, allowed, asked[cut:], gone[-1][0])

    assert gone == sent(Pace(), allowed, asked)


@given(limits, costs, st.integers(5, 40))
def test_a_request_waits_no_longer_than_it_must(allowed: Limits, cost: Cost, count: int) -> None:
    """A moment earlier it would have been too much for one of the quotas."""
    gone = sent(Pace(), allowed, [(0.0, cost)] * count)
    for number, (at, _) in enumerate(gone):
        if number and at > gone[number - 1][0]:
            early = [*gone[:number], (at - 1e-3, cost)]
            assert any(most(early, metric) > getattr(allowed, metric) for metric in MINUTE)


@pytest.mark.parametrize("cost", [BATCH, SINGLE], ids=["batches", "singles"])
@pytest.mark.parametrize("allowed", [Limits(), Limits(reads=90, writes=60)], ids=["60/30", "90/60"])
def test_where_there_is_always_work_the_rate_is_used(cost: Cost, allowed: Limits) -> None:
    """An hour of writes, one after the other: 95 % and more of what the limit allows, and never above it."""
    pace, gone, now = Pace(), 0, START
    while True:
        now += pace.wait(cost, allowed, now)[0]
        if now >= START + 3600:
            break
        pace.spend(cost, now)
        gone += cost.writes

    assert 0.95 <= gone / (60 * allowed.writes) <= 1


@given(st.lists(st.tuples(idle, costs), max_size=30), st.floats(1, 10**6), costs)
def test_a_clock_that_is_set_back_stops_nothing(
    asked: list[tuple[float, Cost]], back: float, cost: Cost
) -> None:
    """What was used counts as used now, at worst: the wait is a minute at most, and the limit holds."""
    pace = Pace()
    gone = sent(pace, USUAL, asked)
    now = (gone[-1][0] if gone else START) - back
    wait, _ = pace.wait(cost, USUAL, now)

    assert 0 <= wait <= WINDOW
    later = sent(pace, USUAL, [(0.0, cost)] * 10, now)
    assert all(most(later, metric) <= getattr(USUAL, metric) for metric in MINUTE)


@given(st.integers(0, 6), st.sampled_from(("writes", "reads")))
def test_a_refusal_teaches_what_went_through(passed: int, metric: str) -> None:
    """A limit is then as much as was used before it, but never less than half, nor more than it was."""
    pace = Pace()
    sent(pace, Limits(*[10**6] * 5), [(0.0, BATCH)] * (passed + 1))
    pace.learn(metric, USUAL, START)
    known: int = getattr(USUAL, metric)
    learned = pace.learned[metric].limit

    assert learned == min(known, max(passed * 6, known // 2, 1))
    # Afterwards that is what holds, and a day later the setting again.
    later, lower = START + 2 * WINDOW, Limits(**{metric: learned})
    assert sent(pace, USUAL, [(0.0, BATCH)] * 12, later) == sent(Pace(), lower, [(0.0, BATCH)] * 12, later)
    forgotten = START + LEARNED.total_seconds() + 2 * WINDOW
    assert sent(pace, USUAL, [(0.0, BATCH)] * 12, forgotten) == sent(
        Pace(), USUAL, [(0.0, BATCH)] * 12, forgotten
    )


def test_many_refusals_leave_at_least_a_unit() -> None:
    """However often Google refuses, something goes on being tried; an unknown quota teaches nothing."""
    pace = Pace()
    for _ in range(50):
        pace.learn("writes", USUAL, START)

    assert pace.learned["writes"].limit == 1
    assert [metric_of(name) for name in ("CriticalWritesPerMinutePerProjectPerUser", "Odd", "")] == [
        "writes",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-01-10T12:00", "2026-01-11T00:00"),
        ("2026-01-10T00:00", "2026-01-11T00:00"),
        ("2026-03-07T23:59", "2026-03-08T00:00"),
        ("2026-03-08T01:30", "2026-03-09T00:00"),
        ("2026-10-31T12:00", "2026-11-01T00:00"),
        ("2026-11-01T00:30", "2026-11-02T00:00"),
    ],
)
def test_a_days_quota_begins_anew_at_midnight_in_california(now: str, midnight: str) -> None:
    """By the wall clock there, also when it is put forward or back that day."""
    zone, pace = ZoneInfo("America/Los_Angeles"), Pace()
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() for text in (now, midnight))
    pace.spend(BATCH, begin)
    pace.park(begin, until_tomorrow=True)
    full = Limits(day=399)

    assert pace.parked == end
    assert [pace.has_day_left(BATCH, full, at) for at in (begin, end - 1, end)] == [False, False, True]


def test_a_lasting_refusal_is_left_alone_longer_each_time() -> None:
    """Two hours, four, eight, then twelve; until the account answers again."""
    pace, waits = Pace(), []
    for _ in range(5):
        pace.park(START, until_tomorrow=False)
        waits.append(timedelta(seconds=pace.parked - START))
    pace.answered()
    pace.park(START, until_tomorrow=False)

    assert waits == [PARKED, 2 * PARKED, 4 * PARKED, LONGEST_PARKED, LONGEST_PARKED]
    assert pace.parked == START + PARKED.total_seconds()


@given(st.lists(st.tuples(st.floats(0, 4000), costs), min_size=1, max_size=60))
def test_what_is_remembered_is_a_minute_at_most(asked: list[tuple[float, Cost]]) -> None:
    """So what is handed on stays small."""
    pace = Pace()
    gone = sent(pace, USUAL, asked)
    pace.wait(READ, USUAL, gone[-1][0])

    assert all(gone[-1][0] - at < WINDOW for at, _, _ in pace.spent)


def test_a_setting_gives_limits() -> None:
    """Those that are left out are the usual ones; what makes no sense is refused."""
    assert read_limits("") == USUAL
    assert read_limits(" writes=60, reads = 90 ,") == Limits(reads=90, writes=60)
    for odd in ("writes", "writes=0", "writes=-3", "writes=many", "likes=3", "writes=1=2"):
        with pytest.raises(ValueError, match=r"."):
            read_limits(odd)
