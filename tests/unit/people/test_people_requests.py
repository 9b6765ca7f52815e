"""What goes over the wire, exactly; reading; the gate; threads."""

import threading

import pytest

from shared.adapters.google.people.contacts import MOST_LOOKS, PeopleBook
from shared.domain.model.quota import BATCH, GROUP_READ, GROUP_WRITE, READ, REMOVAL, REMOVALS, SINGLE
from shared.domain.sync.person import Change, Label, NewPerson, Person
from shared.errors import LeaseLost, OverQuota, RetryLater
from shared.ports import ContactBook
from tests.fake_clock import FakeClock
from tests.people_samples import (
    KEY,
    LABEL,
    OpenGate,
    ShutGate,
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


def test_the_labels_are_listed_with_their_client_data(server: ScriptedServer, book: PeopleBook) -> None:
    """Google leaves the client data out unless it is asked for, and gives 30 labels unless told otherwise."""
    group = {"resourceName": LABEL, "etag": "e", "name": "L", "clientData": [{"key": "k", "value": "v"}]}
    server.will(Answer(200, {"contactGroups": [group], "nextPageToken": "2"}), Answer(200, {}))
    assert book.labels() == [Label(LABEL, "e", "L", (("k", "v"),))]
    query = [("groupFields", "clientData,memberCount,metadata,name"), ("pageSize", "1000")]
    assert server.requests[0].query == [*query, ("alt", "json")]
    assert server.requests[1].query == [*query, ("pageToken", "2"), ("alt", "json")]


def test_a_second_look_asks_for_what_a_user_may_have_added_too(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """Up to 200 contacts are read by name, with notes, birthdays and photos; one that is gone is told."""
    gone = {"requestedResourceName": "people/c2", "status": {"code": 5}}
    here = {
        "requestedResourceName": "people/c1",
        "person": person("people/c9", "#1", nicknames=[{"value": "x"}]),
    }
    server.will(Answer(200, {"responses": [gone, here]}))
    seen = book.look(["people/c1", "people/c2"])
    shown = seen["people/c1"]
    assert sorted(seen) == ["people/c1", "people/c2"]
    assert seen["people/c2"] is None
    assert shown
    assert shown.resource_name == "people/c9"
    assert shown.fields == {"nicknames": ({"value": "x"},)}
    assert server.requests[0].query == [
        ("resourceNames", "people/c1"),
        ("resourceNames", "people/c2"),
        ("personFields", f"{FIELDS},memberships,metadata,{USERS_OWN}"),
        ("sources", "READ_SOURCE_TYPE_CONTACT"),
        ("alt", "json"),
    ]
    assert book.look([]) == {}
    assert book.requests == 1


def test_two_hundred_names_do_not_fit_an_address(server: ScriptedServer, book: PeopleBook) -> None:
    """A read whose address would be too long goes out once, as a POST that stands for a GET."""
    names = [f"people/c{n:019}" for n in range(200)]
    gone = [{"requestedResourceName": name, "status": {"code": 5}} for name in names]
    server.will(Answer(200, {"responses": gone}))
    book.look(names)
    [sent] = server.requests
    assert sent.method == "POST"
    assert sent.target == "/v1/people:batchGet"
    assert sent.headers["x-http-method-override"] == "GET"
    assert sent.body.count(b"resourceNames=") == 200


def test_what_a_batch_says_nothing_of_is_asked_for_by_itself(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """Then Google has to say whether it is there; one that it refuses to read stays unknown."""
    here = person("people/c2", "#1", nicknames=[{"value": "x"}])
    server.will(
        Answer(200, {}), refusal(404, "NOT_FOUND"), Answer(200, here), refusal(400, "INVALID_ARGUMENT")
    )
    seen = book.look(["people/c1", "people/c2", "people/c3"])
    assert [request.target.partition("?")[0] for request in server.requests[1:]] == [
        "/v1/people/c1",
        "/v1/people/c2",
        "/v1/people/c3",
    ]
    assert sorted(seen) == ["people/c1", "people/c2"]
    assert seen["people/c1"] is None
    assert seen["people/c2"]


def test_no_more_than_some_are_asked_for_by_themselves(server: ScriptedServer, book: PeopleBook) -> None:
    """The others stay unknown for now."""
    server.will(Answer(200, {}), *[refusal(404, "NOT_FOUND")] * MOST_LOOKS)
    seen = book.look([f"people/c{n}" for n in range(MOST_LOOKS + 5)])
    assert len(seen) == MOST_LOOKS


def test_a_create_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """The new contact carries its fields, its mark and both memberships; the answer's mask is fixed."""
    server.will(create_all)
    fields = {
        "names": ({"givenName": "Seán"},),
        "phoneNumbers": ({"value": "+353871234567", "type": "mobile"},),
    }
    book.create([NewPerson("k", fields, (("other", "x"), (KEY, "k"))), *newcomers(5)], LABEL)
    body = server.requests[0].json
    assert body["contacts"][0] == {
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
    assert {name: value for name, value in body.items() if name != "contacts"} == {
        "readMask": "clientData,memberships,metadata",
        "sources": ["READ_SOURCE_TYPE_CONTACT"],
    }


def test_an_update_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """Both etags guard the contact, and every field in the mask is in the body, empty ones too."""
    server.will(update_all)
    old = Person("people/c1", "%e", "47c21a010c6b30c8", "#e")
    book.update([Change(old, {"names": ({"givenName": "Seán"},)}, ((KEY, "k"),)), *revisions(7)[2:]])
    body = server.requests[0].json
    assert body["updateMask"] == FIELDS
    assert body["readMask"] == "clientData,memberships,metadata"
    assert body["sources"] == ["READ_SOURCE_TYPE_CONTACT"]
    sent = body["contacts"]["people/c1"]
    assert sent["etag"] == "%e"
    assert sent["metadata"] == {"sources": [{"type": "CONTACT", "id": "47c21a010c6b30c8", "etag": "#e"}]}
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
    assert book.create_label("L", ()) is None
    assert book.requests == 2


def test_a_label_that_was_changed_is_marked_later(server: ScriptedServer, book: PeopleBook) -> None:
    """409 on an update means a stale etag."""
    server.will(refusal(409, "ABORTED"))
    with pytest.raises(RetryLater) as caught:
        book.mark_label(Label(LABEL, "e", "L"), ())
    assert caught.value.reason == "google.label_changed"


def test_a_401_is_sent_again_once(server: ScriptedServer, book: PeopleBook) -> None:
    """A 401 was not processed, so even a create goes out again; both are counted."""
    server.will(refusal(401, "UNAUTHENTICATED"), create_all)
    assert kinds(book.create(newcomers(1), LABEL)) == {"Written": 1}
    assert book.requests == 2


def test_the_gate_is_asked_before_every_request(server: ScriptedServer, clock: FakeClock) -> None:
    """It hears the worst case of each: 180 s for creates and updates, 60 s for the rest, 30 s to spare."""
    server.will(
        create_all, update_all, create_all, update_all, Answer(), Answer(), refusal(429, ""), Answer()
    )
    gate = OpenGate()
    with book_at(server.url, clock, gate) as book:
        book.create(newcomers(6), LABEL)
        book.update(revisions(6))
        book.create(newcomers(1), LABEL)
        book.update(revisions(1))
        book.remove(["people/c1"])
        list(book.list())
        book.labels()
        assert book.requests == 8
    assert [seconds for seconds, _ in gate.asked] == [210, 210, 90, 90, 90, 90, 90, 90]


def test_the_gate_hears_what_each_request_costs(server: ScriptedServer, clock: FakeClock) -> None:
    """Prices are those of the request that goes out: a batch has its own, however small it is."""
    group = Answer(200, {"resourceName": LABEL, "etag": "e", "name": "L"})
    names = [f"people/c{n}" for n in range(6)]
    gone = [{"requestedResourceName": name, "status": {"code": 5}} for name in names]
    looked = Answer(200, {"responses": gone})
    server.will(create_all, update_all, Answer(), create_all, update_all, *[Answer()] * 4, looked, Answer())
    server.will(group, group, Answer(), group, Answer())
    gate = OpenGate()
    with book_at(server.url, clock, gate) as book:
        book.create(newcomers(6), LABEL)
        book.update(revisions(6))
        book.remove(names)
        book.create(newcomers(1), LABEL)
        book.update(revisions(1))
        book.remove(names[:1])
        list(book.list())
        list(book.list(""))
        list(book.list("t"))
        book.look(names)
        book.labels()
        book.mark_label(Label(LABEL, "e", "L"), ())
        book.create_label("L", ())
        book.put_in_label(names, LABEL)
        book.label(LABEL)
        book.delete_label(LABEL)
    assert [cost for _, cost in gate.asked] == [
        *(BATCH, BATCH, REMOVALS),
        *(SINGLE, SINGLE, REMOVAL),
        *(READ, READ, READ, READ),
        *(GROUP_READ, GROUP_WRITE, GROUP_WRITE, GROUP_WRITE, GROUP_READ, GROUP_WRITE),
    ]


def test_the_gate_hears_of_each_refusal_for_a_quota(server: ScriptedServer, clock: FakeClock) -> None:
    """Before the line waits, so that it can learn which limit is lower than it thought."""
    limit = {"quota_limit": "CriticalWritesPerMinutePerProjectPerUser"}
    info = {"@type": "x.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "metadata": limit}
    server.will(refusal(429, "", info), refusal(503, ""), refusal(429, ""), update_all)
    gate = OpenGate()
    with book_at(server.url, clock, gate) as book:
        assert kinds(book.update(revisions(6))) == {"Written": 6}
    assert [trouble.limit for trouble in gate.refusals] == [limit["quota_limit"], ""]
    assert clock.slept == [5, 10, 20]


def test_a_quota_that_lasts_is_not_waited_for(server: ScriptedServer, clock: FakeClock) -> None:
    """The gate hears of it, and the request is not sent again."""
    server.will(refusal(429, "", {"@type": "google.rpc.QuotaFailure"}))
    gate = OpenGate()
    with book_at(server.url, clock, gate) as book, pytest.raises(OverQuota) as caught:
        list(book.list())
    assert gate.refusals == [caught.value]
    assert caught.value.lasting is True
    assert clock.slept == []


def test_what_the_gate_raises_at_a_refusal_stops_too(server: ScriptedServer, clock: FakeClock) -> None:
    """The gate may know better than Google's answer how long to leave the account alone."""
    server.will(refusal(429, ""))
    parked = OverQuota("google.quota_long", "parked", after=7200, lasting=True)

    class Parking(OpenGate):
        def refused(self, trouble: OverQuota) -> None:
            raise parked from trouble

    with book_at(server.url, clock, Parking()) as book, pytest.raises(OverQuota) as caught:
        list(book.list())
    assert caught.value == parked
    assert clock.slept == []
    assert book.requests == 1


def test_what_the_gate_raises_stops_the_request(server: ScriptedServer, clock: FakeClock) -> None:
    """A lost lease is let through, and nothing was sent; also not after a wait."""
    server.will(refusal(429, "RESOURCE_EXHAUSTED"), create_all)
    gate = ShutGate(1, LeaseLost("lease.lost", "another holder has it"))
    with book_at(server.url, clock, gate) as book:
        with pytest.raises(LeaseLost):
            book.create(newcomers(1), LABEL)
        assert book.requests == 1
        assert len(server.requests) == 1


def test_what_the_gate_raises_is_never_tried_again(server: ScriptedServer, clock: FakeClock) -> None:
    """Not even if it is for later, and not if a try before it had no answer."""
    server.will(Close())
    used_up = RetryLater("run.deadline", "the run's time is used up")
    with book_at(server.url, clock, ShutGate(1, used_up)) as book, pytest.raises(RetryLater) as caught:
        list(book.list())
    assert caught.value == used_up
    assert clock.slept == [5]
    assert book.requests == 1


def test_two_books_in_two_threads_never_mix(clock: FakeClock) -> None:
    """Books of several accounts, each in its own thread, see their own contacts only."""

    def listing(request: Request) -> Step:
        mine = request.headers["Host"]
        return Answer(200, {"connections": [person(f"people/{mine}", "#1")]})

    seen: dict[str, set[str]] = {}

    def read(server: ScriptedServer) -> None:
        with book_at(server.url, clock) as book:
            seen[server.url] = {one.resource_name for _ in range(20) for one in book.list()}

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
