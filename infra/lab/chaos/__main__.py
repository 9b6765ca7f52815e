"""Performs schedules: `python -m infra.lab.chaos --seeds 200`; `--seed 17` does that one and tells all."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from infra.lab.chaos.broken import BUILDS, caught
from infra.lab.chaos.emulator import emulator
from infra.lab.chaos.report import Report, failure
from infra.lab.chaos.workers import Order, performed

_PROGRESS = 50
"""Schedules after which it is told how far it is."""


def main() -> None:
    """Perform schedules; exit with 1 when any failed, or when none of a broken build did."""
    arguments = _arguments()
    is_one = arguments.seed is not None
    if arguments.broken:
        seeds, first = (1, arguments.seed) if is_one else (arguments.seeds, arguments.first)
        sys.exit(0 if caught(arguments.broken, seeds, first) else 1)
    needs_emulator = arguments.state == "firestore" or (arguments.state == "both" and not is_one)
    with ExitStack() as stack:
        host = _emulator(stack) if needs_emulator else ""
        if is_one:
            sys.exit(_one(Order(arguments.seed, host, arguments.aim)))
        orders = _orders(arguments.first, arguments.seeds, arguments.state, host, aim=arguments.aim)
        workers = min(arguments.workers, arguments.seeds)
        sys.exit(_all(orders, workers, stop_early=arguments.stop_early))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.lab.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many schedules (default 100)")
    parser.add_argument("--first", type=int, default=0, help="the first one's seed (default 0)")
    parser.add_argument("--seed", type=int, help="only this one, and every event of it")
    parser.add_argument("--aim", default="", help="where crashes are likeliest: a pattern of events")
    parser.add_argument("--state", choices=("sqlite", "firestore", "both"), default="sqlite")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="one a core by default")
    parser.add_argument("--stop-early", action="store_true", help="end with the first one that fails")
    parser.add_argument("--broken", choices=sorted(BUILDS), help="a build that must be caught")
    return parser.parse_args()


def _emulator(stack: ExitStack) -> str:
    """Return the address of an emulator: of one that runs already, or of a new one."""
    running = os.environ.get("FIRESTORE_EMULATOR_HOST")
    if running:
        return running
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
    return stack.enter_context(emulator(folder / "log"))


def _orders(first: int, count: int, state: str, host: str, *, aim: str) -> Iterator[Order]:
    """Yield an order for each seed; with both databases, they take turns."""
    for seed in range(first, first + count):
        on_firestore = state == "firestore" or (state == "both" and seed % 2 == 1)
        yield Order(seed, host if on_firestore else "", aim)


def _one(order: Order) -> int:
    ((_, result),) = performed([order], 1)
    print("\n".join(result.log))
    for finding in result.findings:
        print(f"{finding.kind}: {finding.sentence}")
    return 1 if result.findings else 0


def _all(orders: Iterator[Order], workers: int, *, stop_early: bool) -> int:
    report, began = Report(), time.monotonic()
    for number, (order, result) in enumerate(performed(orders, workers), 1):
        report.add(order, result)
        if number % _PROGRESS == 0:
            print(f"{number} schedules, {len(report.failed)} with harm", file=sys.stderr, flush=True)
        if result.findings:
            print("\n".join(failure(order, result)), flush=True)
            if stop_early:
                break
    print("\n".join(report.lines(time.monotonic() - began)))
    return 1 if report.failed else 0


if __name__ == "__main__":
    main()
