"""What goes over the wire, exactly; reading; the gate; threads."""

import threading
from urllib.parse import unquote

import pytest

from shared.adapters.people.book import PeopleBook
from shared.domain.person import Change, Label, NewPerson, Person
from shared.errors import LeaseLost, RetryLater, StopAccount, Trouble
from shared.ports import ContactBook
from tests.fake_clock import FakeClock
from tests.people_samples import (
    KEY,
    LABEL,
    book_at,
    create_all,
    kinds,
    newcomers,
    person,
    refusal,
    revisions,
    update_all,
)
from tests.scripted_server import Answer, Close, Request, ScriptedServer, Step, scripted_server

OWNED = "names,organizations,nicknames,phoneNumbers,emailAddresses,addresses,urls,externalIds,userDefined"
FIELDS = f"{OWNED},clientData"
USERS_OWN = "biographies,birthdays,events,photos,relations"


def test_the_listing_asks_for_exactly_what_is_used(server: ScriptedServer, book: PeopleBook) -> None:
    """Masks, source, order and page size of the listing are fixed, and stay the same with a page token."""
    server.will(Answer(200, {"nextPageToken": "a&b"}), Answer())
    assert list(book.persons()) == []
    first = (
        "/v1/people/me/connections?"
        f"personFields={FIELDS},memberships,metadata&sources=READ_SOURCE_TYPE_CONTACT"
        "&sortOrder=LAST_MODIFIED_ASCENDING&pageSize=1000"
    )
    sent = [unquote(request.target) for request in server.requests]
    assert sent == [f"{first}&alt=json", f"{first}&pageToken=a&b&alt=json"]


def test_the_labels_are_listed_with_their_client_data(server: ScriptedServer, book: PeopleBook) -> None:
    """Google leaves the client data out unless it is asked for, and gives 30 labels unless told otherwise."""
    group = {"resourceName": LABEL, "etag": "e", "name": "L", "clientData": [{"key": "k", "value": "v"}]}
    server.will(Answer(200, {"contactGroups": [group], "nextPageToken": "2"}), Answer(200, {}))
    assert book.labels() == [Label(LABEL, "e", "L", (("k", "v"),))]
    query = [("groupFields", "clientData,metadata,name"), ("pageSize", "1000")]
    assert server.requests[0].query == [*query, ("alt", "json")]
    assert server.requests[1].query == [*query, ("pageToken", "2"), ("alt", "json")]


def test_a_second_look_asks_for_what_a_user_may_have_added_too(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """Up to 200 contacts are read by name, with notes, birthdays and photos; those gone are left out."""
    gone = {"requestedResourceName": "people/c2", "status": {"code": 5}}
    here = {
        "requestedResourceName": "people/c1",
        "person": person("people/c9", "#1", nicknames=[{"value": "x"}]),
    }
    server.will(Answer(200, {"responses": [gone, here]}))
    seen = book.look(["people/c1", "people/c2"])
    assert {name: one.resource_name for name, one in seen.items()} == {"people/c1": "people/c9"}
    assert seen["people/c1"].fields == {"nicknames": ({"value": "x"},)}
    assert server.requests[0].query == [
        ("resourceNames", "people/c1"),
        ("resourceNames", "people/c2"),
        ("personFields", f"{FIELDS},memberships,metadata,{USERS_OWN}"),
        ("sources", "READ_SOURCE_TYPE_CONTACT"),
        ("alt", "json"),
    ]
    assert (book.look([]), book.requests) == ({}, 1)


def test_two_hundred_names_do_not_fit_an_address(server: ScriptedServer, book: PeopleBook) -> None:
    """A read whose address would be too long goes out once, as a POST that stands for a GET."""
    server.will(Answer(200, {"responses": []}))
    book.look([f"people/c{n:019}" for n in range(200)])
    [sent] = server.requests
    assert (sent.method, sent.target, sent.headers["x-http-method-override"]) == (
        "POST",
        "/v1/people:batchGet",
        "GET",
    )
    assert sent.body.count(b"resourceNames=") == 200


def test_a_create_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """The new contact carries its fields, its mark and both memberships; the answer's mask is fixed."""
    server.will(create_all)
    fields = {
        "names": ({"givenName": "Seán"},),
        "phoneNumbers": ({"value": "+353871234567", "type": "mobile"},),
    }
    book.create([NewPerson("k", fields, (("other", "x"), (KEY, "k")))], LABEL)
    assert server.requests[0].json == {
        "contacts": [
            {
                "contactPerson": {
                    "names": [{"givenName": "Seán"}],
                    "phoneNumbers": [{"value": "+353871234567", "type": "mobile"}],
                    "organizations": [],
                    "nicknames": [],
                    "emailAddresses": [],
                    "addresses": [],
                    "urls": [],
                    "externalIds": [],
                    "userDefined": [],
                    "clientData": [{"key": "other", "value": "x"}, {"key": KEY, "value": "k"}],
                    "memberships": [
                        {"contactGroupMembership": {"contactGroupResourceName": LABEL}},
                        {"contactGroupMembership": {"contactGroupResourceName": "contactGroups/myContacts"}},
                    ],
                }
            }
        ],
        "readMask": "clientData,memberships,metadata",
        "sources": ["READ_SOURCE_TYPE_CONTACT"],
    }


def test_an_update_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """Both etags guard the contact, and every field in the mask is in the body, empty ones too."""
    server.will(update_all)
    old = Person("people/c1", "%e", "47c21a010c6b30c8", "#e")
    book.update([Change(old, {"names": ({"givenName": "Seán"},)}, ((KEY, "k"),))])
    body = server.requests[0].json
    assert (body["updateMask"], body["readMask"], body["sources"]) == (
        FIELDS,
        "clientData,memberships,metadata",
        ["READ_SOURCE_TYPE_CONTACT"],
    )
    sent = body["contacts"]["people/c1"]
    assert (sent["etag"], sent["metadata"]) == (
        "%e",
        {"sources": [{"type": "CONTACT", "id": "47c21a010c6b30c8", "etag": "#e"}]},
    )
    assert [name for name in FIELDS.split(",") if sent[name]] == ["names", "clientData"]
    assert set(sent) == {*FIELDS.split(","), "etag", "metadata"}


def test_a_label_is_made_and_marked(server: ScriptedServer, book: PeopleBook) -> None:
    """The mark goes with the new label; marking an existing one leaves its name."""
    server.will(*[Answer(200, {"resourceName": LABEL, "etag": "e", "name": "L"})] * 2)
    label = book.create_label("L", (("k", "v"),))
    assert label == Label(LABEL, "e", "L")
    book.mark_label(label, (("k", "w"),))
    assert server.asked == ["POST /v1/contactGroups", f"PUT /v1/{LABEL}"]
    assert [request.json for request in server.requests] == [
        {
            "contactGroup": {"name": "L", "clientData": [{"key": "k", "value": "v"}]},
            "readGroupFields": "clientData,metadata,name",
        },
        {
            "contactGroup": {"etag": "e", "clientData": [{"key": "k", "value": "w"}]},
            "updateGroupFields": "clientData",
            "readGroupFields": "clientData,metadata,name",
        },
    ]


def test_a_label_of_that_name_is_told(server: ScriptedServer, book: PeopleBook) -> None:
    """409 on a create means that there is one, which may be our own first copy."""
    server.will(Close(), refusal(409, "ALREADY_EXISTS"))
    assert (book.create_label("L", ()), book.requests) == (None, 2)


def test_a_label_that_was_changed_is_marked_later(server: ScriptedServer, book: PeopleBook) -> None:
    """409 on an update means a stale etag."""
    server.will(refusal(409, "ABORTED"))
    with pytest.raises(RetryLater) as caught:
        book.mark_label(Label(LABEL, "e", "L"), ())
    assert caught.value.reason == "google.label_changed"


def test_a_contact_that_comes_twice_is_taken_as_seen_last(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact that is changed during the listing moves to its end; the newer one counts."""
    pages = [[person("people/c1", "#1"), person("people/c2", "#1")], [person("people/c1", "#2")]]
    server.will(
        Answer(200, {"connections": pages[0], "nextPageToken": "2"}), Answer(200, {"connections": pages[1]})
    )
    assert {one.resource_name: one.source_etag for one in book.persons()} == {
        "people/c1": "#2",
        "people/c2": "#1",
    }


def test_a_contact_that_comes_under_two_names_is_one(server: ScriptedServer, book: PeopleBook) -> None:
    """A resource name may change between two pages; the source's id stays, and the newer name counts."""
    renamed = {**person("people/c1", "#1"), "resourceName": "people/c9"}
    server.will(
        Answer(200, {"connections": [person("people/c1", "#1")], "nextPageToken": "2"}),
        Answer(200, {"connections": [renamed]}),
    )
    assert [one.resource_name for one in book.persons()] == ["people/c9"]


def test_a_page_token_that_comes_again_ends_the_listing(server: ScriptedServer, book: PeopleBook) -> None:
    """A listing that goes in a circle is an error, not a run without end."""
    server.will(*[Answer(200, {"nextPageToken": token}) for token in ("2", "3", "2")])
    with pytest.raises(RetryLater) as caught:
        book.persons()
    assert (caught.value.reason, book.requests) == ("google.endless", 3)


def test_a_page_that_fails_is_asked_for_again(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """Reads may be sent again, a bounded number of times."""
    page = Answer(200, {"connections": [person("people/c1", "#1")]})
    server.will(Close(), refusal(503, "UNAVAILABLE"), page)
    assert [one.resource_name for one in book.persons()] == ["people/c1"]
    assert clock.slept == [5, 10]


@pytest.mark.parametrize(
    ("step", "error", "requests"),
    [
        (refusal(500, "INTERNAL"), (RetryLater, "google.unavailable"), 3),
        (refusal(429, "RESOURCE_EXHAUSTED"), (RetryLater, "google.quota"), 5),
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
    """A page that stays without a good answer ends the listing; a part of the contacts is never returned."""
    kind, reason = error
    server.will(*[step] * 9)
    with pytest.raises(kind) as caught:
        book.persons()
    assert (caught.value.reason, book.requests) == (reason, requests)


def test_a_401_is_sent_again_once(server: ScriptedServer, book: PeopleBook) -> None:
    """A 401 was not processed, so even a create goes out again; both are counted."""
    server.will(refusal(401, "UNAUTHENTICATED"), create_all)
    assert (kinds(book.create(newcomers(1), LABEL)), book.requests) == ({"Written": 1}, 2)


def test_the_gate_is_asked_before_every_request(server: ScriptedServer, clock: FakeClock) -> None:
    """It hears the worst case of each: 180 s for creates and updates, 60 s for the rest, 30 s to spare."""
    asked: list[float] = []
    server.will(create_all, update_all, Answer(), Answer(), refusal(429, ""), Answer())
    with book_at(server.url, clock, asked.append) as book:
        book.create(newcomers(1), LABEL)
        book.update(revisions(1))
        book.remove(["people/c1"])
        book.persons()
        book.labels()
        assert book.requests == 6
    assert asked == [210, 210, 90, 90, 90, 90]


def test_what_the_gate_raises_stops_the_request(server: ScriptedServer, clock: FakeClock) -> None:
    """A lost lease is let through, and nothing was sent; also not after a wait."""

    def gate(_: float) -> None:
        if clock.slept:
            raise LeaseLost("lease.lost", "another holder has it")

    server.will(refusal(429, "RESOURCE_EXHAUSTED"), create_all)
    with book_at(server.url, clock, gate) as book:
        with pytest.raises(LeaseLost):
            book.create(newcomers(1), LABEL)
        assert (book.requests, len(server.requests)) == (1, 1)


def test_two_books_in_two_threads_never_mix(clock: FakeClock) -> None:
    """Each account's book, in a thread of its own, sees its own contacts only."""

    def listing(request: Request) -> Step:
        mine = request.headers["Host"]
        return Answer(200, {"connections": [person(f"people/{mine}", "#1")]})

    seen: dict[str, set[str]] = {}

    def read(server: ScriptedServer) -> None:
        with book_at(server.url, clock) as book:
            seen[server.url] = {one.resource_name for _ in range(20) for one in book.persons()}

    with scripted_server() as one, scripted_server() as other:
        threads = [threading.Thread(target=read, args=(server,)) for server in (one, other)]
        for server in (one, other):
            server.will(*[listing] * 20)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == {url: {f"people/{url.removeprefix('http://')}"} for url in (one.url, other.url)}


def test_a_book_keeps_the_ports_promise(book: PeopleBook) -> None:
    """The type checker accepts it as the port."""
    port: ContactBook = book
    assert port.requests == 0
