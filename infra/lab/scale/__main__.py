"""Simulate the night and renew docs/scale.md: ``python -m infra.lab.scale``; it takes minutes."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infra.lab.meter import counted_log
from infra.lab.page import renew
from infra.lab.room import room
from infra.lab.scale import plots, report
from infra.lab.scale.away import mornings
from infra.lab.scale.bill import Day, Line
from infra.lab.scale.calibration import calibrate
from infra.lab.scale.cost import Cost
from infra.lab.scale.fan_out import FanOut, fan_out
from infra.lab.scale.population import Member, populate
from infra.lab.scale.scenario import Played, Scenario, play, replay
from infra.lab.scale.summary import Summary, summary
from infra.standins.cloud.task_messages import RateLimits
from shared.domain.model.time_zone import TIME_ZONES
from shared.usecases.runs.nightly import STARTS

SIZES = (50, 250, 500, 700, 1000, 5000, 25_000)
RATES = (0.5, 1.0, 2.0, 4.0, 8.0)
UNLIMITED = RateLimits(max_dispatches_per_second=500, max_concurrent_dispatches=5000)
PAGE = Path("docs/scale.md")


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the page tells."""

    scenario: Scenario
    played: Played
    nights: Mapping[str, Summary]
    rates: Mapping[float, Summary]
    started: FanOut
    bill: tuple[Line, ...]


def main() -> None:
    """Measure, play, and write."""
    arguments = _arguments()
    members = populate(arguments.wisps, arguments.seed)
    with room() as folder, counted_log():
        kinds = calibrate(folder, arguments.sizes)
        print("  playing a morning on which a SIMPLer is away, twice", flush=True)
        renew(PAGE, {"away": report.away_table(mornings(members, kinds, folder))})
    if arguments.away:
        return
    with room() as folder:
        result = simulate(folder, members, arguments.sizes)
    _write(result)
    print(f"{PAGE} is renewed.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.lab.scale", description=__doc__)
    parser.add_argument("--wisps", type=int, default=10_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=2026, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="of the runs that are measured"
    )
    parser.add_argument(
        "--away", action="store_true", help="play only the morning on which a shared SIMPLer is away"
    )
    return parser.parse_args()


def simulate(folder: Path, members: Sequence[Member], sizes: Sequence[int]) -> Result:
    """Measure runs, and play every night with them.

    Args:
        folder: For databases and the programs' output.
        members: The wisps.
        sizes: Numbers of customers at which runs are measured, ascending.
    """
    kinds = calibrate(folder, sizes)
    print("  measuring the nightly start", flush=True)
    (folder / "start").mkdir()
    started = fan_out(folder / "start", len(members))
    scenario = Scenario(members, kinds)
    print("  playing the night", flush=True)
    with counted_log():
        played = play(scenario, folder / "night")
    print("  replaying other nights", flush=True)
    usual = summary(scenario.done(played.diary))
    nights = {
        "ten time zones": usual,
        "one time zone": summary(replay(scenario, STARTS)),
        "… everything listed again": summary(replay(replace(scenario, all_whole=True), STARTS)),
        "… all at 05:00, queue without limits": summary(replay(scenario, 1e6, UNLIMITED)),
    }
    rates = {rate: summary(replay(scenario, rate)) for rate in RATES}
    return Result(scenario, played, nights, rates, started, _bill(scenario, played, usual))


def _bill(scenario: Scenario, played: Played, night: Summary) -> tuple[Line, ...]:
    """Return a day's costs: the runs, and the two documents a wisp that the starts read."""
    members = scenario.members
    accounts = sum(member.accounts for member in members)
    day = Day(
        cost=night.cost.plus(Cost(reads=2 * len(members))),
        seconds=[dispatch.end - dispatch.start for dispatch in played.diary],
        created=played.created,
        kept=len(members) + accounts,
        jobs=len(TIME_ZONES) + 1,
        expired=len(members),
    )
    return tuple(day.lines())


def _write(result: Result) -> None:
    scenario, played = result.scenario, result.played
    members = scenario.members
    parts = {
        "population": report.population_table(members),
        "measured": report.measured_table(scenario.kinds),
        "nights": report.nights_table(result.nights),
        "zones": report.zones_table(members, played.answers, played.diary),
        "presses": report.presses_line(played.diary),
        "rates": report.rates_table(result.rates),
        "start": report.start_table(result.started),
        "bill": report.bill_table(result.bill, len(members)),
    }
    renew(PAGE, parts)
    plots.draw_sizes(members)
    plots.draw_night(scenario.done(played.diary))
    plots.draw_rates(result.rates)
    plots.draw_bill(result.bill)


if __name__ == "__main__":
    main()
