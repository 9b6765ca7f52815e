"""Page: docs/benchmarks.md, in which everything between two markers is written anew."""

from collections.abc import Mapping
from pathlib import Path

from infra.lab.bench import tables
from infra.lab.bench.results import Results
from infra.lab.bench.scenario import Result
from infra.lab.bench.targets import targets
from infra.lab.page import renew

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"

_MIB = 2**20


PICTURES: Mapping[str, tuple[str, str]] = {
    "time": ("wall", "Waiting for answers, and our own time, by kind of night"),
    "processor": ("memory", "Peak memory by the number of customers"),
    "race": ("race", "Three ways, three nights"),
}
"""The plots that come with a part, and what they show."""


def parts(results: Results) -> Mapping[str, str]:
    """Return what stands between the markers, by their name; only what was measured."""
    near = [night for night in results.nights if not night.latency]
    found = {
        "machine": results.machine,
        "targets": tables.table(tables.TARGETS, reached) if (reached := targets(results)) else "",
        "work": tables.table(tables.WORK, near) if near else "",
        "time": tables.table(tables.TIME, results.nights) if near else "",
        "processor": f"{tables.table(tables.PROCESSOR, near)}\n\n{_slopes(near)}" if near else "",
        "race": _race(results),
        "pacing": tables.table(tables.PACE, results.pacing) if results.pacing else "",
        "cold": tables.table(tables.COLD, results.starts) if results.starts else "",
        "imports": tables.table(tables.IMPORTS, results.profiles) if results.profiles else "",
    }
    return {name: content for name, content in found.items() if content}


def _race(results: Results) -> str:
    """Return the table, and why somebody is missing from it."""
    table = tables.with_ratio(results.laps) if results.laps else ""
    return "\n\n".join(filter(None, (table, results.skipped)))


def _slopes(nights: list[Result]) -> str:
    """Return how much memory each further thousand of customers takes."""
    by_scenario: dict[str, list[Result]] = {}
    for night in nights:
        by_scenario.setdefault(night.scenario, []).append(night)
    lines = [_slope(name, found) for name, found in by_scenario.items() if len(found) > 1]
    return "\n".join(lines)


def _slope(name: str, nights: list[Result]) -> str:
    least, most = min(nights, key=_size), max(nights, key=_size)
    slope = (most.peak - least.peak) / _MIB / ((most.customers - least.customers) / 1000)
    return f"- {name}: {slope:.1f} MiB for each 1,000 customers more"


def _size(night: Result) -> int:
    return night.customers


def write(results: Results) -> None:
    """Write the page anew."""
    renew(PAGE, {name: content + _picture(name) for name, content in parts(results).items()})


def _picture(part: str) -> str:
    name, shows = PICTURES.get(part, ("", ""))
    return f"\n\n![{shows}](pictures/bench-{name}.svg)" if name else ""
