"""Listing: all contacts of an account, or what has changed since a token was given, to the proven end."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import msgspec

from shared.adapters.google.people.answers import Persons
from shared.adapters.google.people.client import Call, Failure, Line
from shared.adapters.google.people.mapping import person_of, read_person
from shared.adapters.google.people.pagination import answered, pages, readable, succeeded
from shared.adapters.google.people.requests import Calls
from shared.domain.sync.person import Person
from shared.errors import RetryLater
from shared.ports import Changes, Contacts, IsNews
from shared.prefetch import prefetch

REFUSED_TOKEN = (400, 410)
"""An expired token: 400 these days, 410 by older documentation. Like KDE's client (KDE/libkgapi), we take any
400 to a request with a token as the token's fault: everything is then listed, where another fault would show.
"""


class _Expired(Exception):
    """The token is not good any more."""


class Everybody:
    """Every contact, page by page; `token` is known at the end."""

    def __init__(self, line: Line, call: Callable[[str], Call[Persons]]) -> None:
        self.token = ""
        self._line = line
        self._call = call

    def __iter__(self) -> Iterator[Person]:
        count, total = 0, 0
        with closing(prefetch(pages(lambda token: answered(self._line, self._call(token))))) as coming:
            for page in coming:
                total, self.token = page.total_items, page.next_sync_token
                for person in _living(page):
                    count += 1
                    yield person
        if total and not count:
            raise RetryLater("google.incomplete", f"Google's list is empty, though it says it has {total}")


def _living(page: Persons) -> Iterator[Person]:
    with readable():
        for answer in page.connections:
            if not (wire := read_person(answer)).metadata.deleted:
                yield person_of(wire)


@dataclass(slots=True)
class _Told:
    """What the pages have told so far. A contact may come several times; the last one counts."""

    is_news: IsNews
    count: int = 0
    found: dict[str, Person] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    token: str = ""

    def take(self, page: Persons) -> None:
        """Read a page; only the last one has a token."""
        self.token = page.next_sync_token
        with readable():
            for answer in page.connections:
                self._take(answer)

    def _take(self, answer: msgspec.Raw) -> None:
        wire = read_person(answer)
        person = person_of(wire)
        id_ = person.source_id or person.resource_name
        self.count += 1
        if wire.metadata.deleted:
            self.gone.update((person.resource_name, *person.previous))
            return
        self.gone.discard(person.resource_name)
        self.found.pop(id_, None)
        if self.is_news(person):
            self.found[id_] = person

    def changes(self) -> Changes:
        """All in all. A name that became another is not that of a contact that was deleted."""
        persons = [person for person in self.found.values() if person.resource_name not in self.gone]
        renamed = {name for person in persons for name in person.previous}
        return Changes(persons, frozenset(self.gone - renamed), self.token, self.count)


class Listing:
    """Reads an account's contacts."""

    def __init__(self, line: Line, calls: Calls) -> None:
        self._line = line
        self._calls = calls

    def persons(self) -> Iterator[Person]:
        """Every contact; a plain listing."""
        return iter(Everybody(self._line, self._calls.persons))

    def contacts(self) -> Contacts:
        """Every contact, and a token."""
        return Everybody(self._line, self._calls.contacts)

    def changes(self, token: str, is_news: IsNews) -> Changes | None:
        """What has changed since the token was given; None if it is not good (any more)."""
        if not token:
            return None
        told = _Told(is_news)
        try:
            with closing(prefetch(pages(partial(self._page_of_changes, token)))) as coming:
                for page in coming:
                    told.take(page)
        except _Expired:
            return None
        return told.changes()

    def _page_of_changes(self, token: str, page: str) -> Persons:
        answer = self._line.send(self._calls.changes(token, page), resend_unknown=True)
        if isinstance(answer, Failure) and answer.http_status in REFUSED_TOKEN:
            raise _Expired
        return succeeded(answer)
