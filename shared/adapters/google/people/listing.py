"""Listing: pages to the proven end; contacts of an account, all or what changed since a sync token."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import msgspec

from shared.adapters.google.people.client import Failure, PeopleClient
from shared.adapters.google.people.mapping import person_of, read_person
from shared.adapters.google.people.requests import Calls
from shared.adapters.google.people.schema import Labels, Persons
from shared.domain.sync.person import Person
from shared.errors import RetryLater, SkipCustomer, StopAccount
from shared.ports import SyncTokenExpired
from shared.prefetch import prefetch

REFUSED_TOKEN = (400, 410)
"""An expired token: 400 these days, 410 by older documentation. Like KDE's client (KDE/libkgapi), we take any
400 to a request with a token as the token's fault: everything is then listed, where another fault would show.
"""

T = TypeVar("T")
Page = TypeVar("Page", Labels, Persons)


class ContactListing:
    """The port `Contacts` over the People API. A page is read into persons only while it is gone through."""

    def __init__(self, client: PeopleClient, calls: Calls, sync_token: str | None) -> None:
        self.token = ""
        self._client = client
        self._calls = calls
        self._sync_token = sync_token

    def __iter__(self) -> Iterator[Person]:
        count, total = 0, 0
        with closing(prefetch(pages(self._page))) as coming:
            for page in coming:
                total, self.token = page.total_items, page.next_sync_token
                with readable():
                    for person in map(person_of, map(read_person, page.connections)):
                        count += not person.deleted
                        if self._sync_token or not person.deleted:
                            yield person
        if total and not count and not self._sync_token:
            raise RetryLater("google.incomplete", f"Google's list is empty, though it says it has {total}")

    def _page(self, page: str) -> Persons:
        answer = self._client.send(self._calls.list(self._sync_token, page))
        if self._sync_token and isinstance(answer, Failure) and answer.http_status in REFUSED_TOKEN:
            raise SyncTokenExpired
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


def succeeded(answer: T | Failure) -> T:
    """The answer; raises what a failure means, where it cannot concern a single contact."""
    if not isinstance(answer, Failure):
        return answer
    trouble = answer.trouble
    if isinstance(trouble, SkipCustomer):
        raise StopAccount(trouble.reason, f"a request about the whole account was refused: {trouble.message}")
    raise trouble


@contextmanager
def readable() -> Iterator[None]:
    """Raises `RetryLater` for a contact of another shape; msgspec's text tells where, and quotes no value."""
    try:
        yield
    except msgspec.ValidationError as error:
        raise RetryLater("google.garbled", "a contact in Google's answer has an unknown shape") from error
