"""Fitting: keeps a page light, whatever people typed: rows and texts by the octets that they take on it."""

from collections.abc import Callable, Iterable
from itertools import accumulate

from markupsafe import Markup, escape

OCTETS_A_LETTER = 2
"""Octets that a letter of a shown text may take on average; a quote takes five, an emoji four."""

ELLIPSIS = "..."


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
