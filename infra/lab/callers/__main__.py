"""Let many callers call each function at once, and renew docs/benchmarks.md.

``python -m infra.lab.callers``
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.lab.callers.load import FUNCTIONS, Load, load, start_among_presses
from infra.lab.first_calls.stage import set_up
from infra.lab.page import renew, table

PAGE = Path("docs/benchmarks.md")


def measure(
    customers: int, callers: int, seconds: float, functions: Sequence[str]
) -> tuple[list[Load], float]:
    """Return what the callers met, function by function, and how soon a run began among presses.

    Args:
        customers: How many the WISP has, all of them contacts.
        callers: How many call at once.
        seconds: For how long, each function.
        functions: Which.
    """
    with tempfile.TemporaryDirectory() as name, set_up(Path(name), 1, customers, is_filled=True) as stage:
        loads = []
        for function in functions:
            print(f"  {callers} callers of {function}", flush=True)
            loads.append(load(stage, Path(name) / function, function, callers, seconds))
        print("  a run among presses", flush=True)
        return loads, start_among_presses(stage, Path(name) / "among", callers, seconds)


def report(loads: Sequence[Load], begun: float) -> str:
    """Return the table."""
    rows = [
        (
            f"`{each.function}`",
            f"{len(each.seconds):,}",
            ", ".join(f"{status}: {count:,}" for status, count in sorted(each.statuses.items())),
            f"{each.share(0.5) * 1000:,.0f}",
            f"{each.share(0.95) * 1000:,.0f}",
            f"{each.seconds[-1] * 1000:,.0f}",
            f"{each.mebibytes:.0f}",
        )
        for each in loads
    ]
    heads = ("function", "calls", "statuses", "half, ms", "19 of 20, ms", "the longest, ms", "memory, MiB")
    among = f"A run whose button is pressed among them begins after {begun:.1f} s."
    return f"{table(heads, rows)}\n\n{among}"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.callers", description=__doc__)
    parser.add_argument("--customers", type=int, default=5000, metavar="N", help="default: %(default)s")
    parser.add_argument("--callers", type=int, default=20, metavar="N", help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=30, metavar="N", help="default: %(default)s")
    parser.add_argument("--functions", nargs="+", default=FUNCTIONS, choices=FUNCTIONS, metavar="NAME")
    asked = parser.parse_args()
    told = report(*measure(asked.customers, asked.callers, asked.seconds, asked.functions))
    print(told)
    renew(PAGE, {"callers": told})


if __name__ == "__main__":
    main()
