"""Updating contacts: an etag guards each, so that a lost answer costs nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.domain.sync.person import Change
from shared.errors import LeaseLost
from shared.ports import Stale, Unknown, Written
from shared.replace import replace
from tests.fake_clock import FakeClock
from tests.people_samples import (
    ShutGate,
    blame_updates,
    book_at,
    kinds,
    name_in,
    names_in,
    person,
    read_as,
    reason_of,
    refusal,
    revisions,
    update_all,
    written,
)
from tests.scripted_server import Answer, Close, Request, Reset, ScriptedServer, Step

UPDATE = "POST /v1/people:batchUpdateContacts"
READ = "GET /v1/people:batchGet"
STALE = refusal(400, "FAILED_PRECONDITION")
FAILS = refusal(500, "INTERNAL")
GONE = {"requestedResourceName": "people/c0", "status": {"code": 5}}


def subjects(request: Request) -> list[str]:
    """Return whom an update is about."""
    is_batch = request.path == "/v1/people:batchUpdateContacts"
    return list(request.json["contacts"]) if is_batch else [name_in(request)]


def failing_at(*bad: str, by: Step = FAILS) -> Callable[[Request], Step]:
    """Return a Google that fails whenever one of these is in a request."""
    return lambda request: by if {*bad} & {*subjects(request)} else update_all(request)


def as_wanted(change: Change, etag: str) -> dict[str, Any]:
    """Return the contact as Google answers it after the change: reordered, with more members."""
    fields = {name: [{**item, "metadata": {}} for item in items] for name, items in change.fields.items()}
    pairs = [{"key": key, "value": value} for key, value in reversed(change.client_data)]
    return person(change.person.resource_name, etag, clientData=pairs, **fields)


def unchanged(change: Change) -> dict[str, Any]:
    """Return the contact as it was read."""
    return person(change.person.resource_name, change.person.source_etag)


def test_updates_carry_on_with_their_new_etags(server: ScriptedServer, book: PeopleBook) -> None:
    """Every contact is written, with the etags for the next update."""
    server.will(update_all)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 200}
    assert book.requests == 1
    assert written(results["people/c7"]).source_etag == "#2"


def test_results_are_by_the_name_that_was_given(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact whose resource name has become another is still found, and tells its new name."""
    renamed = person("people/c9", "#2")
    server.will(Answer(200, renamed), Answer(200, {"updateResult": {"people/c0": {"person": renamed}}}))
    for count in (1, 6):
        results = book.update(revisions(count))
        assert written(results["people/c0"]).resource_name == "people/c9"


@pytest.mark.parametrize("step", [Close(), Reset(), refusal(500, "INTERNAL"), Answer(200, b"<html>")])
def test_an_update_without_an_answer_is_sent_again(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock, step: Step
) -> None:
    """The etag makes a second copy harmless, so a lost answer is asked for again."""
    server.will(step, step, update_all)
    assert kinds(book.update(revisions(6))) == {"Written": 6}
    assert server.asked == [UPDATE] * 3
    assert clock.slept == [5, 10]


def test_an_update_that_stays_without_an_answer_is_unknown(server: ScriptedServer, book: PeopleBook) -> None:
    """After three tries it is left to the next run."""
    server.will(Close(), Close(), Close(), update_all)
    assert kinds(book.update(revisions(6))) == {"Unknown": 6}
    assert book.requests == 3


@pytest.mark.parametrize("stale", [STALE, blame_updates({f"people/c{n}": 9 for n in range(6)})])
def test_our_own_first_copy_is_not_taken_for_a_users_edit(
    server: ScriptedServer, book: PeopleBook, stale: Answer
) -> None:
    """If the first copy landed and the second is refused as stale, the contacts are as asked for: written."""
    changes = revisions(6)
    server.will(Close(), stale, read_as(*[as_wanted(change, "#2") for change in changes]))
    results = book.update(changes)
    assert kinds(results) == {"Written": 6}
    assert written(results["people/c1"]).source_etag == "#2"
    assert written(results["people/c1"]).fields == {}
    assert server.asked == [UPDATE, UPDATE, READ]


def test_a_users_edit_is_told_from_our_own_copy(server: ScriptedServer, book: PeopleBook) -> None:
    """Of a refused batch, one that somebody else has changed is told as it is now, and the rest is sent."""
    changes = revisions(200)
    edited = person("people/c66", "#9", names=[{"givenName": "Maria"}])
    others = [unchanged(change) for change in changes if change.person.resource_name != "people/c66"]
    server.will(STALE, read_as(edited, *others), update_all)
    results = book.update(changes)
    assert kinds(results) == {"Written": 199, "Stale": 1}
    stale = results["people/c66"]
    assert isinstance(stale, Stale)
    assert stale.person.source_etag == "#9"
    assert stale.person.fields == {"names": ({"givenName": "Maria"},)}
    assert names_in([server.requests[0], server.requests[2]]) == [200, 199]
    assert book.requests == 3


def test_a_bad_contact_that_is_named_is_left_out(server: ScriptedServer, book: PeopleBook) -> None:
    """A refused batch whose error names one of 200 is sent once more without it."""
    server.will(blame_updates({"people/c137": 3}), update_all)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 199, "google.invalid": 1}
    assert reason_of(results["people/c137"]) == "google.invalid"
    assert names_in(server.requests) == [200, 199]
    assert book.requests == 2


def test_a_contact_that_is_gone_is_told(server: ScriptedServer, book: PeopleBook) -> None:
    """NOT_FOUND for one contact is that contact's reason."""
    server.will(blame_updates({"people/c1": 5}), *[update_all] * 5)
    results = book.update(revisions(6))
    assert kinds(results) == {"Written": 5, "google.gone": 1}
    assert reason_of(results["people/c1"]) == "google.gone"


@pytest.mark.parametrize(("status", "reason"), [(400, "google.invalid"), (404, "google.gone")])
def test_a_bad_contact_that_is_not_named_is_found_by_halving(
    server: ScriptedServer, book: PeopleBook, status: int, reason: str
) -> None:
    """A plain refusal is narrowed down in at most two requests for each halving."""

    def answer(request: Request) -> Step:
        return refusal(status, "") if "people/c66" in subjects(request) else update_all(request)

    server.will(*[answer] * 50)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 199, reason: 1}
    assert reason_of(results["people/c66"]) == reason
    assert book.requests <= 17


def test_a_status_of_one_contact_concerns_that_one_only(server: ScriptedServer, book: PeopleBook) -> None:
    """In an answer 200 each contact has its own status, and one left out is unknown."""

    def answer(request: Request) -> Answer:
        result = json.loads(json.dumps(update_all(request).body["updateResult"]))
        result["people/c1"] = {"status": {"code": 3}}
        result["people/c2"] = {"status": {"code": 14}}
        del result["people/c3"]
        return Answer(200, {"updateResult": result})

    server.will(answer)
    results = book.update(revisions(6))
    assert kinds(results) == {"Written": 3, "google.invalid": 1, "Unknown": 2}
    assert reason_of(results["people/c1"]) == "google.invalid"
    assert reason_of(results["people/c3"]) == "google.untold"


def test_a_stale_status_of_one_contact_is_looked_at_too(server: ScriptedServer, book: PeopleBook) -> None:
    """Also in an answer 200, what looks like an edit may be our own first copy."""
    changes = revisions(6)

    def answer(request: Request) -> Answer:
        result = {**update_all(request).body["updateResult"], "people/c0": {"status": {"code": 9}}}
        return Answer(200, {"updateResult": result})

    server.will(Close(), answer, read_as(as_wanted(changes[0], "#2")))
    assert kinds(book.update(changes)) == {"Written": 6}


@pytest.mark.parametrize(
    "look", [refusal(403, "PERMISSION_DENIED"), Answer(200, {"responses": [{"person": {"names": 1}}]})]
)
def test_without_a_second_look_the_outcome_is_unknown(
    server: ScriptedServer, book: PeopleBook, look: Answer
) -> None:
    """If the second look fails, nobody knows whether it was our own copy that changed the contacts."""
    server.will(Close(), STALE, look)
    assert all(isinstance(result, Unknown) for result in book.update(revisions(6)).values())


def test_a_look_that_shows_nothing_new_leaves_the_refusal(server: ScriptedServer, book: PeopleBook) -> None:
    """A read may lag behind: a contact that is refused as stale and looks as before is refused as changed."""
    [change] = revisions(1)
    server.will(STALE, read_as(unchanged(change)))
    assert kinds(book.update([change])) == {"google.changed": 1}


def test_one_look_is_enough_for_all_that_are_refused(server: ScriptedServer, book: PeopleBook) -> None:
    """Only those named are read; each is told as it is now, as gone, or else refused as before."""
    changes = revisions(10)
    edited = person("people/c1", "#9", names=[{"givenName": "Maria"}])
    look = read_as(edited, as_wanted(changes[2], "#2"))
    look.body["responses"] += [
        {"requestedResourceName": "people/c3", "status": {"code": 5}},
        {"requestedResourceName": "people/c4", "status": {"code": 13}},
    ]
    server.will(blame_updates({f"people/c{n}": 9 for n in range(1, 5)}), look, update_all)
    results = book.update(changes)
    assert kinds(results) == {"Written": 7, "Stale": 1, "google.gone": 1, "google.changed": 1}
    assert [type(results["people/c1"]), type(results["people/c2"])] == [Stale, Written]
    assert reason_of(results["people/c3"]) == "google.gone"
    assert reason_of(results["people/c4"]) == "google.changed"
    assert [value for name, value in server.requests[1].query if name == "resourceNames"] == [
        f"people/c{n}" for n in range(1, 5)
    ]
    assert server.asked == [UPDATE, READ, UPDATE]
    assert names_in(server.requests[2:]) == [6]


def test_a_contact_deleted_since_it_was_refused_is_gone(server: ScriptedServer, book: PeopleBook) -> None:
    """Refused as stale, and then no longer there."""
    server.will(STALE, Answer(200, {"responses": [GONE]}))
    assert kinds(book.update(revisions(1))) == {"google.gone": 1}


def test_an_edit_in_client_data_is_seen(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact with our fields but somebody else's client data is not what was asked for."""
    [change] = revisions(1)
    other = as_wanted(replace(change, client_data=(("other", "x"),)), "#2")
    server.will(STALE, read_as(other))
    assert kinds(book.update([change])) == {"Stale": 1}


def test_an_update_of_nothing_is_no_request(book: PeopleBook) -> None:
    """An empty batch costs nothing."""
    assert book.update([]) == {}
    assert book.requests == 0


def test_a_contact_as_wanted_is_written_even_if_google_built_more(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """What Google makes of the parts (a formatted address, a display name) is none, nor is an order."""
    [plain] = revisions(1)
    address = {"streetAddress": "1 Main St", "city": "Cork"}
    phones = ({"value": "087 1", "type": "mobile"}, {"value": "021 2", "type": "work"})
    change = replace(plain, fields={**plain.fields, "addresses": (address,), "phoneNumbers": phones})
    seen = as_wanted(change, "#2")
    seen["phoneNumbers"].reverse()
    seen["addresses"][0] |= {"formattedValue": "1 Main St\nCork", "formattedType": "Home"}
    seen["names"][0] |= {"displayName": "M0", "unstructuredName": "M0"}
    server.will(STALE, read_as(seen))
    assert isinstance(book.update([change])["people/c0"], Written)


def test_a_contact_that_google_fails_at_does_not_cost_the_others(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """It is narrowed down to by halving, with one try and no wait each; it alone is unknown."""
    server.will(*[failing_at("people/c66")] * 50)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 199, "Unknown": 1}
    assert reason_of(results["people/c66"]) == "google.unavailable"
    assert clock.slept == [5, 10]
    assert book.requests == 19


def test_an_update_that_finds_no_room_does_not_cost_the_others(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """One contact grows too large; the others take no more room than before."""
    full = Answer(400, {"error": {"message": "MY_CONTACTS_OVERFLOW_COUNT"}})
    server.will(*[failing_at("people/c66", by=full)] * 20)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 199, "google.full": 1}
    assert reason_of(results["people/c66"]) == "google.full"


def test_two_contacts_in_one_half_that_google_fails_at_are_left(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """As soon as both halves fail, it may be Google itself: what is still in doubt then is left unknown."""
    server.will(*[failing_at("people/c1", "people/c30")] * 50)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 150, "Unknown": 50}
    assert names_in(server.requests) == [200, 200, 200, 100, 100, 50, 50, 25, 25]


def test_a_google_that_fails_at_everything_is_left_alone(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """Three tries of the whole, one of each half, and everybody is unknown."""
    server.will(*[FAILS] * 50)
    assert kinds(book.update(revisions(200))) == {"Unknown": 200}
    assert clock.slept == [5, 10]
    assert book.requests == 5


def test_an_account_that_stops_while_a_half_is_in_doubt_is_asked_nothing_more(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """Google failed at one half, and then refuses the account: the half is not narrowed down any more."""
    server.will(*[FAILS] * 4, refusal(403, "PERMISSION_DENIED"), *[update_all] * 9)
    assert kinds(book.update(revisions(12))) == {"Unknown": 12}
    assert book.requests == 5


def test_silence_is_not_narrowed_down(server: ScriptedServer, book: PeopleBook) -> None:
    """Whatever keeps an answer away, it is not a contact."""
    server.will(*[Close()] * 50)
    assert kinds(book.update(revisions(200))) == {"Unknown": 200}
    assert book.requests == 3


def test_a_half_that_stays_silent_is_not_narrowed_down(server: ScriptedServer, book: PeopleBook) -> None:
    """It is unknown, and the other half is written."""
    server.will(FAILS, FAILS, FAILS, Close(), update_all)
    results = book.update(revisions(12))
    assert [type(results[f"people/c{n}"]) for n in range(12)] == [Unknown] * 6 + [Written] * 6


def test_what_took_effect_although_google_failed_is_written(server: ScriptedServer, book: PeopleBook) -> None:
    """Then the halves are refused as stale, and a look tells that it was our own first copy."""
    changes = revisions(12)
    looks = [read_as(*[as_wanted(change, "#2") for change in half]) for half in (changes[:6], changes[6:])]
    server.will(FAILS, FAILS, FAILS, STALE, looks[0], STALE, looks[1])
    assert kinds(book.update(changes)) == {"Written": 12}


def test_a_half_is_refused_for_what_it_is(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact that was in doubt with the whole is not any more when Google refuses it by itself."""
    server.will(FAILS, FAILS, FAILS, blame_updates({"people/c2": 3}), *[update_all] * 6)
    assert kinds(book.update(revisions(12))) == {"Written": 11, "google.invalid": 1}


def test_a_gate_that_shuts_between_halves_leaves_them_in_doubt(
    server: ScriptedServer, clock: FakeClock
) -> None:
    """Google failed at the whole, which may have taken effect; of the halves one was written."""
    server.will(FAILS, FAILS, FAILS, update_all)
    lost = LeaseLost("lease.lost", "another holder has it")
    with book_at(server.url, clock, ShutGate(4, lost)) as book:
        assert kinds(book.update(revisions(12))) == {"Written": 6, "Unknown": 6}
