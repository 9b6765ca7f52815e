"""Measure it, by one customer's way through a run against the stand-ins and by the text: a table.

    python -m infra.lab.reading_distance
    python -m infra.lab.reading_distance --all

`--all` also lists what was counted.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.lab.reading_distance.journey import ROOT, Journey, follow
from infra.lab.reading_distance.source import calls_by_position, lines_by_folder, names_of_two_meanings


def table(journey: Journey, root: Path, *, lists_all: bool = False) -> Iterator[str]:
    """Yield the measures, a line each.

    Args:
        journey: What a run showed.
        root: The folder of the product's text.
        lists_all: Whether what was counted follows each number.
    """
    meanings = [f"{name}: {', '.join(places)}" for name, places in names_of_two_meanings(root).items()]
    measures = {
        "own frames at the socket, for one update": list(journey.write),
        "files entered in that run": _relative(journey.files, root),
        "files that carry the customer": _relative(journey.carriers, root),
        "classes that carry the customer": sorted(journey.shapes),
        "calls with more than four positional arguments": calls_by_position(root),
        "public names that several modules define": meanings,
    }
    for what, counted in measures.items():
        yield f"{what:48}{len(counted):7,}"
        yield from (f"    {one}" for one in counted if lists_all)
    for folder, lines in lines_by_folder(root).items():
        yield f"lines of Python in {folder:29}{lines:7,}"


def _relative(files: set[str], root: Path) -> list[str]:
    return sorted(str(Path(file).relative_to(root)) for file in files)


def main() -> int:
    """Follow a customer, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.reading_distance", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also list what was counted")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        journey = follow(Path(folder))
    for line in table(journey, ROOT, lists_all=arguments.all):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
