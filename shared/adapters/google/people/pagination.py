"""Pagination: requests about the account as a whole, which are answered or raise; pages to the proven end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from shared.adapters.google.people.answers import Labels, Persons
from shared.adapters.google.people.client import Call, Failure, Line
from shared.errors import RetryLater, SkipCustomer, StopAccount

T = TypeVar("T")
Page = TypeVar("Page", Labels, Persons)


def succeeded(answer: T | Failure) -> T:
    """The answer; raises what a failure means, where it cannot concern a single contact."""
    if not isinstance(answer, Failure):
        return answer
    trouble = answer.trouble
    if isinstance(trouble, SkipCustomer):
        raise StopAccount(trouble.reason, f"a request about the whole account was refused: {trouble.message}")
    raise trouble


def answered(line: Line, call: Call[T]) -> T:
    """The answer to a question, asked again while none tells; raises what a failure means."""
    answer = line.send(call, resend_unknown=True)
    return succeeded(answer)


def pages(ask: Callable[[str], Page]) -> Iterator[Page]:
    """All pages, each asked for by the token of the one before.

    Raises:
        RetryLater: A token came twice, for then the list would have no end.
    """
    token, used = "", {""}
    while True:
        page = ask(token)
        yield page
        token = page.next_page_token
        if not token:
            return
        if token in used:
            raise RetryLater("google.endless", "Google's list came back to a page that it had given before")
        used.add(token)


@contextmanager
def readable() -> Iterator[None]:
    """Raises `RetryLater` for a contact of another shape; msgspec's text tells where, and quotes no value."""
    try:
        yield
    except msgspec.ValidationError as error:
        raise RetryLater("google.garbled", "a contact in Google's answer has an unknown shape") from error
