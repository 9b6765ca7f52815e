"""The simulation of many wisps: what it plays is the service, and what it counts adds up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.lab.meter import Meter, counted_log
from infra.lab.page import renew, table, with_parts
from infra.lab.room import room
from infra.lab.scale import report
from infra.lab.scale.away import HOST, mornings
from infra.lab.scale.bill import Day, secrets_kept
from infra.lab.scale.calibration import calibrate
from infra.lab.scale.cost import Cost, Costs, Kinds, Size
from infra.lab.scale.fan_out import fan_out
from infra.lab.scale.growth import growth
from infra.lab.scale.night import Dispatch
from infra.lab.scale.population import FEWEST, MOST, Member, populate
from infra.lab.scale.scenario import FAILING, Scenario, five, play, replay
from infra.lab.scale.summary import Done, minutes, peak, summary
from infra.standins.cloud.task_messages import RateLimits
from shared.usecases.runs.nightly import AT_ONCE, STARTS, window
from shared.usecases.runs.slot import SLOTS

SMALL = Size(50, Cost(simpler=1, reads=10), Cost(google_reads=1))
LARGE = Size(150, Cost(simpler=3, reads=10), Cost(google_reads=3))
KINDS: Kinds = {"usual": Costs([SMALL, LARGE]), "whole": Costs([LARGE])}


@pytest.fixture(autouse=True)
def log() -> Iterator[Meter]:
    """The log, counted."""
    with counted_log() as meter:
        yield meter


def members(count: int, time_zone: str = "Europe/Dublin") -> list[Member]:
    """Return wisps of one size in one time zone."""
    return [Member(f"wisp-{n:05}", 100, 2, time_zone, f"own-{n}") for n in range(count)]


def test_the_population_is_the_same_every_time_and_has_a_long_tail() -> None:
    """Sizes are within their bounds, and the largest are many times the usual one."""
    people = populate(2000, seed=1)
    sizes = sorted(member.customers for member in people)

    assert people == populate(2000, seed=1)
    assert sizes[0] >= FEWEST
    assert sizes[-1] <= MOST
    assert sizes[-1] > 20 * sizes[1000]
    assert {member.accounts for member in people} == {1, 2, 3, 4}


def test_costs_between_two_sizes_are_in_proportion() -> None:
    """Half-way between two measured sizes is half of each; beyond them is as the last one."""
    costs = Costs([SMALL, LARGE])

    assert costs.at(100).of(2) == Cost(simpler=2, reads=10, google_reads=4)
    assert costs.at(1) == SMALL
    assert costs.at(50) == SMALL
    assert costs.at(9999) == LARGE


def test_a_night_is_played_by_the_service_itself(log: Meter) -> None:
    """Every wisp's run is done once, failed ones after another try; a press is a run at once."""
    few = members(AT_ONCE + 6)
    with room() as folder:
        played = play(Scenario([*few, Member("far", 100, 1, "Asia/Tokyo", "two")], KINDS), folder)
    nightly = [each for each in played.diary if each.is_done and not each.pressed and each.wisp != "far"]
    [pressed] = [each for each in played.diary if each.pressed]
    failed = [each.wisp for each in played.diary if each.state == "failed"]
    first_tried = [each.end for each in nightly if each.wisp not in failed]
    said = datetime.fromisoformat(played.answers["Europe/Dublin"]["last_done"]).timestamp()

    assert sorted(each.wisp for each in nightly) == [member.wisp for member in few]
    assert failed == [member.wisp for member in few[::FAILING]]
    assert pressed.wisp == "far"
    assert pressed.is_done is True
    assert pressed.start - pressed.due < 10
    assert 0 <= max(first_tried) - said < 30  # a queue that was idle starts slowly
    assert {each.status for each in played.diary} == {200}
    assert played.created == len(few) + 2 + len(failed)
    assert log.lines > 3 * len(few)


def test_the_queue_hears_nothing_of_a_shared_simpler_that_is_away(tmp_path: Path) -> None:
    """Once it was told of every failure, and every run there waited at once; all are done in the end."""
    there = [Member(f"there-{n:03}", 100, 1, "Europe/Dublin", HOST) for n in range(8)]
    elsewhere = [Member(f"here-{n:03}", 100, 1, "Europe/Dublin", f"own-{n}") for n in range(4)]
    former, now = mornings([*there, *elsewhere], KINDS, tmp_path).values()

    assert former.errors > 8
    assert now.errors == 0
    assert former.at_once == 8
    assert now.at_once <= SLOTS
    assert now.theirs_done is not None


def test_a_replayed_night_is_spread_over_its_window() -> None:
    """At the service's own rate the last start is within the window; at another rate in proportion."""
    scenario = Scenario(members(250), KINDS)
    starts = {rate: [done.dispatch.start for done in replay(scenario, rate)] for rate in (STARTS, STARTS / 2)}
    spans = [max(found) - min(found) for found in starts.values()]

    assert 0.9 * window(250) < spans[0] <= window(250)
    assert spans[1] == pytest.approx(2 * spans[0], rel=0.01)


def test_a_queue_holds_back_what_is_too_much() -> None:
    """However many are due, no more run at once than the queue allows, and none is lost."""
    night = replay(Scenario(members(60), KINDS), 1e6, RateLimits(500, 0, 7))

    assert summary(night).instances == 7
    assert len(night) == 60


def test_peaks_and_minutes() -> None:
    """Overlaps are counted where there are most; a count goes to the minutes in which it happened."""
    night = [Done(Dispatch("a", pressed=False, due=0, start=30, end=90, status=200), "one", Cost(simpler=60))]

    assert peak([(0, 10), (5, 15), (10, 20), (30, 31)]) == 2
    assert minutes(night, lambda done: done.cost.simpler) == {0: 30, 1: 30}


def test_a_bill_rounds_up_each_call_and_adds_up() -> None:
    """Cloud Run bills tenths of a second; every line is a count times its price."""
    day = Day(Cost(reads=100_000), [0.01, 1.0], created=2, kept=30, jobs=0, expired=0)
    lines = {line.price.what: line for line in day.lines()}

    assert lines["Cloud Run: vCPU-seconds"].count == pytest.approx(1.1)
    assert lines["Firestore: documents read"].usd == pytest.approx(0.06)
    assert lines["Cloud Tasks: operations"].count == 4
    assert lines["Secret Manager: secrets kept, by the day"].usd == pytest.approx(0.06)


def test_what_secrets_cost_depends_on_how_they_are_cut() -> None:
    """Each account and each WISP's SIMPLer has one, at $0.06 a month; one for each WISP would be fewest."""
    ways = list(secrets_kept(members(10)).values())

    assert [way.count for way in ways] == [30, 20, 10]
    assert ways[0].usd == pytest.approx(0.06)


def test_how_cost_grows() -> None:
    """A night grows with customers, a day with WISPs; both tables have their places in the page."""
    grown = growth(members(25), KINDS)
    small, large = grown.nights
    one, ten, all_of_them = grown.days

    assert small.customers == 50
    assert large.customers == 150
    assert large.cost.google > small.cost.google
    assert large.cost.reads == small.cost.reads == 10 + 2 + 25  # the run, its start, a day of the watch
    assert [day.wisps for day in grown.days] == [1, 10, 25]
    assert one.customers == 300
    assert one.accounts == 2
    assert ten.cost.reads == 10 * one.cost.reads
    assert one.usd < ten.usd < all_of_them.usd
    assert one.usd > 25 * (all_of_them.usd - ten.usd) / 15  # the jobs of all time zones cost one WISP most
    with_parts(report.PAGE.read_text(encoding="utf-8"), report.growth_tables(grown))


def test_a_page_keeps_its_text(tmp_path: Path) -> None:
    """Only what stands between the marks is replaced; a page without them is refused."""
    page = tmp_path / "page.md"
    page.write_text("Before.\n\n<!-- a -->\nold\n<!-- end a -->\n\nAfter.\n")
    renew(page, {"a": table(("x", "n"), [("one", "1")])})

    expected = (
        "Before.\n\n<!-- a -->\n\n| x   |   n |\n| --- | --: |\n| one |   1 |\n\n<!-- end a -->\n\nAfter.\n"
    )
    assert page.read_text() == expected
    with pytest.raises(SystemExit, match="no place for 'b'"):
        renew(page, {"b": ""})


def test_five_is_five_there() -> None:
    """05:00 of each time zone lies on the simulated day."""
    assert [f"{five(zone):%d %H:%M}" for zone in ("Europe/Dublin", "Pacific/Auckland")] == [
        "02 05:00",
        "02 16:00",
    ]


def test_what_a_usual_night_takes(tmp_path: Path) -> None:
    """A run of 100 customers with one change takes one listing of changes and one write."""
    kinds = calibrate(tmp_path, [100])
    usual, whole = kinds["usual"].at(100), kinds["whole"].at(100)

    assert usual.account.google_reads == 1
    assert usual.account.google_writes + usual.account.google_batches == 1
    assert whole.account.google_reads == 2
    assert usual.run.google == 0
    assert usual.run.simpler == 1
    assert usual.of(1).paused == 0
    assert usual.of(1).reads <= 40
    assert usual.of(1).writes <= 50


def test_the_nightly_start_is_measured(tmp_path: Path) -> None:
    """All are enqueued, and a second call enqueues none; sooner than one after the other."""
    measured = fan_out(tmp_path, 64)

    assert measured.wisps == 64
    assert timedelta(seconds=measured.one_by_one) == timedelta(seconds=1.92)
