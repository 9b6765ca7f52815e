"""A few contacts go one by one: the same promises as in a batch."""

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.domain.sync.person import Change, Person
from shared.errors import LeaseLost
from shared.ports import Refused, Stale, Written
from tests.fake_clock import FakeClock
from tests.people_samples import (
    KEY,
    LABEL,
    ShutGate,
    blame_creates,
    book_at,
    create_all,
    kinds,
    newcomers,
    person,
    read_as,
    reason_of,
    refusal,
    revisions,
    update_all,
    written,
)
from tests.scripted_server import Answer, Close, Reset, ScriptedServer, Step

CREATE = "POST /v1/people:batchCreateContacts"
CREATE_ONE = "POST /v1/people:createContact"
READ = "GET /v1/people:batchGet"
QUOTA_FAILURE = {"@type": "type.googleapis.com/google.rpc.QuotaFailure"}
STALE = refusal(400, "FAILED_PRECONDITION")
OWNED = "names,organizations,nicknames,phoneNumbers,emailAddresses,addresses,urls,externalIds,userDefined"
FIELDS = f"{OWNED},clientData"
NAMES = [f"people/c{n}" for n in range(5)]


def one(n: int) -> str:
    """Return the update of a single contact."""
    return f"PATCH /v1/people/c{n}:updateContact"


def test_a_few_contacts_are_created_one_by_one(server: ScriptedServer, book: PeopleBook) -> None:
    """Up to five single requests cost less than a batch does; from six on it is a batch."""
    server.will(*[create_all] * 6)
    people = newcomers(5)
    results = book.create(people, LABEL)
    assert {key: written(result).resource_name for key, result in results.items()} == {
        new.key: f"people/{new.key}" for new in people
    }
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 6}
    assert server.asked == [CREATE_ONE] * 5 + [CREATE]


@pytest.mark.parametrize(
    "step",
    [
        Close(),
        Reset(),
        refusal(500, "INTERNAL"),
        Answer(200, b"<html>"),
        Answer(200, {}),
        Answer(200, {"resourceName": 5}),
    ],
)
def test_a_single_create_of_unknown_outcome_is_never_sent_again(
    server: ScriptedServer, book: PeopleBook, step: Step
) -> None:
    """It is unknown, the others are created, and the server saw exactly one POST for each."""
    server.will(create_all, step, create_all)
    people = newcomers(3)
    results = book.create(people, LABEL)
    assert [type(results[new.key]).__name__ for new in people] == ["Written", "Unknown", "Written"]
    assert server.asked == [CREATE_ONE] * 3


def test_a_bad_contact_among_a_few_is_refused_by_itself(server: ScriptedServer, book: PeopleBook) -> None:
    """A refusal of one of them says nothing of the others."""
    server.will(create_all, refusal(400, "INVALID_ARGUMENT"), create_all)
    people = newcomers(3)
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 2, "google.invalid": 1}
    assert reason_of(results[people[1].key]) == "google.invalid"


def test_what_is_left_of_a_batch_goes_one_by_one(server: ScriptedServer, book: PeopleBook) -> None:
    """When a bad one of six is named and put aside, the other five cost less alone."""
    server.will(blame_creates({"3": 3}), *[create_all] * 5)
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 5, "google.invalid": 1}
    assert server.asked == [CREATE] + [CREATE_ONE] * 5


@pytest.mark.parametrize("stop", [refusal(403, "PERMISSION_DENIED"), refusal(429, "", QUOTA_FAILURE)])
def test_an_account_that_stops_between_creates_loses_no_result(
    server: ScriptedServer, book: PeopleBook, stop: Answer
) -> None:
    """What was created is told; the rest, which was not sent, is refused with the account's reason."""
    server.will(create_all, stop)
    people = newcomers(4)
    results = book.create(people, LABEL)
    assert [type(results[new.key]).__name__ for new in people] == ["Written", *["Refused"] * 3]
    assert book.requests == 2


def test_a_gate_that_shuts_between_creates_loses_no_result(server: ScriptedServer, clock: FakeClock) -> None:
    """A lease that is lost halfway: what was created or is in doubt is told, and the rest is refused."""
    server.will(create_all, Close(), create_all)
    lost = LeaseLost("lease.lost", "another holder has it")
    with book_at(server.url, clock, ShutGate(2, lost)) as book:
        people = newcomers(4)
        results = book.create(people, LABEL)
    last = Refused(lost)
    assert [results[people[0].key], *(results[new.key] for new in people[2:])] == [
        Written(written(results[people[0].key])),
        last,
        last,
    ]
    assert kinds(results) == {"Written": 1, "Unknown": 1, "lease.lost": 2}
    assert len(server.requests) == 2


def test_a_single_create_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """As in a batch, but the masks stand in the address."""
    server.will(create_all)
    [new] = newcomers(1)
    book.create([new], LABEL)
    [request] = server.requests
    assert request.query == [
        ("personFields", "clientData,memberships,metadata"),
        ("sources", "READ_SOURCE_TYPE_CONTACT"),
        ("alt", "json"),
    ]
    body = request.json
    assert body["names"] == [{"givenName": "N0"}]
    assert body["clientData"] == [{"key": KEY, "value": new.key}]
    assert [one["contactGroupMembership"]["contactGroupResourceName"] for one in body["memberships"]] == [
        LABEL,
        "contactGroups/myContacts",
    ]


def test_a_single_contact_that_somebody_changed_is_told(server: ScriptedServer, book: PeopleBook) -> None:
    """Without a batch the answer names nobody; the others are written."""
    edited = person("people/c1", "#9", names=[{"givenName": "Maria"}])
    server.will(
        update_all,
        STALE,
        read_as(edited),
        update_all,
    )
    results = book.update(revisions(3))
    assert [type(results[f"people/c{n}"]) for n in range(3)] == [Written, Stale, Written]
    assert server.asked == [one(0), one(1), READ, one(2)]


def test_a_few_contacts_are_updated_one_by_one(server: ScriptedServer, book: PeopleBook) -> None:
    """Each is written, with the etags for the next update."""
    server.will(*[update_all] * 5)
    results = book.update(revisions(5))
    assert kinds(results) == {"Written": 5}
    assert written(results["people/c3"]).source_etag == "#2"
    assert server.asked == [one(n) for n in range(5)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(refusal(400, "INVALID_ARGUMENT"), "google.invalid"), (refusal(404, "NOT_FOUND"), "google.gone")],
)
def test_a_single_contact_that_is_refused_is_that_one_only(
    server: ScriptedServer, book: PeopleBook, answer: Answer, reason: str
) -> None:
    """The refusal is its own."""
    server.will(answer, update_all)
    results = book.update(revisions(2))
    assert kinds(results) == {"Written": 1, reason: 1}
    assert reason_of(results["people/c0"]) == reason


def test_patience_with_silence_is_spent_once_for_all_updates(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """After the first single update without an answer the others get one try each."""
    server.will(*[Close()] * 4, update_all)
    assert kinds(book.update(revisions(3))) == {"Unknown": 2, "Written": 1}
    assert clock.slept == [5, 10]
    assert book.requests == 5


@pytest.mark.parametrize("stop", [refusal(403, "PERMISSION_DENIED"), refusal(409, "ABORTED")])
def test_an_account_that_stops_between_updates_loses_no_result(
    server: ScriptedServer, book: PeopleBook, stop: Answer
) -> None:
    """What was written is told, and the rest refused with the account's reason."""
    server.will(update_all, stop)
    results = book.update(revisions(4))
    assert [type(results[f"people/c{n}"]).__name__ for n in range(4)] == ["Written", *["Refused"] * 3]


def test_a_gate_that_shuts_between_updates_loses_no_result(server: ScriptedServer, clock: FakeClock) -> None:
    """A try without an answer, after which the gate is shut, leaves that contact in doubt."""
    server.will(update_all, Close())
    lost = LeaseLost("lease.lost", "another holder has it")
    with book_at(server.url, clock, ShutGate(2, lost)) as book:
        results = book.update(revisions(4))
    kinds_ = [type(results[f"people/c{n}"]).__name__ for n in range(4)]
    assert kinds_ == ["Written", "Unknown", "Refused", "Refused"]
    assert reason_of(results["people/c1"]) == "lease.lost"


def test_a_single_update_is_sent_as_it_should_be(server: ScriptedServer, book: PeopleBook) -> None:
    """As in a batch, but the masks stand in the address."""
    server.will(update_all)
    old = Person("people/c1", "%e", "47c21a010c6b30c8", "#e")
    book.update([Change(old, {"names": ({"givenName": "Seán"},)}, ((KEY, "k"),))])
    [sent] = server.requests
    assert sent.method == "PATCH"
    assert sent.path == "/v1/people/c1:updateContact"
    assert sent.query == [
        ("updatePersonFields", FIELDS),
        ("personFields", "clientData,memberships,metadata"),
        ("sources", "READ_SOURCE_TYPE_CONTACT"),
        ("alt", "json"),
    ]
    assert sent.json["etag"] == "%e"
    assert sent.json["metadata"] == {"sources": [{"type": "CONTACT", "id": "47c21a010c6b30c8", "etag": "#e"}]}
    assert set(sent.json) == {*FIELDS.split(","), "etag", "metadata"}


def test_a_few_contacts_are_removed_one_by_one(server: ScriptedServer, book: PeopleBook) -> None:
    """Up to five single requests; one that is gone already is as it shall be, and none keeps the others."""
    server.will(Answer(), refusal(404, "NOT_FOUND"), refusal(400, "INVALID_ARGUMENT"), Answer(), Answer())
    results = book.remove(NAMES)
    assert kinds(results) == {"Written": 4, "google.invalid": 1}
    assert reason_of(results["people/c2"]) == "google.invalid"
    assert server.asked == [f"DELETE /v1/{name}:deleteContact" for name in NAMES]


def test_patience_with_silence_is_spent_once_for_all_removals(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """After the first single removal without an answer the others get one try each."""
    server.will(*[Close()] * 5)
    assert kinds(book.remove(NAMES[:3])) == {"Unknown": 3}
    assert clock.slept == [5, 10]
    assert book.requests == 5


def test_a_gate_that_shuts_between_removals_loses_no_result(server: ScriptedServer, clock: FakeClock) -> None:
    """What was removed is told, what is in doubt remains so, and what was not sent is refused."""
    server.will(Answer(), Close())
    lost = LeaseLost("lease.lost", "another holder has it")
    with book_at(server.url, clock, ShutGate(2, lost)) as book:
        results = book.remove(NAMES[:4])
    assert [type(results[name]).__name__ for name in NAMES[:4]] == [
        "Written",
        "Unknown",
        "Refused",
        "Refused",
    ]
