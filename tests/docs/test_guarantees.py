"""docs/guarantees.md promises nothing that no test shows."""

import re

import pytest

from tests.docs.pages import ROOT, text

PAGE = "docs/guarantees.md"
NAMED = sorted(set(re.findall(r"\[`(\w+)`\]\(\.\./(tests/[\w/.]+)\)", text(PAGE))))
DEFECTS = 22
"""Those that were read in other programs."""


@pytest.mark.parametrize(("name", "file"), NAMED)
def test_every_test_that_is_named_exists(name: str, file: str) -> None:
    """In the file that the link leads to."""
    assert f"def {name}(" in text(file)


def test_every_row_names_a_test() -> None:
    """Each promise, each case and each defect."""
    tables = re.findall(r"^\|.* tests? \|\n\|[-|]+\|\n((?:\|.*\|\n)+)", text(PAGE), re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]

    assert len(rows) > 100
    assert [row for row in rows if "](../tests/" not in row] == []


def test_every_defect_has_its_number() -> None:
    """From the first to the last, none left out."""
    numbers = re.findall(r"^\| (\d+) \|", text(PAGE), re.MULTILINE)

    assert numbers == [str(number) for number in range(1, DEFECTS + 1)]


def test_every_file_that_is_led_to_is_there() -> None:
    """A link to a test names the test."""
    links = re.findall(r"\]\(\.\./(tests/[\w/.]+)\)", text(PAGE))

    assert len(links) >= len(NAMED)
    assert [link for link in links if not (ROOT / link).is_file()] == []
