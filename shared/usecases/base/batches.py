"""Batches: splits many items into the fewest parts that a request takes."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in the fewest parts of at most `size`, all about equally long.

    Equal parts avoid a very short last batch, which would cost more than its contacts one by one.
    """
    parts = -(-len(items) // size)
    for part in range(parts):
        yield items[part * len(items) // parts : (part + 1) * len(items) // parts]
