"""Simulate the night and renew docs/scale.md: ``python -m infra.lab.scale [--only PART]``, in minutes."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.lab.meter import counted_log
from infra.lab.page import renew
from infra.lab.room import room
from infra.lab.scale import plots, report
from infra.lab.scale.away import mornings
from infra.lab.scale.bill import Line, a_day
from infra.lab.scale.calibration import calibrate
from infra.lab.scale.cost import Kinds
from infra.lab.scale.fan_out import FanOut, fan_out
from infra.lab.scale.growth import growth
from infra.lab.scale.population import Member, populate
from infra.lab.scale.scenario import Played, Scenario, play, replay
from infra.lab.scale.summary import Summary, summary
from infra.standins.cloud.task_messages import RateLimits
from shared.replace import replace
from shared.usecases.runs.nightly import STARTS

SIZES = (50, 100, 300, 500, 700, 1000, 5000, 25_000)
RATES = (0.5, 1.0, 2.0, 4.0, 8.0)
UNLIMITED = RateLimits(max_dispatches_per_second=500, max_concurrent_dispatches=5000)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the page tells."""

    scenario: Scenario
    played: Played
    nights: Mapping[str, Summary]
    rates: Mapping[float, Summary]
    started: FanOut
    bill: Sequence[Line]


def main() -> None:
    """Measure, play, and write."""
    arguments = _arguments()
    members = populate(arguments.wisps, arguments.seed)
    with room() as folder, counted_log():
        kinds = calibrate(folder, arguments.sizes)
    for part in arguments.only or PARTS:
        with room() as folder:
            PARTS[part](members, kinds, folder)
        print(f"  {report.PAGE}: {part} is renewed", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.lab.scale", description=__doc__)
    parser.add_argument("--wisps", type=int, default=10_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=2026, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="of the runs that are measured"
    )
    parser.add_argument(
        "--only", nargs="*", choices=[*PARTS], help="these parts; the others stay as they were"
    )
    return parser.parse_args()


def _grow(members: Sequence[Member], kinds: Kinds, _folder: Path) -> None:
    """Tell how cost grows with customers, and with WISPs."""
    print("  working out how cost grows", flush=True)
    found = growth(members, kinds)
    renew(report.PAGE, report.growth_tables(found))
    plots.draw_growth(found)


def _away(members: Sequence[Member], kinds: Kinds, folder: Path) -> None:
    """Play a morning on which a SIMPLer is away, twice."""
    print("  playing a morning on which a SIMPLer is away, twice", flush=True)
    with counted_log():
        renew(report.PAGE, {"away": report.away_table(mornings(members, kinds, folder))})


def _night(members: Sequence[Member], kinds: Kinds, folder: Path) -> None:
    """Play every night, with what the runs were measured to take."""
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
    bill = a_day(members, played.diary, played.created, usual.cost)
    _write(Result(scenario, played, nights, rates, started, bill))


PARTS: Mapping[str, Callable[[Sequence[Member], Kinds, Path], None]] = {
    "growth": _grow,
    "away": _away,
    "night": _night,
}
"""What can be renewed by itself: from the wisps, what runs of theirs take, and a folder for databases."""


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
        "secrets": report.secrets_table(members),
    }
    renew(report.PAGE, parts)
    plots.draw_sizes(members)
    plots.draw_night(scenario.done(played.diary))
    plots.draw_rates(result.rates)
    plots.draw_bill(result.bill)


if __name__ == "__main__":
    main()
