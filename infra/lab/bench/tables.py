"""Tables: the results as people read them, in Markdown and in a terminal."""

from collections.abc import Callable, Sequence
from typing import Any

from infra.lab import page
from infra.lab.bench.cold_start import Profile, Start
from infra.lab.bench.pacing import Pacing
from infra.lab.bench.peers.race import Lap
from infra.lab.bench.scenario import Result
from infra.lab.bench.targets import Target
from infra.lab.far_google import READS, WRITES

_MIB = 2**20

Column = tuple[str, Callable[[Any], str]]
"""A heading, and what stands below it."""

WORK: Sequence[Column] = (
    ("customers", lambda r: f"{r.customers:,}"),
    ("what happened", lambda r: r.scenario),
    ("contacts written", lambda r: f"{r.writes:,}"),
    ("People requests", lambda r: f"{r.requests}"),
    ("documents read", lambda r: f"{r.read}"),
    ("the ledger's of these", lambda r: f"{r.shards}"),
    ("documents written", lambda r: f"{r.written}"),
)

TIME: Sequence[Column] = (
    ("customers", lambda r: f"{r.customers:,}"),
    ("latency", lambda r: f"{r.latency * 1000:.0f} ms"),
    ("what happened", lambda r: r.scenario),
    ("requests", lambda r: f"{r.asked}"),
    ("floor", lambda r: f"{r.served:.2f} s"),
    ("wall time", lambda r: f"{r.wall:.2f} s"),
    ("ratio", lambda r: f"{r.wall / r.served:.2f}"),
)

PROCESSOR: Sequence[Column] = (
    ("customers", lambda r: f"{r.customers:,}"),
    ("what happened", lambda r: r.scenario),
    ("JSON received", lambda r: f"{r.bytes / _MIB:.1f} MiB"),
    ("decoding", lambda r: f"{r.decoding:.3f} s"),
    ("processor time", lambda r: f"{r.cpu:.2f} s"),
    ("ratio", lambda r: f"{r.cpu / r.decoding:.1f}"),
    ("peak memory", lambda r: f"{r.peak / _MIB:.0f} MiB"),
    ("before the run", lambda r: f"{r.before / _MIB:.0f} MiB"),
)

RACE: Sequence[Column] = (
    ("customers", lambda r: f"{r.customers:,}"),
    ("latency", lambda r: f"{r.latency * 1000:.0f} ms"),
    ("what happened", lambda r: r.night),
    ("who", lambda r: r.way),
    ("requests", lambda r: f"{r.requests:,}"),
    ("wall time", lambda r: f"{r.wall:.1f} s"),
    ("processor time", lambda r: f"{r.cpu:.1f} s"),
    ("peak memory", lambda r: f"{r.peak / _MIB:.0f} MiB"),
)

PACE: Sequence[Column] = (
    ("contacts", lambda r: f"{r.customers:,}"),
    ("limits a minute", lambda _: f"{READS} reads, {WRITES} writes"),
    ("units of writes", lambda r: f"{r.units}"),
    ("least time", lambda r: f"{r.least / 60:.1f} min"),
    ("time taken", lambda r: f"{r.taken / 60:.1f} min"),
    ("rate reached over rate allowed", lambda r: f"{r.share:.1%}"),
    ("answers 429", lambda r: f"{r.refused}"),
)

IMPORTS: Sequence[Column] = (
    ("function", lambda p: f"`{p.function}`"),
    ("our modules", lambda p: f"{p.ours}"),
    ("these take", lambda p: f"{p.own * 1000:.0f} ms"),
    ("other modules", lambda p: f"{p.others}"),
    ("those take", lambda p: f"{p.other * 1000:.0f} ms"),
)

COLD: Sequence[Column] = (
    ("function", lambda r: f"`{r.function}`"),
    ("bare", lambda r: f"{r.bare * 1000:.0f} ms"),
    ("first answer", lambda r: f"{r.seconds * 1000:.0f} ms"),
    ("ratio", lambda r: f"{r.seconds / r.bare:.2f}"),
    ("processor time, bare", lambda r: f"{r.bare_cpu * 1000:.0f} ms"),
    ("first answer's", lambda r: f"{r.cpu * 1000:.0f} ms"),
    ("its ratio", lambda r: f"{r.cpu / r.bare_cpu:.2f}"),
)


TARGETS: Sequence[Column] = (
    ("what", lambda r: r.what),
    ("wanted", lambda r: f"{'≥' if r.at_least else '≤'} {r.words.format(r.desired)}"),
    ("measured", lambda r: r.words.format(r.measured)),
    ("met", lambda r: "yes" if r.is_met else "**no**"),
)


def table(columns: Sequence[Column], rows: Sequence[Result | Lap | Pacing | Profile | Start | Target]) -> str:
    """Return a table in Markdown, a line for each row."""
    heads = [name for name, _ in columns]
    return page.table(heads, ([tell(row) for _, tell in columns] for row in rows), left=len(heads))


def with_ratio(laps: Sequence[Lap]) -> str:
    """Return the table of the race, each lap beside ours of the same night."""
    ours = {(lap.customers, lap.latency, lap.night): lap for lap in laps if lap.way == laps[0].way}

    def over(ask: Callable[[Lap], float]) -> Callable[[Lap], str]:
        return lambda lap: f"{ask(lap) / ask(ours[lap.customers, lap.latency, lap.night]):.1f}"

    more: Sequence[Column] = (
        ("requests over ours", over(lambda lap: lap.requests)),
        ("time over ours", over(lambda lap: lap.wall)),
    )
    order = sorted(laps, key=lambda lap: (lap.customers, lap.latency))
    return table((*RACE, *more), order)
