"""Plots: the results as pictures for docs/benchmarks.md."""

from collections.abc import Sequence

from infra.lab.bench.peers.race import Lap
from infra.lab.bench.results import Results
from infra.lab.bench.scenario import SCENARIOS, Result
from infra.lab.drawing import figure, save

_MIB = 2**20
_WIDTH = 0.8
"""Of all bars that stand together."""


def draw(results: Results) -> None:
    """Draw what was measured."""
    near = [night for night in results.nights if not night.latency]
    far = [night for night in results.nights if night.latency]
    if near:
        _memory(near)
    if far:
        _wall(far)
    if results.laps:
        _race(results.laps)


def _memory(nights: Sequence[Result]) -> None:
    made, axes = figure("Peak memory of a run")
    for scenario in SCENARIOS:
        points = [(n.customers, n.peak / _MIB) for n in nights if n.scenario == scenario.name]
        axes.plot(*zip(*points, strict=True), marker="o", label=scenario.name)
    axes.axhline(256, color="gray", linestyle="--")
    axes.set(xlabel="customers", ylabel="MiB", ylim=(0, None))
    axes.legend(frameon=False)
    save(made, "bench-memory")


def _wall(nights: Sequence[Result]) -> None:
    """Draw each run's time over its floor."""
    most = max(night.customers for night in nights if night.scenario == SCENARIOS[0].name)
    shown = [night for night in nights if night.customers == most]
    made, axes = figure(f"{most:,} customers, {shown[0].latency * 1000:.0f} ms to every answer")
    names = [night.scenario for night in shown]
    floors = [night.served for night in shown]
    axes.barh(names, floors, label="waiting for answers", color="#4c78a8")
    axes.barh(names, [n.wall - n.served for n in shown], left=floors, label="our own", color="#f58518")
    axes.set(xlabel="seconds")
    axes.invert_yaxis()
    axes.legend(frameon=False)
    save(made, "bench-wall")


def _race(laps: Sequence[Lap]) -> None:
    near = [lap for lap in laps if not lap.latency]
    most = max(lap.customers for lap in near)
    shown = [lap for lap in near if lap.customers == most]
    ways, nights = (
        list(dict.fromkeys(lap.way for lap in shown)),
        list(dict.fromkeys(lap.night for lap in shown)),
    )
    made, axes = figure(f"{most:,} customers, in three ways, without latency")
    for place, way in enumerate(ways):
        walls = [lap.wall for lap in shown if lap.way == way]
        width = _WIDTH / len(ways)
        axes.bar([night + place * width for night in range(len(nights))], walls, width, label=way)
    axes.set_xticks([night + (_WIDTH - _WIDTH / len(ways)) / 2 for night in range(len(nights))], nights)
    axes.set(ylabel="seconds", yscale="log")
    axes.legend(frameon=False)
    save(made, "bench-race")
