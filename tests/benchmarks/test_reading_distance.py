"""Reading distance, measured on a run against the stand-ins and on made-up text."""

from pathlib import Path

from infra.lab.reading_distance.__main__ import table
from infra.lab.reading_distance.journey import ROOT, follow
from infra.lab.reading_distance.source import calls_by_position, lines_by_folder, names_of_two_meanings

MOST_FRAMES = 14
MOST_FILES = 20
MOST_SHAPES = 6
"""The bounds of what is read to follow a customer: own frames at the socket, files and classes with them."""

MOST_CALLS = 0
MOST_NAMES = 0
"""The bounds of what must be looked up: arguments without a name, and names that mean two things."""


def test_a_customer_is_followed_from_simpler_to_the_write(tmp_path: Path) -> None:
    """The way leads from the use case to the socket, through both adapters, and is short enough to read."""
    journey = follow(tmp_path)

    assert journey.write[0].startswith("shared/usecases/runs/")
    assert journey.write[-1].startswith("shared/adapters/google/")
    assert any("/adapters/simpler/" in file for file in journey.carriers)
    assert any("/adapters/google/people/" in file for file in journey.carriers)
    assert journey.carriers <= journey.files
    assert {"Customer", "Card"} <= journey.shapes
    assert len(journey.write) <= MOST_FRAMES
    assert len(journey.carriers) <= MOST_FILES
    assert len(journey.shapes) <= MOST_SHAPES
    assert len(list(table(journey, ROOT))) < len(list(table(journey, ROOT, lists_all=True)))


def test_arguments_and_names_say_what_they_are() -> None:
    """Few calls give more than four arguments by position, and few public names mean two things."""
    calls, names = calls_by_position(ROOT), names_of_two_meanings(ROOT)

    assert len(calls) <= MOST_CALLS, calls
    assert len(names) <= MOST_NAMES, names


def test_the_text_is_counted(tmp_path: Path) -> None:
    """Long calls by position, public names that two modules define, and lines by folder."""
    one, two = tmp_path / "shared" / "one.py", tmp_path / "shared" / "ports" / "two.py"
    two.parent.mkdir(parents=True)
    one.write_text("LIMIT = 1\n_OWN = 1\nT = int\nprint(1, 2, 3, 4, 5)\n")
    two.write_text("LIMIT: int = 2\n_OWN = 2\nT = int\nprint(1, 2, 3, 4)\nclass Only: ...\n")

    assert calls_by_position(tmp_path) == ["shared/one.py:4"]
    assert names_of_two_meanings(tmp_path) == {"LIMIT": ["shared/one.py", "shared/ports/two.py"]}
    assert lines_by_folder(tmp_path)["shared"] == 4
    assert lines_by_folder(tmp_path)["shared/ports"] == 5
