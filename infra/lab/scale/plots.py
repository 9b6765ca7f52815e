"""Plots: the night as pictures."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from infra.lab.drawing import INK, SECOND, figure, save
from infra.lab.scale.bill import Line
from infra.lab.scale.growth import Growth
from infra.lab.scale.population import Member
from infra.lab.scale.summary import MINUTE, Done, Summary, minutes

HOUR = 3600


def draw_sizes(members: Sequence[Member]) -> None:
    """Draw how many wisps there are of each size."""
    made, axes = figure(across="customers of a wisp", up="wisps")
    edges = [50 * 10 ** (step / 10) for step in range(28)]
    axes.hist([member.customers for member in members], bins=edges, color=INK)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    save(made, "scale-sizes")


def draw_night(night: Sequence[Done]) -> None:
    """Draw runs at once and requests to Google, minute by minute."""
    made = Figure(figsize=(8, 4.4), layout="constrained")
    above, below = made.subplots(2, sharex=True)
    at_once = minutes(night, lambda done: (done.dispatch.end - done.dispatch.start) / MINUTE)
    above.fill_between(*_by_hour(at_once), color=INK)
    above.set_ylabel("runs at once")
    below.fill_between(*_by_hour(minutes(night, lambda done: done.cost.google)), color=SECOND)
    below.set_ylabel("requests to Google\nin the minute")
    below.set_xlabel("hour of the day (UTC)")
    below.set_xticks(range(0, 25, 3))
    save(made, "scale-night")


def draw_rates(rates: Mapping[float, Summary]) -> None:
    """Draw what the rate of starts decides, when everybody is in one time zone."""
    made, axes = figure(across="nightly starts a second", up="runs at once, at most")
    axes.plot(list(rates), [rate.instances for rate in rates.values()], "o-", color=INK)
    axes.yaxis.label.set_color(INK)
    axes.set_xscale("log", base=2)
    axes.set_xticks(list(rates), [f"{rate:g}" for rate in rates])
    axes.set_ylim(bottom=0)
    right = axes.twinx()
    right.set_ylabel("hours from 05:00 to the last end", color=SECOND)
    right.plot(list(rates), [rate.hours for rate in rates.values()], "s-", color=SECOND)
    right.set_ylim(bottom=0)
    save(made, "scale-rates")


def draw_bill(lines: Sequence[Line]) -> None:
    """Draw what a day costs."""
    made, axes = figure(across="USD a day")
    dear = sorted(lines, key=lambda line: line.usd)
    bars = axes.barh([line.price.what for line in dear], [line.usd for line in dear], color=INK)
    axes.bar_label(bars, [f"{line.usd:.2f}" for line in dear], padding=3)
    axes.margins(x=0.12)
    save(made, "scale-bill")


def draw_growth(found: Growth) -> None:
    """Draw a night by the customers of a wisp, and a day by the number of wisps, in powers of ten."""
    made = Figure(figsize=(8, 3.8), layout="constrained")
    left, right = made.subplots(1, 2)
    customers = [night.customers for night in found.nights]
    for name, counts, marker in (
        ("documents read", [night.cost.reads for night in found.nights], "o-"),
        ("documents written", [night.cost.writes for night in found.nights], "s-"),
        ("requests to Google", [night.cost.google for night in found.nights], "^-"),
        ("seconds of the run", [night.seconds for night in found.nights], "d--"),
        ("seconds of a processor", [night.cost.cpu for night in found.nights], "v--"),
    ):
        left.plot(customers, counts, marker, label=name, markersize=4)
    left.set(xlabel="customers of a wisp", ylabel="in a night", xscale="log", yscale="log")
    wisps = [day.wisps for day in found.days]
    right.plot(wisps, [day.usd for day in found.days], "o-", color=INK, label="USD a day")
    right.plot(
        wisps,
        [day.usd * 30 / day.wisps for day in found.days],
        "s--",
        color=SECOND,
        label="USD a wisp and month",
    )
    right.set(xlabel="wisps", xscale="log", yscale="log")
    for axes in (left, right):
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axes.legend(frameon=False, fontsize="small")
    save(made, "scale-growth")


def _by_hour(counts: Mapping[int, float]) -> tuple[list[float], list[float]]:
    """Return hours of the day and the count of each minute, empty minutes included."""
    first = min(counts)
    midnight = datetime.fromtimestamp(first * MINUTE, UTC).replace(hour=0, minute=0).timestamp()
    every = range(first - 1, max(counts) + 2)
    return [(minute * MINUTE - midnight) / HOUR for minute in every], [counts.get(m, 0) for m in every]
