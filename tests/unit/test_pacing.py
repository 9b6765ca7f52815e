"""The pacer: what one Google account's requests may use, handed on from run to run."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.state import SqliteState
from shared.domain.model.account import Account
from shared.domain.model.quota import (
    BATCH,
    PARKED,
    PROJECT_PAUSED,
    PROJECT_PAUSED_DAY,
    READ,
    RETURN,
    SINGLE,
    WINDOW,
    Limits,
)
from shared.errors import OverQuota
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.rate_limit import RateLimit
from tests.fake_clock import FakeClock

ACCOUNT = Account("acme-0", "acme", "office@example.com", "117", "token-0")
TWIN = Account("beta-0", "beta", "office@example.com", "117", "token-1")
PATH = "paces/google-117"
DAY = 24 * 3600


class Desk:
    """Hands the pace on from one pacer to the next."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.clock = FakeClock()
        self.state = SqliteState(Database(folder / "state.db"), self.clock)
        self.limits = limits

    def rate_limit(self, account: Account = ACCOUNT) -> RateLimit:
        """Return the next run's."""
        return RateLimit.load(self.state, self.clock, self.limits, account)

    def hand_on(self, rate_limit: RateLimit) -> None:
        """End a run."""
        self.state.write(*rate_limit.puts())

    def is_parked(self) -> float:
        """Return the seconds for which to leave the account alone, or 0."""
        try:
            self.rate_limit().check()
        except OverQuota as parked:
            return parked.after if parked.lasting and parked.reason == "google.quota_long" else -1
        return 0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With the usual limits."""
    return Desk(tmp_path, Limits())


def lasting(limit: str = "") -> OverQuota:
    """Return a refusal that takes hours to pass."""
    return OverQuota("google.quota_long", "used up", lasting=True, limit=limit)


def test_the_next_run_waits_for_what_the_last_one_used(desk: Desk) -> None:
    """Also that of another wisp which shares the Google account; a minute later nobody waits."""
    first = desk.rate_limit()
    for _ in range(5):
        assert first.wait(BATCH) == 0
        first.spend(BATCH)
    desk.clock.advance(10)
    desk.hand_on(first)

    assert desk.rate_limit().wait(BATCH) == desk.rate_limit(TWIN).wait(BATCH) == pytest.approx(WINDOW - 10)
    desk.clock.advance(WINDOW - 10)
    assert desk.rate_limit().wait(BATCH) == 0


@pytest.mark.parametrize("garbled", [{"spent": "much"}, {"parked": "for ever"}, {"odd": 1}, {}])
def test_a_pace_that_cannot_be_read_is_a_new_one(desk: Desk, garbled: dict[str, Any]) -> None:
    """It only ever makes a run wait."""
    desk.state.write(Put(PATH, garbled))

    assert desk.is_parked() == 0
    assert desk.rate_limit().wait(BATCH) == 0


def test_a_refusal_for_hours_leaves_the_account_alone(desk: Desk) -> None:
    """For two hours, then for four; once it has answered again, for two."""
    for hours in (2, 4):
        rate_limit = desk.rate_limit()
        rate_limit.spend(READ)
        with pytest.raises(OverQuota):
            rate_limit.refused(lasting())
        desk.hand_on(rate_limit)
        assert desk.is_parked() == hours * 3600
        desk.clock.advance(hours * 3600)
        assert desk.is_parked() == 0
    well = desk.rate_limit()
    well.spend(READ)
    desk.hand_on(well)
    again = desk.rate_limit()
    with pytest.raises(OverQuota):
        again.refused(lasting())
    desk.hand_on(again)

    assert desk.is_parked() == PARKED.total_seconds()


def test_a_run_that_asked_for_nothing_forgets_no_refusal(desk: Desk) -> None:
    """Only an answer shows that the quota has recovered."""
    rate_limit = desk.rate_limit()
    with pytest.raises(OverQuota):
        rate_limit.refused(lasting())
    desk.hand_on(rate_limit)
    desk.clock.advance(PARKED.total_seconds())
    desk.hand_on(desk.rate_limit())
    again = desk.rate_limit()
    with pytest.raises(OverQuota):
        again.refused(lasting())
    desk.hand_on(again)

    assert desk.is_parked() == 2 * PARKED.total_seconds()


def test_a_refusal_of_the_days_quota_waits_for_the_next_day(desk: Desk) -> None:
    """Midnight in California is eight in the morning, UTC, in March; the clock says five."""
    rate_limit = desk.rate_limit()
    with pytest.raises(OverQuota):
        rate_limit.refused(lasting("DailyContactWritesPerDayPerProjectPerUser"))
    desk.hand_on(rate_limit)

    assert desk.is_parked() == 3 * 3600


def test_a_days_quota_is_not_overdrawn(tmp_path: Path) -> None:
    """What would be too much is not asked for; reading goes on, and the next day everything does."""
    desk = Desk(tmp_path, Limits(day=401))
    rate_limit = desk.rate_limit()
    for cost in (BATCH, BATCH, SINGLE):
        rate_limit.wait(cost)
        rate_limit.spend(cost)
    desk.clock.advance(WINDOW)
    assert rate_limit.wait(READ) == 0
    with pytest.raises(OverQuota) as parked:
        rate_limit.wait(SINGLE)
    desk.hand_on(rate_limit)

    assert parked.value.after == desk.is_parked() == 3 * 3600 - WINDOW
    desk.clock.advance(3 * 3600)
    assert desk.rate_limit().wait(BATCH) == 0


def test_a_quota_of_the_project_teaches_no_account(desk: Desk) -> None:
    """Nobody asks for two minutes, whatever the account; then they come back one by one."""
    rate_limit = desk.rate_limit()
    for _ in range(4):
        rate_limit.spend(BATCH)
    with pytest.raises(OverQuota) as refused:
        rate_limit.refused(
            OverQuota("google.quota_project", "used up", limit="CriticalReadsPerMinutePerProject")
        )
    desk.hand_on(rate_limit)
    others = [replace(ACCOUNT, id=f"acme-{number}", google_id=str(number)) for number in range(200)]
    waits = []
    for other in others:
        with pytest.raises(OverQuota, match="of the project") as caught:
            desk.rate_limit(other).check()
        waits.append(caught.value.after)
    desk.clock.advance(PROJECT_PAUSED)
    for other in others:
        desk.rate_limit(other).check()

    assert PROJECT_PAUSED <= refused.value.after <= PROJECT_PAUSED + RETURN
    assert min(waits) >= PROJECT_PAUSED
    assert 30 < len([wait for wait in waits if wait < PROJECT_PAUSED + RETURN / 4]) < 70
    assert desk.state.get(PATH) == {**(desk.state.get(PATH) or {}), "learned": {}, "parked": 0}


def test_a_projects_quota_of_a_day_is_asked_again_each_hour(desk: Desk) -> None:
    """Nobody knows when it is more."""
    with pytest.raises(OverQuota) as refused:
        desk.rate_limit().refused(OverQuota("x", "used up", limit="DailyContactWritesPerDayPerProject"))

    assert PROJECT_PAUSED_DAY <= refused.value.after <= PROJECT_PAUSED_DAY + RETURN


def test_a_refusal_of_the_minute_lowers_the_limit_for_a_day(desk: Desk) -> None:
    """To what went through; a limit that Google does not name, or that we do not know, teaches nothing."""
    rate_limit = desk.rate_limit()
    for _ in range(4):
        rate_limit.spend(BATCH)
    rate_limit.refused(OverQuota("google.quota", "used up", limit="CriticalWritesPerMinutePerProjectPerUser"))
    rate_limit.refused(OverQuota("google.quota", "used up", limit="SomethingElse"))
    rate_limit.refused(OverQuota("google.quota", "slow down"))
    desk.hand_on(rate_limit)
    desk.clock.advance(WINDOW)
    later = desk.rate_limit()
    for _ in range(3):
        assert later.wait(BATCH) == 0
        later.spend(BATCH)
    waits = [later.wait(BATCH)]
    desk.clock.advance(DAY)
    waits.append(desk.rate_limit().wait(BATCH))

    assert waits == [pytest.approx(WINDOW), 0]
