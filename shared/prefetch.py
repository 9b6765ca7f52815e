"""Prefetch: makes the next item while the present one is used, since one waits and the other computes."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Iterator[T]) -> Generator[T]:
    """The items; while one is used, a thread of its own makes the next, and no more than that.

    What making one raises is raised in its turn. Who may leave early must close it (`contextlib.closing`),
    which waits for the one that is being made.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        coming = pool.submit(copy_context().run, _next, items)
        while item := coming.result():
            coming = pool.submit(copy_context().run, _next, items)
            yield item[0]


def _next(items: Iterator[T]) -> tuple[T] | None:
    return next(((item,) for item in items), None)
