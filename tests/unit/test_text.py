"""Cleaning and cutting of text from outside."""

import pytest

from shared.domain.contact.text import clean, cut, entries, folded, meant, short, text_of, units


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("  John \t Murphy\r\n", "John Murphy"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg\x1dh\x1ei", "a b c d e f g h i"),
        ("Mur\x00ph\x07y\x7f\x9b", "Murphy"),
        ("\ufeffJohn\u200b\ufffe\ufdd0\U0001ffff", "John"),
        ("\u202eJohn\u2066\u200f\u061c", "John"),
        ("Cafe\u0301", "Café"),
        ("\ud83d\ude00 \ud83d!", "😀 \ufffd!"),
        ("\udc00x", "\ufffdx"),
        ("नि\u200dश\u200c", "नि\u200dश\u200c"),
        ("\u200d \u0301\xad", ""),
        ("a\u00a0\u3000b", "a b"),
        ("", ""),
    ],
)
def test_cleaning_leaves_one_line_that_every_reader_takes(dirty: str, expected: str) -> None:
    """Cleaning removes or replaces what breaks readers and keeps what has a meaning."""
    assert expected == clean(dirty)


def test_a_text_within_the_limit_stays_whole() -> None:
    """A text that fits is not touched."""
    assert cut("abc", 3) == "abc"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 4, "abc…"),
        ("ab cdef", 4, "ab…"),
        ("a😀b", 3, "a…"),
        ("ab" + "q\u0308" + "c", 4, "ab…"),
        ("ab👨\u200d👩\u200d👧", 6, "ab…"),
        ("ab👍🏽cd", 6, "ab…"),
        ("🇮🇪🇮🇪x", 6, "🇮🇪…"),
        ("🇮🇪🇮🇪x", 8, "🇮🇪…"),
        ("ab🏴\U000e0067\U000e0062x", 7, "ab…"),
        ("\u0301" * 9, 4, "\u0301\u0301\u0301…"),
        ("abc", 1, "…"),
    ],
)
def test_a_cut_never_parts_what_is_seen_as_one_character(text: str, limit: int, expected: str) -> None:
    """A cut stands before a whole character and within the limit in UTF-16 units."""
    assert expected == cut(text, limit)


def test_an_emoji_counts_two() -> None:
    """Length is counted in UTF-16 code units."""
    assert units("a😀") == 3


def test_a_short_text_is_cleaned_before_it_is_cut() -> None:
    """What vanishes in cleaning takes no room."""
    assert short("\u200b" * 10 + "abcdef", 6) == "abcdef"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  x ", "x"),
        (871234567, "871234567"),
        (353861234567.0, "353861234567"),
        (1.5, "1.5"),
        (True, ""),
        (None, ""),
        pytest.param(10**5000, "", id="huge"),
        (1e300, ""),
        (float("nan"), ""),
        (float("inf"), ""),
        ({"a": 1}, ""),
        (["a"], ""),
    ],
)
def test_strings_and_numbers_are_texts_and_nothing_else_is(value: object, expected: str) -> None:
    """A JSON value that is no text counts as absent."""
    assert expected == text_of(value)


@pytest.mark.parametrize(("value", "expected"), [(None, []), ("a", ["a"]), (["a", 1], ["a", 1]), ({}, [{}])])
def test_one_value_may_stand_for_a_list(value: object, expected: list[object]) -> None:
    """A list stays a list, null is an empty one, anything else is a list of one."""
    assert expected == entries(value)


def test_folding_ignores_case_and_white_space() -> None:
    """Two ways to write one name fold to the same."""
    assert folded("John  Murphy") == folded("JOHNMURPHY")


@pytest.mark.parametrize(
    ("typed", "limit", "shown"),
    [
        ("Se\u00c3" + "n" * 20, 4, "Se \u2026"),  # the ellipsis would make an A with a ring of it
        ("x\u00ce\u00b1\u00ce\u00b2\u00cf!" + "y" * 20, 6, "x\u00ce\u00b1\u00ce \u2026"),
    ],
)
def test_a_text_that_looks_garbled_where_it_is_cut_is_put_right(typed: str, limit: int, shown: str) -> None:
    """Reading what was read changes nothing."""
    once = cut(typed, limit)
    assert meant(once) == once
    assert units(once) <= limit


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Murphy &am\u200bp; Sons", "Murphy & Sons"),
        ("Se\u00c3\u200b\u00a1n", "Se\u00e1n"),
        ("&amp;amp;amp;amp;amp; Sons", "& Sons"),
        ("&\x01amp;#38;#x26;amp;", "&"),
    ],
)
def test_a_text_that_looks_garbled_only_when_it_is_clean_is_put_right_at_once(typed: str, shown: str) -> None:
    """However often it was garbled."""
    assert text_of(typed) == shown
