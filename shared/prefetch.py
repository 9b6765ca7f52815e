"""Prefetch: makes the next item while the caller uses the present one: one waits, the other computes."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Iterator[T]) -> Generator[T]:
    """Yield the items; while the caller uses one, another thread makes the next one, and no more.

    Raise an error of making an item when its turn comes. A caller that may leave early must close the
    iterator (`contextlib.closing`), which waits for the item that is being made.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        coming = pool.submit(copy_context().run, _next, items)
        while item := coming.result():
            coming = pool.submit(copy_context().run, _next, items)
            yield item[0]


def _next(items: Iterator[T]) -> tuple[T] | None:
    return next(((item,) for item in items), None)
