"""What a page shows of texts and lists, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from functions.console.web.fitting import fitting, shortened, weight


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mary", "Mary"),
        ("x" * 20, "x" * 20),
        ("x" * 21, "x" * 17 + "..."),
        ("é" * 20, "é" * 20),
        ('"' * 20, '"' * 7 + "..."),
        ("\N{GRINNING FACE}" * 20, "\N{GRINNING FACE}" * 9 + "..."),
        ("one two three four five", "one two three..."),
        ("", ""),
    ],
)
def test_a_text_is_shortened_by_what_it_takes_on_the_page(text: str, shown: str) -> None:
    """Ordinary letters count one, or two where they have a mark; a quote takes five octets."""
    assert shortened(text, 20) == shown


@given(text=st.text(st.characters(codec="utf-8")), length=st.integers(4, 60))
def test_no_text_takes_more_than_twice_its_letters(text: str, length: int) -> None:
    """Whatever it is made of; one that fits is as it was."""
    shown = shortened(text, length)

    assert len(shown) <= length
    assert weight(shown) <= 2 * length
    assert shown == text or shown.endswith("...")


def test_rows_are_shown_as_long_as_they_fit_and_one_in_any_case() -> None:
    """The others are counted by whoever shows them."""
    row = lambda text: Markup("<li>{}</li>").format(text)  # noqa: E731  stands for a template's macro

    assert fitting(["one", "two", "three"], row, 25) == ["<li>one</li>", "<li>two</li>"]
    assert fitting(['"' * 99, "two"], row, 25) == [Markup("<li>{}</li>").format('"' * 99)]
    assert fitting([], row, 25) == []
