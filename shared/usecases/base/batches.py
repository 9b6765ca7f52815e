"""Batches: many things in the fewest parts that a request takes."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in as few parts of at most `size` as can be, all about as long as each other.

    So none is so short that a batch is dearer than its contacts one by one.
    """
    parts = -(-len(items) // size)
    for part in range(parts):
        yield items[part * len(items) // parts : (part + 1) * len(items) // parts]
