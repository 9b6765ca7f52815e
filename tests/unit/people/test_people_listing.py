"""Listing an account's contacts: all of them, or what has changed, to the proven end."""

from typing import Any
from urllib.parse import unquote

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.errors import OutcomeUnknown, OverQuota, RetryLater, StopAccount, Trouble
from shared.ports import SyncTokenExpired
from tests.fake_clock import FakeClock
from tests.people_samples import changes_by, person, refusal
from tests.scripted_server import Answer, Close, ScriptedServer, Step

OWNED = "names,organizations,nicknames,phoneNumbers,emailAddresses,addresses,urls,externalIds,userDefined"
FIELDS = f"{OWNED},clientData"
FIRST = (
    "/v1/people/me/connections?"
    f"personFields={FIELDS},memberships,metadata&sources=READ_SOURCE_TYPE_CONTACT"
    "&sortOrder=LAST_MODIFIED_ASCENDING&pageSize=1000"
)
EXPIRED = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "EXPIRED_SYNC_TOKEN"}


def deleted(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a deleted contact, as an answer about changes tells it."""
    return {"resourceName": name, "metadata": {"deleted": True, **metadata}}


def renamed(name: str, previous: str, of: str | None = None) -> dict[str, Any]:
    """Return a contact under a new name, with the name that it had."""
    found = person(of or previous, "#2")
    metadata = {**found["metadata"], "previousResourceNames": [previous]}
    return {**found, "resourceName": name, "metadata": metadata}


def test_the_listing_asks_for_exactly_what_is_used(server: ScriptedServer, book: PeopleBook) -> None:
    """Masks, source, order and page size of the listing are fixed, and stay the same with a page token."""
    server.will(Answer(200, {"nextPageToken": "a&b"}), Answer())
    assert list(book.list()) == []
    sent = [unquote(request.target) for request in server.requests]
    assert sent == [f"{FIRST}&alt=json", f"{FIRST}&pageToken=a&b&alt=json"]


def test_a_token_is_asked_for_on_every_page(server: ScriptedServer, book: PeopleBook) -> None:
    """All parameters must match the first call; the last page gives the token."""
    pages = [[person("people/c1", "#1")], [person("people/c2", "#1")]]
    server.will(
        Answer(200, {"connections": pages[0], "nextPageToken": "2"}),
        Answer(200, {"connections": pages[1], "nextSyncToken": "t1"}),
    )
    contacts = book.list("")
    assert [one.resource_name for one in contacts] == ["people/c1", "people/c2"]
    assert contacts.token == "t1"
    sent = [unquote(request.target) for request in server.requests]
    assert sent == [
        f"{FIRST}&requestSyncToken=true&alt=json",
        f"{FIRST}&requestSyncToken=true&pageToken=2&alt=json",
    ]


def test_the_changes_are_asked_for_in_the_same_way(server: ScriptedServer, book: PeopleBook) -> None:
    """The token is on every page, and a new one is asked for."""
    server.will(Answer(200, {"nextPageToken": "2"}), Answer(200, {"nextSyncToken": "t2"}))
    listed = book.list("t1")
    assert list(listed) == []
    assert listed.token == "t2"
    sent = [unquote(request.target) for request in server.requests]
    assert sent == [
        f"{FIRST}&requestSyncToken=true&syncToken=t1&alt=json",
        f"{FIRST}&requestSyncToken=true&syncToken=t1&pageToken=2&alt=json",
    ]


def test_a_listing_without_a_token_is_a_listing(server: ScriptedServer, book: PeopleBook) -> None:
    """If Google gives none, the next listing is a whole one again."""
    server.will(*[Answer(200, {"connections": [person("people/c1", "#1")]})] * 2, Answer())
    for listed in (book.list(), book.list("")):
        assert [one.resource_name for one in listed] == ["people/c1"]
        assert listed.token == ""
    changed = book.list("t1")
    assert list(changed) == []
    assert changed.token == ""


def test_changes_are_told_with_what_is_gone(server: ScriptedServer, book: PeopleBook) -> None:
    """Deleted contacts are told by name; others as they are now, with the names that they had."""
    page = [
        person("people/c1", "#2", nicknames=[{"value": "x"}]),
        deleted("people/c2"),
        renamed("people/c9", "people/c3"),
        deleted("people/c5", previousResourceNames=["people/c4"]),
    ]
    server.will(Answer(200, {"connections": page, "nextSyncToken": "t2", "totalItems": 4}))
    changes = changes_by(book.list("t1"))
    assert [(one.resource_name, one.fields, one.previous) for one in changes.persons] == [
        ("people/c1", {"nicknames": ({"value": "x"},)}, ()),
        ("people/c9", {}, ("people/c3",)),
    ]
    assert changes.gone == {"people/c2", "people/c5", "people/c4"}


ALIVE = person("people/c1", "#1")


@pytest.mark.parametrize(
    ("told", "living", "gone"),
    [
        ([ALIVE, deleted("people/c1")], [], {"people/c1"}),
        ([ALIVE, deleted("people/c1", sources=ALIVE["metadata"]["sources"])], [], {"people/c1"}),
        ([deleted("people/c1"), ALIVE], ["people/c1"], set()),
        ([deleted("people/c1"), renamed("people/c9", "people/c1")], ["people/c9"], set()),
        ([renamed("people/c9", "people/c1"), deleted("people/c1")], ["people/c9"], set()),
        ([ALIVE, renamed("people/c9", "people/c1")], ["people/c9"], set()),
        ([renamed("people/c9", "people/c1"), deleted("people/c9")], [], {"people/c9"}),
        (
            [ALIVE, deleted("people/c9", previousResourceNames=["people/c1"])],
            [],
            {"people/c1", "people/c9"},
        ),
    ],
)
def test_of_what_is_told_twice_the_last_counts(
    server: ScriptedServer, book: PeopleBook, told: list[dict[str, Any]], living: list[str], gone: set[str]
) -> None:
    """Also on two pages; a contact that has another name now was not deleted, whatever comes first."""
    first, last = told
    server.will(
        Answer(200, {"connections": [first], "nextPageToken": "2"}), Answer(200, {"connections": [last]})
    )
    changes = changes_by(book.list("t1"))
    assert [one.resource_name for one in changes.persons] == living
    assert set(changes.gone) == gone


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "INVALID_ARGUMENT", EXPIRED),
        refusal(400, "FAILED_PRECONDITION", EXPIRED),
        refusal(410, "GONE", EXPIRED),
        refusal(410, ""),
        refusal(400, "INVALID_ARGUMENT"),
        Answer(400, b"<html>"),
    ],
)
@pytest.mark.parametrize("before", [0, 1])
def test_a_token_that_is_no_longer_good_is_told(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock, answer: Answer, before: int
) -> None:
    """Google's sign for it has had several shapes; it is not asked again, on whichever page it came."""
    server.will(*[Answer(200, {"nextPageToken": "2"})] * before, answer)
    with pytest.raises(SyncTokenExpired):
        list(book.list("t1"))
    assert book.requests == before + 1
    assert clock.slept == []


@pytest.mark.parametrize(
    ("step", "error", "requests"),
    [
        (refusal(500, "INTERNAL"), (OutcomeUnknown, "google.unavailable"), 3),
        (refusal(429, "RESOURCE_EXHAUSTED"), (OverQuota, "google.quota"), 5),
        (refusal(403, "PERMISSION_DENIED"), (StopAccount, "google.forbidden"), 1),
        (Answer(200, {"connections": [{"metadata": {"deleted": True}}]}), (RetryLater, "google.garbled"), 1),
        (
            Answer(200, {"connections": [{"resourceName": "people/c1", "metadata": {"deleted": "yes"}}]}),
            (RetryLater, "google.garbled"),
            1,
        ),
        (Answer(200, {"nextPageToken": "2"}), (RetryLater, "google.endless"), 2),
    ],
)
def test_changes_that_cannot_be_had_are_an_error(
    server: ScriptedServer, book: PeopleBook, step: Step, error: tuple[type[Trouble], str], requests: int
) -> None:
    """Everything else is as with a listing of all contacts; a part of the changes is never returned."""
    kind, reason = error
    server.will(*[step] * 9)
    with pytest.raises(kind) as caught:
        list(book.list("t1"))
    assert caught.value.reason == reason
    assert book.requests == requests


@pytest.mark.parametrize("sync_token", [None, ""])
def test_an_empty_list_of_many_contacts_is_an_error(
    server: ScriptedServer, book: PeopleBook, sync_token: str | None
) -> None:
    """Google says how many there should be; of changes there may be none."""
    server.will(*[Answer(200, {"totalItems": 7, "nextSyncToken": "t2"})] * 2)
    with pytest.raises(RetryLater) as caught:
        list(book.list(sync_token))
    assert caught.value.reason == "google.incomplete"
    assert list(book.list("t1")) == []


def test_a_contact_that_comes_twice_is_told_twice(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact that is changed during the listing moves to its end: the newer one comes last."""
    pages = [[person("people/c1", "#1"), person("people/c2", "#1")], [person("people/c1", "#2")]]
    server.will(
        Answer(200, {"connections": pages[0], "nextPageToken": "2"}), Answer(200, {"connections": pages[1]})
    )
    assert [(one.resource_name, one.source_etag) for one in book.list()] == [
        ("people/c1", "#1"),
        ("people/c2", "#1"),
        ("people/c1", "#2"),
    ]


def test_a_page_token_that_comes_again_ends_the_listing(server: ScriptedServer, book: PeopleBook) -> None:
    """A listing that goes in a circle is an error, not a run without end."""
    server.will(*[Answer(200, {"nextPageToken": token}) for token in ("2", "3", "2")])
    with pytest.raises(RetryLater) as caught:
        list(book.list())
    assert caught.value.reason == "google.endless"
    assert book.requests == 3


def test_a_page_that_fails_is_asked_for_again(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """Reads may be sent again, a bounded number of times."""
    page = Answer(200, {"connections": [person("people/c1", "#1")]})
    server.will(Close(), refusal(503, "UNAVAILABLE"), page)
    assert [one.resource_name for one in book.list()] == ["people/c1"]
    assert clock.slept == [5, 10]


@pytest.mark.parametrize(
    ("step", "error", "requests"),
    [
        (refusal(500, "INTERNAL"), (RetryLater, "google.unavailable"), 3),
        (refusal(429, "RESOURCE_EXHAUSTED"), (OverQuota, "google.quota"), 5),
        (refusal(400, "INVALID_ARGUMENT"), (StopAccount, "google.invalid"), 1),
        (refusal(404, "NOT_FOUND"), (StopAccount, "google.gone"), 1),
        (refusal(401, "UNAUTHENTICATED"), (StopAccount, "google.reconnect"), 2),
        (Answer(200, {"connections": {}}), (RetryLater, "google.garbled"), 3),
        (Answer(200, {"connections": [{"names": []}]}), (RetryLater, "google.garbled"), 1),
        (
            Answer(200, {"connections": [person("people/c1", "#1", names="x")]}),
            (RetryLater, "google.garbled"),
            1,
        ),
        (
            Answer(200, {"connections": [person("people/c1", "#1", urls=[{"value": 5}])]}),
            (RetryLater, "google.garbled"),
            1,
        ),
    ],
)
def test_a_listing_that_cannot_be_had_is_an_error(
    server: ScriptedServer, book: PeopleBook, step: Step, error: tuple[type[Trouble], str], requests: int
) -> None:
    """A page that stays without a good answer ends the listing: it never looks complete."""
    kind, reason = error
    server.will(*[step] * 9)
    with pytest.raises(kind) as caught:
        list(book.list())
    assert caught.value.reason == reason
    assert book.requests == requests
