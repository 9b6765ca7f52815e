"""Start many processes, meet each with simultaneous first calls, and tell what became of them.

``python -m infra.lab.first_calls --processes 200``
"""

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from infra.lab.first_calls.process import Fate, meet
from infra.lab.first_calls.stage import set_up


def main() -> None:
    """Say how many died, and of what; end with 1 unless all of them were well."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.first_calls", description=__doc__)
    parser.add_argument("--processes", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--at-once", type=int, default=2, help="at the same time (default: %(default)s)")
    parser.add_argument("--eager", action="store_true", help="let threads take turns at the worst moments")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        set_up(Path(folder)) as stage,
        ThreadPoolExecutor(asked.at_once) as pool,
    ):
        folders = (Path(folder) / f"process-{number}" for number in range(asked.processes))
        fates = list(pool.map(partial(meet, stage, eager=asked.eager), folders))
    _tell(fates)
    sys.exit(not all(fate.well for fate in fates))


def _tell(fates: list[Fate]) -> None:
    deaths = Counter(fate.died for fate in fates if fate.died is not None)
    unwell = [fate for fate in fates if not fate.well]
    print(f"{len(fates)} processes, {deaths.total()} deaths {dict(deaths)}, {len(unwell)} not well")
    statuses = Counter(status for fate in fates for status in fate.statuses)
    print(f"{statuses.total()} first calls by status: {dict(sorted(statuses.items()))}")
    for fate in unwell[:3]:
        print(fate)


if __name__ == "__main__":
    main()
