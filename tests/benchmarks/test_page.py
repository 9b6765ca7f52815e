"""The page of results, and what the benchmarks count with."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.lab.bench import page
from infra.lab.bench.cold_start import Start
from infra.lab.bench.pacing import Pacing
from infra.lab.bench.peers.race import NIGHTS, OURS, Lap, timed
from infra.lab.bench.results import Results
from infra.lab.bench.scenario import FIRST, Result
from infra.lab.page import with_parts

NIGHT = Result(1000, 0, FIRST.name, 1000, 8, 10, 3.0, 2.0, 0.6, 0.2, 2**20, 2**26, 2**27, 11, 3, 41)
LARGER = Result(3000, 0, FIRST.name, 3000, 18, 20, 9.0, 6.0, 1.8, 0.6, 2**22, 2**26, 2**28, 11, 3, 99)
MEASURED = Results(
    machine="2 processors.",
    nights=[NIGHT, LARGER],
    laps=[
        Lap(OURS, 100, 0, NIGHTS[0], 6, 1.0, 0.5, 2**26),
        Lap("another way", 100, 0, NIGHTS[0], 105, 3.0, 1.5, 2**27),
    ],
    pacing=[Pacing(25_000, 750, 1440.0, 1468.0, 1, 0)],
    starts=[Start("sync_all", 20, 1.1, 1.0, 0.9, 0.8)],
)


def test_every_part_has_its_place() -> None:
    """The page has a place for everything that can be measured, and nothing else of it changes."""
    text = page.PAGE.read_text(encoding="utf-8")
    once = with_parts(text, page.parts(MEASURED))

    assert with_parts(once, page.parts(MEASURED)) == once
    assert all(part in once for part in page.parts(MEASURED).values())
    assert [line for line in text.splitlines() if line.startswith(("#", "<!--"))] == [
        line for line in once.splitlines() if line.startswith(("#", "<!--"))
    ]


def test_ratios_are_told() -> None:
    """Time over the floor, processor time over decoding, another way over ours, memory by size."""
    parts = page.parts(MEASURED)
    cells = {name: [line.split(" | ") for line in part.splitlines()] for name, part in parts.items()}

    assert cells["time"][2][-1].startswith("1.50")
    assert cells["processor"][2][5].startswith("3.0")
    assert cells["race"][3][-1].startswith("3.0")
    assert cells["pacing"][2][5].startswith("98.1%")
    assert cells["cold"][2][3].startswith("1.10")
    assert parts["processor"].endswith("- first sync: 64.0 MiB for each 1,000 customers more")


def test_what_was_not_measured_is_left_as_it_was() -> None:
    """A part of the benchmarks alone rewrites its own part of the page; a comparison left out says why."""
    assert page.parts(Results()) == {}
    assert page.parts(Results(skipped="not installed"))["race"] == "not installed"


def test_what_a_program_takes_is_noted(tmp_path: Path) -> None:
    """Its memory is its own, not that of who starts it; a program that fails is no result."""
    held = bytearray(2**28)
    taken = timed(tmp_path, [sys.executable, "-c", "pass"])

    assert taken.wall > 0
    assert taken.cpu > 0
    assert 0 < taken.peak < len(held)
    with pytest.raises(subprocess.CalledProcessError):
        timed(tmp_path, [sys.executable, "-c", "raise SystemExit(3)"])
