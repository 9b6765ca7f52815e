"""Fitting: keeps a page light, whatever there is: by the number of items, and by the octets they take."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import msgspec
from markupsafe import Markup, escape

T = TypeVar("T")

OCTETS_A_LETTER = 2
"""Octets that a letter of a shown text may take on average; a quote takes five, an emoji four."""

ELLIPSIS = "..."

LONGEST_NUMBER = 4
"""Digits of a page's number."""


class Part(msgspec.Struct, Generic[T], frozen=True):
    """What one page shows of a list.

    Attributes:
        items: These.
        number: Which page it is, from 1.
        count: How many pages there are.
        listed: How many items all of them have.
    """

    items: Sequence[T]
    number: int
    count: int
    listed: int


def part_of(items: Sequence[T], most: int, asked: str) -> Part[T]:
    """Return the page of a list that an address asks for, or the nearest that there is.

    Args:
        items: The whole list.
        most: How many of it a page shows.
        asked: The page's number; anything else is the first.
    """
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER
    count = max(1, -(-len(items) // most))
    number = min(max(1, int(asked) if is_number else 1), count)
    return Part(items[(number - 1) * most : number * most], number, count, len(items))


def fitting(items: Iterable[object], row: Callable[[object], Markup], octets: int) -> list[Markup]:
    """Return rows as a template's macro makes them, from the first on until they take so many octets.

    One is there in any case.
    """
    rows: list[Markup] = []
    for item in items:
        made = row(item)
        octets -= weight(made)
        if octets < 0 and rows:
            break
        rows.append(made)
    return rows


def shortened(text: str, length: int) -> str:
    """Return a text of so many letters at most, or of fewer where they take more than ordinary ones do."""
    room = length * OCTETS_A_LETTER
    if len(text) <= length and weight(text) <= room:
        return text
    taken = accumulate(map(weight, text[: length - len(ELLIPSIS)]))
    end = sum(octets <= room - len(ELLIPSIS) for octets in taken)
    return f"{text[:end].rsplit(' ', 1)[0]}{ELLIPSIS}"  # not within a word


def weight(text: str) -> int:
    """Return how many octets a text takes on a page."""
    return len(escape(text).encode("utf-8", "replace"))
