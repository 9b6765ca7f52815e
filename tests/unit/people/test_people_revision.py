"""Updating contacts: an etag guards each, so that a lost answer costs nothing."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.people.book import PeopleBook
from shared.domain.person import Change
from shared.ports import Unknown, Written
from tests.fake_clock import FakeClock
from tests.people_samples import (
    blame_updates,
    kinds,
    names_in,
    person,
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


def as_wanted(change: Change, etag: str) -> dict[str, Any]:
    """The contact as Google answers it after the change: reordered, and with members of its own."""
    fields = {name: [{**item, "metadata": {}} for item in items] for name, items in change.fields.items()}
    pairs = [{"key": key, "value": value} for key, value in reversed(change.client_data)]
    return person(change.person.resource_name, etag, clientData=pairs, **fields)


def read_as(*persons: dict[str, Any]) -> Answer:
    """The answer to a second look."""
    responses = [{"requestedResourceName": one["resourceName"], "person": one} for one in persons]
    return Answer(200, {"responses": responses})


def unchanged(change: Change) -> dict[str, Any]:
    """The contact as it was read."""
    return person(change.person.resource_name, change.person.source_etag)


def test_updates_carry_on_with_their_new_etags(server: ScriptedServer, book: PeopleBook) -> None:
    """Every contact is written, with the etags for the next update."""
    server.will(update_all)
    results = book.update(revisions(200))
    assert (kinds(results), book.requests) == ({"Written": 200}, 1)
    assert written(results["people/c7"]).source_etag == "#2"


def test_results_are_by_the_name_that_was_given(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact whose resource name has become another is still found, and tells its new name."""
    server.will(Answer(200, {"updateResult": {"people/c0": {"person": person("people/c9", "#2")}}}))
    results = book.update(revisions(1))
    assert {name: written(result).resource_name for name, result in results.items()} == {
        "people/c0": "people/c9"
    }


@pytest.mark.parametrize("step", [Close(), Reset(), refusal(500, "INTERNAL"), Answer(200, b"<html>")])
def test_an_update_without_an_answer_is_sent_again(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock, step: Step
) -> None:
    """The etag makes a second copy harmless, so a lost answer is asked for again."""
    server.will(step, step, update_all)
    assert kinds(book.update(revisions(2))) == {"Written": 2}
    assert (server.asked, clock.slept) == ([UPDATE] * 3, [5, 10])


def test_an_update_that_stays_without_an_answer_is_unknown(server: ScriptedServer, book: PeopleBook) -> None:
    """After three tries it is left to the next run."""
    server.will(Close(), Close(), Close(), update_all)
    assert (kinds(book.update(revisions(2))), book.requests) == ({"Unknown": 2}, 3)


@pytest.mark.parametrize("stale", [STALE, blame_updates({f"people/c{n}": 9 for n in range(3)})])
def test_our_own_first_copy_is_not_taken_for_a_users_edit(
    server: ScriptedServer, book: PeopleBook, stale: Answer
) -> None:
    """If the first copy landed and the second is refused as stale, the contacts are as asked for: written."""
    changes = revisions(3)
    server.will(Close(), stale, read_as(*[as_wanted(change, "#2") for change in changes]))
    results = book.update(changes)
    assert kinds(results) == {"Written": 3}
    assert written(results["people/c1"]).source_etag == "#2"
    assert written(results["people/c1"]).fields == {}
    assert server.asked == [UPDATE, UPDATE, READ]


def test_a_users_edit_is_told_from_our_own_copy(server: ScriptedServer, book: PeopleBook) -> None:
    """Of a refused batch, one that somebody else has changed is refused as changed, and the rest is sent."""
    changes = revisions(200)
    edited = person("people/c66", "#9", names=[{"givenName": "Maria"}])
    others = [unchanged(change) for change in changes if change.person.resource_name != "people/c66"]
    server.will(STALE, read_as(edited, *others), update_all)
    results = book.update(changes)
    assert kinds(results) == {"Written": 199, "google.changed": 1}
    assert reason_of(results["people/c66"]) == "google.changed"
    assert (names_in([server.requests[0], server.requests[2]]), book.requests) == ([200, 199], 3)


def test_a_bad_contact_that_is_named_is_left_out(server: ScriptedServer, book: PeopleBook) -> None:
    """A refused batch whose error names one of 200 is sent once more without it."""
    server.will(blame_updates({"people/c137": 3}), update_all)
    results = book.update(revisions(200))
    assert kinds(results) == {"Written": 199, "google.invalid": 1}
    assert reason_of(results["people/c137"]) == "google.invalid"
    assert (names_in(server.requests), book.requests) == ([200, 199], 2)


def test_a_contact_that_is_gone_is_told(server: ScriptedServer, book: PeopleBook) -> None:
    """NOT_FOUND for one contact is that contact's reason."""
    server.will(blame_updates({"people/c1": 5}), update_all)
    results = book.update(revisions(3))
    assert (kinds(results), reason_of(results["people/c1"])) == (
        {"Written": 2, "google.gone": 1},
        "google.gone",
    )


@pytest.mark.parametrize(("status", "reason"), [(400, "google.invalid"), (404, "google.gone")])
def test_a_bad_contact_that_is_not_named_is_found_by_halving(
    server: ScriptedServer, book: PeopleBook, status: int, reason: str
) -> None:
    """A plain refusal is narrowed down in at most two requests for each halving."""

    def answer(request: Request) -> Step:
        return refusal(status, "") if "people/c66" in request.json["contacts"] else update_all(request)

    server.will(*[answer] * 40)
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
    results = book.update(revisions(5))
    assert kinds(results) == {"Written": 2, "google.invalid": 1, "Unknown": 2}
    assert (reason_of(results["people/c1"]), reason_of(results["people/c3"])) == (
        "google.invalid",
        "google.untold",
    )


def test_a_stale_status_of_one_contact_is_looked_at_too(server: ScriptedServer, book: PeopleBook) -> None:
    """Also in an answer 200, what looks like an edit may be our own first copy."""
    changes = revisions(2)

    def answer(request: Request) -> Answer:
        result = {**update_all(request).body["updateResult"], "people/c0": {"status": {"code": 9}}}
        return Answer(200, {"updateResult": result})

    server.will(Close(), answer, read_as(as_wanted(changes[0], "#2")))
    assert kinds(book.update(changes)) == {"Written": 2}


@pytest.mark.parametrize(
    "look", [refusal(403, "PERMISSION_DENIED"), Answer(200, {"responses": [{"person": {"names": 1}}]})]
)
def test_without_a_second_look_the_outcome_is_unknown(
    server: ScriptedServer, book: PeopleBook, look: Answer
) -> None:
    """If the second look fails, nobody knows whether it was our own copy that changed the contacts."""
    server.will(Close(), STALE, look)
    assert all(isinstance(result, Unknown) for result in book.update(revisions(2)).values())


def test_a_look_that_shows_nothing_new_leaves_the_refusal(server: ScriptedServer, book: PeopleBook) -> None:
    """A read may lag behind: a contact that is refused as stale and looks as before is refused as changed."""
    [change] = revisions(1)
    server.will(blame_updates({"people/c0": 9}), read_as(unchanged(change)))
    assert kinds(book.update([change])) == {"google.changed": 1}


def test_an_edit_in_client_data_is_seen(server: ScriptedServer, book: PeopleBook) -> None:
    """A contact with our fields but somebody else's client data is not what was asked for."""
    [change] = revisions(1)
    other = as_wanted(replace(change, client_data=(("other", "x"),)), "#2")
    server.will(STALE, read_as(other))
    assert kinds(book.update([change])) == {"google.changed": 1}


def test_an_update_of_nothing_is_no_request(book: PeopleBook) -> None:
    """An empty batch costs nothing."""
    assert (book.update([]), book.requests) == ({}, 0)


def test_a_contact_as_wanted_is_written_even_if_google_built_more(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """What Google makes of the parts (a formatted address, a display name) is no difference."""
    [plain] = revisions(1)
    address = {"streetAddress": "1 Main St", "city": "Cork"}
    change = replace(plain, fields={**plain.fields, "addresses": (address,)})
    seen = as_wanted(change, "#2")
    seen["addresses"][0] |= {"formattedValue": "1 Main St\nCork", "formattedType": "Home"}
    seen["names"][0] |= {"displayName": "M0", "unstructuredName": "M0"}
    server.will(STALE, read_as(seen))
    assert isinstance(book.update([change])["people/c0"], Written)
