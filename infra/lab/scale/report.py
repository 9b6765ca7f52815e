"""Report: the tables of docs/scale.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from infra.lab.page import table
from infra.lab.scale.away import Morning
from infra.lab.scale.bill import Line, price_list, secrets_kept
from infra.lab.scale.cost import Kinds
from infra.lab.scale.fan_out import LATENCY, FanOut
from infra.lab.scale.growth import Growth
from infra.lab.scale.night import Dispatch
from infra.lab.scale.population import Member
from infra.lab.scale.scenario import five
from infra.lab.scale.summary import Summary
from shared.usecases.runs.nightly import window

PAGE = Path("docs/scale.md")

FEW = 100
"""Counts of a bill have decimals below this."""


def population_table(members: Sequence[Member]) -> str:
    """Return the table of who there is."""
    sizes = sorted(member.customers for member in members)
    accounts = sum(member.accounts for member in members)
    contacts = sum(member.customers * member.accounts for member in members)
    rows = [
        ("WISPs", f"{len(members):,}"),
        ("Google accounts", f"{accounts:,}"),
        ("customers", f"{sum(sizes):,}"),
        ("contacts", f"{contacts:,}"),
        ("customers of a WISP: median", f"{median(sizes):,.0f}"),
        ("customers of a WISP: the largest tenth has more than", f"{sizes[len(sizes) * 9 // 10]:,}"),
        ("customers of a WISP: the largest hundredth has more than", f"{sizes[len(sizes) * 99 // 100]:,}"),
        ("customers of a WISP: most", f"{sizes[-1]:,}"),
    ]
    return table(("what", "how many"), rows)


def measured_table(kinds: Kinds) -> str:
    """Return the table of what runs took into one account."""
    rows = [
        (
            f"{size.customers:,}",
            {"usual": "changes", "whole": "everything"}[kind],
            f"{cost.google_reads:.0f} + {cost.google_writes + cost.google_batches:.0f}",
            f"{cost.simpler:.0f}",
            f"{cost.reads:.0f}",
            f"{cost.writes:.0f}",
            f"{cost.secrets:.0f}",
            f"{cost.cpu:.2f}",
            f"{size.seconds(1):.1f}",
        )
        for kind, costs in kinds.items()
        for size in costs.sizes
        for cost in [size.of(1)]
    ]
    heads = ("customers", "listed", "Google: reads + writes", "SIMPLer: pages", "documents read")
    return table((*heads, "written", "secrets read", "CPU s", "run s"), rows, left=2)


def nights_table(nights: Mapping[str, Summary]) -> str:
    """Return the table of nights, side by side."""
    rows = (
        ("hours from the first start to the last end", [f"{night.hours:.2f}" for night in nights.values()]),
        ("runs at once, at most", [f"{night.instances:,}" for night in nights.values()]),
        ("… of them at one shared SIMPLer", [f"{night.on_one_host}" for night in nights.values()]),
        ("starts in the busiest minute", [f"{night.starts:,}" for night in nights.values()]),
        ("requests to Google in the busiest minute", [f"{night.google:,.0f}" for night in nights.values()]),
        ("requests to Google", [f"{night.cost.google:,.0f}" for night in nights.values()]),
        ("… that write", [f"{n.cost.google - n.cost.google_reads:,.0f}" for n in nights.values()]),
        ("pages of all SIMPLers in the busiest minute", [f"{n.simpler:,.0f}" for n in nights.values()]),
        ("seconds that a task came late, at most", [f"{night.late:.1f}" for night in nights.values()]),
        ("documents read", [f"{night.cost.reads:,.0f}" for night in nights.values()]),
        ("documents written", [f"{night.cost.writes:,.0f}" for night in nights.values()]),
        ("hours of instances", [f"{night.busy / 3600:,.1f}" for night in nights.values()]),
    )
    return table(("", *nights), [(what, *values) for what, values in rows])


def zones_table(members: Sequence[Member], answers: Mapping[str, object], diary: Sequence[Dispatch]) -> str:
    """Return the table of what `sync_all` said of each time zone, and what came of it."""
    zone_of = {member.wisp: member.time_zone for member in members}
    ended: dict[str, float] = {}
    for dispatch in diary:
        if dispatch.is_done and not dispatch.pressed:
            zone = zone_of[dispatch.wisp]
            ended[zone] = max(ended.get(zone, 0), dispatch.end)
    rows = []
    for zone in sorted(answers, key=five):
        answer = answers[zone]
        assert isinstance(answer, dict), "the answer is JSON"
        count, start = len(answer["enqueued"]), five(zone).timestamp()
        said = datetime.fromisoformat(answer["last_done"]).timestamp() - start
        row = (f"{five(zone):%H:%M}", f"{count:,}", *map(_clock, (window(count), said, ended[zone] - start)))
        rows.append((zone, *row))
    heads = ("time zone", "05:00 in UTC", "WISPs", "window", "last one done, as said", "as it was")
    return table(heads, rows)


def rates_table(rates: Mapping[float, Summary]) -> str:
    """Return the table of what the rate of starts decides."""
    rows = [
        (
            f"{rate:g}",
            _clock(night.hours * 3600),
            f"{night.instances}",
            f"{night.on_one_host}",
            f"{night.google:,.0f}",
            f"{night.simpler:,.0f}",
            f"{night.late:.0f}",
        )
        for rate, night in rates.items()
    ]
    heads = ("starts a second", "all done after", "runs at once", "at one shared SIMPLer")
    return table((*heads, "Google, a minute", "SIMPLer pages, a minute", "latest task, s"), rows)


def start_table(measured: FanOut) -> str:
    """Return the table of what the start itself takes."""
    rows = [
        ("first call: all are enqueued", f"{measured.first:.0f}"),
        ("second call: all are there already", f"{measured.again:.0f}"),
        (f"one by one, the {LATENCY * 1000:.0f} ms of each answer alone", f"{measured.one_by_one:.0f}"),
    ]
    return table((f"`sync_all` for {measured.wisps:,} WISPs of one time zone", "seconds"), rows)


def bill_table(lines: Sequence[Line], wisps: int) -> str:
    """Return the bill of a day, as a table."""
    rows = [
        (
            line.price.what,
            f"{line.count:,.2f}" if line.count < FEW else f"{line.count:,.0f}",
            f"{line.price.usd:.7f}".rstrip("0") + f" for {line.price.per:,.0f}",
            f"{line.usd:.2f}",
        )
        for line in lines
    ]
    total = sum(line.usd for line in lines)
    rows.append(("**all**", "", "", f"**{total:.2f}**"))
    rows.append(("a WISP and month", "", "", f"{total * 30 / wisps:.3f}"))
    listed = price_list()
    note = f"{listed.note} Published {listed.published}."
    return table(("what", "a day", "list price, USD", "USD a day"), rows) + f"\n\n{note}"


def secrets_table(members: Sequence[Member]) -> str:
    """Return the table of what keeping secrets costs, cut in three ways."""
    rows = [
        (way, f"{line.count:,}", f"{line.usd:.2f}", f"{line.usd * 30 / len(members):.3f}")
        for way, line in secrets_kept(members).items()
    ]
    return table(("secrets", "kept", "USD a day", "USD a WISP and month"), rows)


def growth_tables(found: Growth) -> Mapping[str, str]:
    """Return both tables of how cost grows, by the names of their parts."""
    by_customers = [
        (
            f"{night.customers:,}",
            f"{night.cost.google:.0f}",
            f"{night.cost.simpler:.0f}",
            f"{night.cost.reads:.0f}",
            f"{night.cost.writes:.0f}",
            f"{night.cost.secrets:.0f}",
            f"{night.cost.cpu:.2f}",
            f"{night.seconds:.1f}",
        )
        for night in found.nights
    ]
    by_wisps = [
        (
            f"{day.wisps:,}",
            f"{day.accounts:,}",
            f"{day.customers:,}",
            f"{day.cost.google:,.0f}",
            f"{day.cost.reads:,.0f}",
            f"{day.cost.writes:,.0f}",
            f"{day.cost.cpu:,.1f}",
            _clock(day.night.hours * 3600),
            f"{day.usd:.2f}",
            f"{day.usd * 30 / day.wisps:.3f}",
        )
        for day in found.days
    ]
    heads = ("customers", "requests to Google", "to SIMPLer", "documents read", "written", "secrets read")
    more = ("WISPs", "accounts", "customers", "requests to Google", "documents read", "written")
    costs = ("CPU s", "all done after", "USD a day", "USD a WISP and month")
    return {
        "by-customers": table((*heads, "CPU s", "run s"), by_customers),
        "by-wisps": table((*more, *costs), by_wisps),
    }


def away_table(mornings: Mapping[str, Morning]) -> str:
    """Return the table of a morning on which a shared SIMPLer is away."""
    found = mornings.values()
    rows = (
        ("WISPs on the SIMPLer that is away", [f"{each.theirs:,}" for each in found]),
        ("answers 503 to the queue", [f"{each.errors:,}" for each in found]),
        ("runs that wait for that SIMPLer at once, at most", [f"{each.at_once}" for each in found]),
        ("WISPs elsewhere in these time zones", [f"{each.others:,}" for each in found]),
        ("seconds by which their runs begin late: half", [f"{each.late[0]:,.0f}" for each in found]),
        ("… all but a twentieth", [f"{each.late[1]:,.0f}" for each in found]),
        ("… the latest", [f"{each.late[2]:,.0f}" for each in found]),
        ("from 05:00 until they are all done", [_clock(each.others_done) for each in found]),
        (
            "seconds by which a pressed button's run begins late, at most",
            [f"{m.pressed:,.0f}" for m in found],
        ),
        (
            "from its return until all WISPs there are done",
            ["some were given up" if m.theirs_done is None else _clock(m.theirs_done) for m in found],
        ),
    )
    return table(("", *mornings), [(what, *values) for what, values in rows])


def presses_line(diary: Sequence[Dispatch]) -> str:
    """Return a sentence about the buttons, and the runs whose SIMPLer did not answer at first."""
    waits = [dispatch.start - dispatch.due for dispatch in diary if dispatch.pressed]
    failed = [dispatch for dispatch in diary if dispatch.state == "failed"]
    done = sum(dispatch.is_done for dispatch in diary)
    return (
        f"Meanwhile a button was pressed {len(waits)} times, by another WISP each; its run began after"
        f" {max(waits, default=0):.1f} s at most. SIMPLer did not answer {len(failed)} of the runs at first;"
        f" each was tried again, and in the end all {done:,} runs were done."
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
