"""Files for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.console.web.csv_file import csv_file

SEPARATORS = [",", ";", "\t"]
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001  the full-width signs are meant
HOSTILE = st.text(st.sampled_from("=+-@＝＠;,\t\r\n \"'aA0|"), max_size=12)  # noqa: RUF001  as above


def cells(text: str, separator: str) -> list[str]:
    """Return all cells of a file, as a spreadsheet with this separator reads them."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell for line in lines for cell in line]


def content(*row: str) -> str:
    """Return a file of one line below its heads."""
    return csv_file("customers", ["id", "name"], [row]).get_data(as_text=True).removeprefix("\ufeff")


def test_a_long_file_is_made_while_it_is_sent() -> None:
    """So it needs no memory for all of it, and begins at once."""
    made: list[int] = []

    def rows() -> Iterator[Sequence[object]]:
        for number in range(5000):
            made.append(number)
            yield number, "Ann"

    pieces = csv_file("customers", ["id", "name"], rows()).iter_encoded()
    first = next(pieces)
    at_first = len(made)
    whole = b"".join([first, *pieces]).decode()

    assert at_first < 1000
    assert len(whole.splitlines()) == 5001
    assert whole.startswith("\ufeffid,name\r\n0,Ann\r\n")
    assert whole.endswith("\r\n4999,Ann\r\n")


@pytest.mark.parametrize("separator", SEPARATORS)
@given(name=HOSTILE, detail=HOSTILE)
def test_no_cell_is_a_formula_whatever_the_separator(separator: str, name: str, detail: str) -> None:
    """In many countries a spreadsheet takes a semicolon or a tab for the separator."""
    found = cells(content(name, detail), separator)

    signed = [cell.lstrip() for cell in found if cell.lstrip().startswith(SIGNS)]
    assert not [cell for cell in signed if not re.fullmatch(r"\+[0-9 ]+(; \+[0-9 ]+)*", cell)]


@pytest.mark.parametrize("name", ["Murphy; =1+1", "Murphy;=cmd|' /C calc'!A0;x", "Anna\n@SUM(A1)", "＝1"])  # noqa: RUF001  meant
def test_a_formula_within_a_name_is_a_text(name: str) -> None:
    """The mark is the only thing that is added."""
    (line,) = [row for row in csv.reader(io.StringIO(content("1", name), newline="")) if row[0] == "1"]

    assert line[1] != name
    assert line[1].replace("'", "") == name.replace("'", "")


@pytest.mark.parametrize(
    "name", ["Mary-Jane O'Brien", "a+b@example.com", "Smith; Jones", "3 - 5 Main St", "+353 87 100 0001"]
)
def test_a_plain_text_stays_as_it_is(name: str) -> None:
    """A sign within a text computes nothing."""
    assert name in cells(content("1", name), ",")
