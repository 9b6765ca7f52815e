"""Listing: all contacts of an account, or what changed since a sync token was given, to the proven end."""

from collections.abc import Iterator
from contextlib import closing

from shared.adapters.google.people.answers import Persons
from shared.adapters.google.people.client import Failure, Line
from shared.adapters.google.people.mapping import person_of, read_person
from shared.adapters.google.people.pagination import pages, readable, succeeded
from shared.adapters.google.people.requests import Calls
from shared.domain.sync.person import Person
from shared.errors import RetryLater
from shared.ports import SyncTokenExpired
from shared.prefetch import prefetch

REFUSED_TOKEN = (400, 410)
"""An expired token: 400 these days, 410 by older documentation. Like KDE's client (KDE/libkgapi), we take any
400 to a request with a token as the token's fault: everything is then listed, where another fault would show.
"""


class Listed:
    """The port `Contacts` over the People API. A page is read into persons only while it is gone through."""

    def __init__(self, line: Line, calls: Calls, sync_token: str | None) -> None:
        self.token = ""
        self._line = line
        self._calls = calls
        self._sync_token = sync_token

    def __iter__(self) -> Iterator[Person]:
        count, total = 0, 0
        with closing(prefetch(pages(self._page))) as coming:
            for page in coming:
                total, self.token = page.total_items, page.next_sync_token
                with readable():
                    persons = map(person_of, map(read_person, page.connections))
                    for person in persons:
                        count += not person.deleted
                        if self._sync_token or not person.deleted:
                            yield person
        if total and not count and not self._sync_token:
            raise RetryLater("google.incomplete", f"Google's list is empty, though it says it has {total}")

    def _page(self, page: str) -> Persons:
        answer = self._line.send(self._calls.list(self._sync_token, page), resend_unknown=True)
        if self._sync_token and isinstance(answer, Failure) and answer.http_status in REFUSED_TOKEN:
            raise SyncTokenExpired
        return succeeded(answer)
