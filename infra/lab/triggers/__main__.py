"""Measure what SIMPLer's triggers do and cost, and renew docs/benchmarks.md.

``python -m infra.lab.triggers``
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from infra.lab.page import renew, table
from infra.lab.room import room
from infra.lab.triggers.edits import edits
from infra.lab.triggers.flood import Flood, flood
from infra.lab.triggers.hours import Day, Played, play
from shared.events import LOGGER

PAGE = Path("docs/benchmarks.md")

_MINUTE, _TEN_HOURS = 60, 36_000


def evenly(number: int, seconds: float) -> list[float]:
    """Return so many moments, evenly spread over these seconds."""
    return [each * seconds / number for each in range(number)]


RATES = tuple(
    Day(f"{each} a minute, for ten minutes", evenly(each * 10, 10 * _MINUTE)) for each in (1, 5, 20, 40)
)
DAYS = (
    Day("nobody changed"),
    Day("300 changed, no triggers", evenly(300, _TEN_HOURS), is_told=False),
    Day("300 changed, each told", evenly(300, _TEN_HOURS)),
    Day("300 changed within ten minutes, each told", evenly(300, 10 * _MINUTE)),
    Day("300 told of what contacts do not show", evenly(300, _TEN_HOURS), is_seen=False),
)


def soon(played: Sequence[Played]) -> str:
    """Return the table of how soon changes are in Google."""
    heads = ("customers who change", "changes", "half within, s", "all within, s", "answers 429")
    rows = [
        (each.name, str(len(each.late)), *(f"{share:.0f}" for share in _shares(each)), str(each.refused))
        for each in played
    ]
    return table(heads, rows)


def _shares(played: Played) -> tuple[float, float]:
    return played.late[len(played.late) // 2], played.late[-1]


def cost(played: Sequence[Played]) -> str:
    """Return the table of what days cost."""
    heads = ("day", "tasks", "SIMPLer", "People API", "documents read", "written")
    rows = [
        (
            each.name,
            *(f"{n:,}" for n in (each.tasks, each.simpler, each.google, each.read, each.written)),
        )
        for each in played
    ]
    return table(heads, rows)


def told(found: Flood) -> str:
    """Return what came of the flood."""
    statuses = ", ".join(f"{count:,} times {status}" for status, count in sorted(found.statuses.items()))
    fills = table(
        ("a first fill", "seconds", "seconds of its processor", "requests to Google"),
        [
            (name, f"{each.seconds:.1f}", f"{each.processor:.1f}", f"{each.google:,}")
            for name, each in (("without them", found.calm), ("with them", found.flooded))
        ],
    )
    return (
        f"{found.calls:,} calls with wrong keys within {found.seconds:.0f} s were answered {statuses}.\n"
        f"Each took {found.processor * 1000:.1f} ms of processor time, the server's own included, and one "
        f"document read. There were {found.processors} processors.\n\n{fills}"
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.triggers", description=__doc__)
    parser.add_argument("--customers", type=int, default=500, metavar="N", help="default: %(default)s")
    parser.add_argument("--filled", type=int, default=10_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--calls", type=int, default=10_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--only", action="store_true", help="measure the wrong keys alone")
    asked = parser.parse_args()
    LOGGER.setLevel(logging.CRITICAL)
    parts = (
        {}
        if asked.only
        else {
            "edits": table(
                ("customers edited at once", "seconds until all are in Google"),
                [(str(count), f"{seconds:.0f}") for count, seconds in _edits()],
            ),
            "soon": soon([_played(asked.customers, day) for day in RATES]),
            "trigger days": cost([_played(asked.customers, day) for day in DAYS]),
        }
    )
    with room() as folder:
        parts["flood"] = told(flood(folder, asked.filled, asked.calls, _MINUTE))
    print(*parts.values(), sep="\n\n")
    renew(PAGE, parts)


def _edits() -> list[tuple[int, float]]:
    with room() as folder:
        return edits(folder / "sandbox", (1, 20, 500))


def _played(customers: int, day: Day) -> Played:
    with room() as folder:
        played = play(folder, customers, day)
    print(f"  {day.name}", flush=True)
    return played


if __name__ == "__main__":
    main()
