"""Make customers: ``python -m infra.standins.simpler.generator --count 1000 --seed 7 > FILE``."""

import argparse
import json
from typing import Any

from infra.standins.simpler.oddities import ODDITIES
from infra.standins.simpler.people import People

_ONE_IN = 250
_FEWEST = 100


def cases(count: int) -> int:
    """Return how often each oddity occurs among the records: one in 250, none below 100."""
    return max(1, count // _ONE_IN) if count >= _FEWEST else 0


def make_customers(count: int, seed: int, *, odd: bool = True) -> list[Any]:
    """Return records as SIMPLer lists them, the same for the same arguments.

    Args:
        count: How many records, odd ones included.
        seed: Another one gives other customers.
        odd: Whether there are `cases(count)` of each oddity among them; otherwise every record is in order.
    """
    people = People(seed)
    times = cases(count) if odd else 0
    groups = [make(people) for make in ODDITIES.values() for _ in range(times)]
    ordinary = count - sum(map(len, groups))
    rows: list[list[Any]] = [[people.customer()] for _ in range(ordinary)]
    for group in groups:
        rows.insert(people.rng.randint(0, len(rows)), group)
    return [record for row in rows for record in row]


def main() -> None:
    """Print a list of customers as JSON, in ASCII, so that any console takes it."""
    parser = argparse.ArgumentParser(prog="python -m infra.standins.simpler.generator", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="default: %(default)s")
    parser.add_argument("--tidy", action="store_true", help="without odd records")
    arguments = parser.parse_args()
    print(json.dumps(make_customers(arguments.count, arguments.seed, odd=not arguments.tidy), indent=1))


if __name__ == "__main__":
    main()
