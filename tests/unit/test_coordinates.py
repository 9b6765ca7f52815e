"""Coordinates become a link to a map, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.coordinates import MAP, apart, map_link


@pytest.mark.parametrize(
    ("latitude", "longitude", "query"),
    [
        ("51.9", "-8.47", "51.9%2C-8.47"),
        (" 51.8985143 ", "-8.4756", "51.898514%2C-8.4756"),
        ("51.9 N", "8.47 W", "51.9%2C-8.47"),
        ("S33.86", "e151.2", "-33.86%2C151.2"),
        ("51.9°", "8.47° w", "51.9%2C-8.47"),
        ("+10", "180", "10%2C180"),
        ("0", "-8.47", "0%2C-8.47"),
        ("-90", "0.0", "-90%2C0"),
    ],
)
def test_decimal_degrees_are_a_place(latitude: str, longitude: str, query: str) -> None:
    """With a sign or a letter, and at most six digits after the point."""
    assert map_link(latitude, longitude) == MAP + query


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("", ""),
        ("51.9", ""),
        ("0", "0.000"),
        ("91", "8"),
        ("51.9", "181"),
        ("51.9 W", "8.47 N"),
        ("N51.9 N", "8 X"),
        ("-51.9 S", "8.47"),
        ("N51.9S", "8.47"),
        ("51°54'N", "8°28'W"),
        ("nan", "inf"),
        ("\N{ARABIC-INDIC DIGIT FIVE}", "8"),
        ("51.9&query=x", "8.47"),
        ("51,9", "8,47"),
    ],
)
def test_what_is_no_place_is_no_link(latitude: str, longitude: str) -> None:
    """Nothing is guessed: a wrong place sends somebody up the wrong mast."""
    assert map_link(latitude, longitude) == ""


@pytest.mark.parametrize(
    ("both", "parts"),
    [
        ("51.9, -8.47", ("51.9", "-8.47")),
        ("51.9;-8.47", ("51.9", "-8.47")),
        (" 51.9  -8.47 ", ("51.9", "-8.47")),
        ("51.9 N 8.47 W", ("51.9 N", "8.47 W")),
        ("51.9", ("", "")),
        ("51,9, 8,47", ("", "")),
        ("", ("", "")),
    ],
)
def test_one_text_may_have_both(both: str, parts: tuple[str, str]) -> None:
    """Two parts, or none."""
    assert apart(both) == parts


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_nothing_or_a_link_of_digits(latitude: str, longitude: str) -> None:
    """Nothing of what was typed gets into an address but a number."""
    rest = map_link(latitude, longitude).removeprefix(MAP).replace("%2C", "")
    assert set(rest) <= {*"0123456789.-"}
