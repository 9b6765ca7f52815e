"""Contacts: the contacts of one Google account, through Google's own client."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import TypeVar

import msgspec

from shared.adapters.google.people.client import Failure, PeopleClient
from shared.adapters.google.people.errors import (
    BATCH_REFUSED,
    CHANGED,
    CONFLICT,
    GONE,
    INVALID_CONTACT,
    LABEL_CHANGED,
    LABEL_GONE,
    SILENT,
    about_label,
)
from shared.adapters.google.people.requests import Calls, PeopleCall
from shared.adapters.google.people.schema import (
    Labels,
    LabelWire,
    Persons,
    names_gone,
    person_of,
    persons_in,
    read_person,
)
from shared.adapters.google.people.writes import Creates, Updates
from shared.adapters.google.people.writes_by_name import Labellings, Removals, Unlabellings
from shared.adapters.google.transport import Http
from shared.domain.sync.person import Change, Label, NewPerson, Person
from shared.errors import RetryLater, SkipCustomer, StopAccount, Trouble
from shared.ports import Clock, Contacts, Gate, Refused, Result, SyncTokenExpired
from shared.prefetch import prefetch

T = TypeVar("T")
Page = TypeVar("Page", Labels, Persons)

_NOT_FOUND = 404
_CONFLICT = 409

MOST_LOOKS = 20
"""The most contacts left out of a batch's answer that are then asked for one by one."""

REFUSED_TOKEN = (400, 410)
"""The statuses of an expired token: 400 these days, 410 by older documentation.

Like KDE's client (KDE/libkgapi), we take any 400 to a request with a token as the token's fault. Everything
is then listed, and another fault would show there.
"""


class PeopleBook:
    """The port `ContactBook` over the People API. It sends one request at a time, as its transport does."""

    def __init__(self, http: Http, endpoint: str, gate: Gate, clock: Clock) -> None:
        """Build Google's client; nothing is sent yet.

        Args:
            http: Sends each request once, signed in to the account.
            endpoint: The People API's address.
            gate: Asked before every request; what it raises stops us.
            clock: For the waits between tries.
        """
        self._new_labels: set[str] = set()
        self._client = PeopleClient(http, gate, clock)
        self._calls = Calls(endpoint)

    @property
    def requests(self) -> int:
        """How many requests went to the People API; signing in is not one."""
        return self._client.requests

    def labels(self) -> Sequence[Label]:
        """List all contact groups, system groups included; one request per 1,000."""
        listed = _pages(self._page_of_labels)
        return [wire.label() for page in listed for wire in page.contact_groups if not wire.metadata.deleted]

    def label(self, name: str) -> Label | None:
        """Return a label by its resource name, with its members; None if Google says that there is none."""
        wire = self._about_label(self._calls.label(name), none_if=_NOT_FOUND)
        return None if wire is None or wire.metadata.deleted else wire.label()

    def create_label(self, name: str, client_data: tuple[tuple[str, str], ...]) -> Label | None:
        """Make a label; None if there already is one of that name.

        It may be our own: the name is what makes it safe to ask again after an unknown outcome.
        """
        wire = self._about_label(self._calls.create_label(name, client_data), none_if=_CONFLICT)
        if wire is None:
            return None
        self._new_labels.add(wire.resource_name)
        return wire.label()

    def mark_label(self, label: Label, client_data: tuple[tuple[str, str], ...]) -> Label:
        """Replace a label's client data; raises `RetryLater` if the label has changed, or is gone."""
        answer = self._client.send(self._calls.mark_label(label, client_data))
        return self._updated(answer)

    def rename_label(self, label: Label, name: str) -> Label | None:
        """Give a label another name; None if another one has it. `RetryLater` as with `mark_label`."""
        answer = self._client.send(self._calls.rename_label(label, name))
        is_taken = isinstance(answer, Failure) and answer.trouble.reason == CONFLICT
        return None if is_taken else self._updated(answer)

    def list(self, sync_token: str | None = None) -> Contacts:
        """List every contact, or what changed since a sync token was given; one request per 1,000."""
        return _ContactListing(self._client, self._calls, sync_token)

    def look(self, names: Sequence[str]) -> Mapping[str, Person | None]:
        """Read contacts again, by the resource name asked for; None for one that is gone."""
        if not names:
            return {}
        with _readable():
            answer = self._client.send(self._calls.read(names))
            read = _succeeded(answer)
            found = {**dict.fromkeys(names_gone(read)), **persons_in(read)}
        left_out = [name for name in names if name not in found]
        return {**found, **self._ask_one_by_one(left_out[:MOST_LOOKS])}

    def _ask_one_by_one(self, names: Sequence[str]) -> Mapping[str, Person | None]:
        """Ask for contacts that a batch's answer left out: asked for by itself, each is there or 404."""
        found: dict[str, Person | None] = {}
        for name in names:
            answer = self._client.send(self._calls.read_one(name))
            if not isinstance(answer, Failure):
                with _readable():
                    found[name] = person_of(answer)
            elif answer.trouble.reason == GONE:
                found[name] = None
            elif not isinstance(answer.trouble, SkipCustomer):
                raise answer.trouble
        return found

    def create(self, people: Sequence[NewPerson], label: str) -> Mapping[str, Result]:
        """Create contacts in the label and in My Contacts; return the results by `NewPerson.key`.

        Where Google refuses all of them, it may be the label: a list may still name one that is gone.
        """
        is_new = label in self._new_labels
        self._new_labels.discard(label)
        results = Creates(self._client, self._calls, label, is_new=is_new).run(people)
        if results and all(map(_is_invalid, results.values())) and self._is_gone(label):
            raise LABEL_GONE.trouble()
        return results

    def update(self, changes: Sequence[Change]) -> Mapping[str, Result]:
        """Replace the owned fields and client data; return the results by the `resource_name` given."""
        return Updates(self._client, self._calls).run(changes)

    def remove(self, names: Sequence[str]) -> Mapping[str, Result]:
        """Move contacts to the trash, by resource name; one already gone counts as `Written`."""
        return Removals(self._client, self._calls).run(names)

    def put_in_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Add contacts to the label, by resource name; other memberships stay."""
        return Labellings(self._client, self._calls, label).run(names)

    def take_out_of_label(self, names: Sequence[str], label: str) -> Mapping[str, Result]:
        """Take contacts out of the label, by resource name; other memberships stay."""
        return Unlabellings(self._client, self._calls, label).run(names)

    def delete_label(self, label: str) -> None:
        """Delete the label and never a contact in it; nothing happens if there is no such label."""
        self._about_label(self._calls.delete_label(label), none_if=_NOT_FOUND)

    def _is_gone(self, label: str) -> bool:
        """Return whether Google says that there is no such label; an answer that fails says nothing."""
        with suppress(Trouble):
            return self.label(label) is None
        return False

    def _page_of_labels(self, token: str) -> Labels:
        answer = self._client.send(self._calls.labels(token))
        if isinstance(answer, Failure):
            raise about_label(answer.trouble)
        return answer

    def _updated(self, answer: LabelWire | Failure) -> Label:
        """Change a label, and return it; a conflict is a stale etag."""
        if not isinstance(answer, Failure):
            return answer.label()
        if answer.http_status == _CONFLICT or answer.trouble.reason == CHANGED:
            raise LABEL_CHANGED.trouble()
        raise LABEL_GONE.trouble() if answer.http_status == _NOT_FOUND else about_label(answer.trouble)

    def _about_label(self, call: PeopleCall[T], *, none_if: int) -> T | None:
        """Return the answer about a label, or None for this HTTP status; a refusal is about the label."""
        answer = self._client.send(call)
        if not isinstance(answer, Failure):
            return answer
        if answer.http_status == none_if:
            return None
        raise about_label(answer.trouble)


class _ContactListing:
    """The port `Contacts` over the People API. A page is read into persons as it is gone through."""

    def __init__(self, client: PeopleClient, calls: Calls, sync_token: str | None) -> None:
        self.token = ""
        self._client = client
        self._calls = calls
        self._sync_token = sync_token

    def __iter__(self) -> Iterator[Person]:
        count, total = 0, 0
        with closing(prefetch(_pages(self._page))) as coming:
            for page in coming:
                total, self.token = page.total_items, page.next_sync_token
                with _readable():
                    for person in map(person_of, map(read_person, page.connections)):
                        count += not person.deleted
                        if self._sync_token or not person.deleted:
                            yield person
        if total and not count and not self._sync_token:
            raise RetryLater(
                "google.incomplete", f"Google's list is empty, though it says it has {total}", SILENT
            )

    def _page(self, page: str) -> Persons:
        answer = self._client.send(self._calls.list(self._sync_token, page))
        if self._sync_token and isinstance(answer, Failure) and answer.http_status in REFUSED_TOKEN:
            raise SyncTokenExpired
        return _succeeded(answer)


def _pages(ask: Callable[[str], Page]) -> Iterator[Page]:
    """Yield all pages, each asked for by the token of the one before.

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
            raise RetryLater(
                "google.endless", "Google's list came back to a page that it had given before", SILENT
            )
        used.add(token)


def _succeeded(answer: T | Failure) -> T:
    """Return the answer, or raise what a failure means where it cannot concern a single contact."""
    if not isinstance(answer, Failure):
        return answer
    trouble = answer.trouble
    if isinstance(trouble, SkipCustomer):
        raise StopAccount(trouble.reason, f"a request about the whole account was refused: {trouble.message}")
    raise trouble


@contextmanager
def _readable() -> Iterator[None]:
    """Raise `RetryLater` for a contact of another shape; msgspec's text says where, and quotes no value."""
    try:
        yield
    except msgspec.ValidationError as error:
        raise RetryLater(
            "google.garbled", "a contact in Google's answer has an unknown shape", SILENT
        ) from error


def _is_invalid(result: Result) -> bool:
    """Return whether Google refused what was sent, by itself or with all others."""
    return isinstance(result, Refused) and result.trouble.reason in (INVALID_CONTACT, BATCH_REFUSED)
