"""Measure what runs cost, and write docs/benchmarks.md: ``python -m infra.lab.bench [--quick]``."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.lab.bench import page, plots, results
from infra.lab.bench.cold_start import profile, start
from infra.lab.bench.pacing import pace
from infra.lab.bench.peers.dav import missing
from infra.lab.bench.peers.race import Lap, run_dav, run_one_call, run_ours
from infra.lab.bench.results import Results
from infra.lab.bench.scenario import FEW, QUIET, SCENARIOS, Nights, Result
from infra.lab.bench.stage import stage
from infra.sandbox.functions import entry_points

PARTS: Mapping[str, tuple[str, ...]] = {
    "nights": ("work", "time", "processor"),
    "race": ("race",),
    "pacing": ("pacing",),
    "starts": ("cold",),
    "imports": ("imports",),
}
"""What can be measured by itself, and what the page says of it."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of what is measured.

    Attributes:
        near: Numbers of customers without latency.
        far: Those with latency, whole; of the largest of `near` beyond them only what is quick.
        latency: Seconds.
        race: Customers in the race.
        paced: Contacts that are created under a quota.
        functions: Which of them are started; none named: all.
        rounds: How often each of them.
    """

    near: tuple[int, ...]
    far: tuple[int, ...]
    latency: float
    race: int
    paced: int
    functions: tuple[str, ...]
    rounds: int


WHOLE = Extent((1000, 5000, 25_000), (1000, 5000), 0.08, 1000, 25_000, (), 5)
QUICK = Extent((200, 1000), (200,), 0.08, 100, 2000, ("sync_wisp",), 1)


def main() -> None:
    """Measure, print and write."""
    given = _arguments()
    extent = QUICK if given.quick else WHOLE
    found = Results() if given.quick else results.load()
    found.machine = _machine()
    measures: Mapping[str, Callable[[Extent, Results], None]] = {
        "nights": _measure_nights,
        "race": _measure_race,
        "pacing": _measure_pacing,
        "starts": _measure_starts,
        "imports": _measure_imports,
    }
    for part in given.only or PARTS:
        began = time.monotonic()
        measures[part](extent, found)
        parts = page.parts(found)
        print("\n\n".join(parts[name] for name in PARTS[part] if name in parts))
        print(f"\n{part}: {time.monotonic() - began:.0f} s\n", flush=True)
    if "targets" in (parts := page.parts(found)):
        print(parts["targets"])
    if not given.quick:
        results.save(found)
        page.write(found)
        plots.draw(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.lab.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, in about a minute; only printed")
    parser.add_argument(
        "--only", nargs="*", choices=[*PARTS], help="these parts; the others stay as they were"
    )
    return parser.parse_args()


def _machine() -> str:
    """Return what it is measured on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.partition(": ")[2] for line in info if line.startswith("model name")), platform.machine()
    )
    python = platform.python_version()
    return f"{os.cpu_count()} processors ({model}), {platform.system()}, Python {python}."


def _measure_nights(extent: Extent, found: Results) -> None:
    found.nights = [*_nights(extent)]


def _nights(extent: Extent) -> Iterator[Result]:
    for customers in extent.near:
        with _folder() as folder, stage(Path(folder)) as near:
            nights = Nights(near, customers)
            yield from (_said(nights.measure(scenario, 0)) for scenario in SCENARIOS)
            if customers not in extent.far:
                yield from (_said(nights.measure(each, extent.latency)) for each in (QUIET, FEW))
    for customers in extent.far:
        with _folder() as folder, stage(Path(folder)) as far:
            nights = Nights(far, customers)
            yield from (_said(nights.measure(scenario, extent.latency)) for scenario in SCENARIOS)


def _said(night: Result) -> Result:
    print(f"  {night.customers:,}, {night.scenario}: {night.wall:.1f} s", file=sys.stderr, flush=True)
    return night


def _measure_race(extent: Extent, found: Results) -> None:
    found.skipped, found.laps = missing(), []
    ways: list[Callable[[Path], Iterator[Lap]]] = [
        *(
            lambda folder, run=run, latency=latency: run(folder, extent.race, latency)
            for run in (run_ours, run_one_call)
            for latency in (0, extent.latency)
        ),
        *([] if found.skipped else [lambda folder: run_dav(folder, extent.race)]),
    ]
    for run in ways:
        with _folder() as folder:
            found.laps += run(Path(folder))


def _measure_pacing(extent: Extent, found: Results) -> None:
    with _folder() as folder:
        found.pacing = [pace(Path(folder), extent.paced)]


def _measure_starts(extent: Extent, found: Results) -> None:
    with _folder() as folder:
        found.starts = [
            start(Path(folder), function, extent.rounds) for function in extent.functions or entry_points()
        ]


def _measure_imports(extent: Extent, found: Results) -> None:
    found.profiles = [profile(function, extent.rounds) for function in extent.functions or entry_points()]


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bench-")


if __name__ == "__main__":
    main()
