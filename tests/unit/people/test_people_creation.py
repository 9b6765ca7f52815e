"""Creating contacts: once, and one bad contact never costs the others."""

from collections.abc import Callable

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.adapters.google.people.requests import BATCH_SECONDS
from shared.errors import LeaseLost, Misconfigured, OverQuota, RetryLater, StopAccount, Trouble
from shared.ports import Refused
from shared.usecases.sync.missing import UNDER_WAY
from tests.fake_clock import FakeClock
from tests.patience import until
from tests.people_samples import (
    KEY,
    LABEL,
    ShutGate,
    blame_creates,
    book_at,
    create_all,
    created,
    kinds,
    names_in,
    newcomers,
    reason_of,
    refusal,
    written,
)
from tests.scripted_server import Answer, Close, Hang, Request, Reset, ScriptedServer, Step

CREATE = "POST /v1/people:batchCreateContacts"
QUOTA_FAILURE = {"@type": "type.googleapis.com/google.rpc.QuotaFailure"}


@pytest.mark.parametrize(
    "step",
    [
        Close(),
        Reset(),
        Answer(body=b"{", cut=True),
        refusal(500, "INTERNAL"),
        refusal(503, "UNAVAILABLE"),
        Answer(504, b"<html>"),
        Answer(302),
        Answer(200, b"<html>"),
        Answer(200, b"\xff"),
        Answer(200, []),
        Answer(200, {"createdPeople": 5}),
        Answer(200, {"createdPeople": [{"person": {"clientData": "x"}}]}),
        Answer(200, {}),
        Answer(200, {"createdPeople": [{}, {}, {}]}),
    ],
)
def test_an_unknown_outcome_is_never_sent_again(server: ScriptedServer, book: PeopleBook, step: Step) -> None:
    """When no answer tells what happened, every contact is unknown and the server saw exactly one POST."""
    server.will(step, create_all)
    results = book.create(newcomers(6), LABEL)
    assert kinds(results) == {"Unknown": 6}
    assert server.asked == [CREATE]
    assert book.requests == 1


def test_a_create_that_hangs_is_never_sent_again(server: ScriptedServer, clock: FakeClock) -> None:
    """A time-out leaves every contact unknown, after exactly one POST."""
    server.will(Hang(), create_all)
    with book_at(server.url, clock, timeout=0.2) as book:
        assert kinds(book.create(newcomers(6), LABEL)) == {"Unknown": 6}
    until(lambda: bool(server.asked))
    assert server.asked == [CREATE]


def test_a_create_on_a_stale_connection_is_never_sent_again(server: ScriptedServer, book: PeopleBook) -> None:
    """A kept connection that is closed instead of an answer leaves the contacts unknown, after one POST."""
    server.will(Answer(200, {"contactGroups": []}), Close(), create_all)
    book.labels()
    assert kinds(book.create(newcomers(6), LABEL)) == {"Unknown": 6}
    assert server.asked == ["GET /v1/contactGroups", CREATE]


def test_a_create_without_a_connection_can_be_sent_again(clock: FakeClock) -> None:
    """A connection that never came about proves that nothing was sent: it is tried again, then put off."""
    with book_at("http://127.0.0.1:1", clock) as book, pytest.raises(RetryLater) as caught:
        book.create(newcomers(1), LABEL)
    assert type(caught.value) is RetryLater
    assert caught.value.reason == "google.unreachable"
    assert book.requests == 5
    assert clock.slept == [5, 10, 20, 40]


def test_answers_are_matched_by_our_key(server: ScriptedServer, book: PeopleBook) -> None:
    """Google may answer in any order: each contact is recognised by its own key, wherever that stands."""

    def answer(request: Request) -> Answer:
        responses = created(request)
        for response in responses:
            response["person"]["clientData"].insert(0, {"key": "another", "value": "entry"})
        return Answer(200, {"createdPeople": [*reversed(responses)]})

    server.will(answer)
    people = newcomers(6)
    results = book.create(people, LABEL)
    assert {key: written(result).resource_name for key, result in results.items()} == {
        new.key: f"people/{new.key}" for new in people
    }


def test_what_was_written_carries_its_new_etags(server: ScriptedServer, book: PeopleBook) -> None:
    """The next update can be guarded without another read."""
    server.will(create_all)
    [new] = newcomers(1)
    person = written(book.create([new], LABEL)[new.key])
    assert person.etag == "%#1"
    assert person.source_id == f"id-of-people/{new.key}"
    assert person.source_etag == "#1"
    assert person.updated == "2026-03-02T05:00:00Z"
    assert person.fields == {}
    assert person.client_data == ((KEY, new.key),)


def test_contacts_missing_in_the_answer_are_unknown(server: ScriptedServer, book: PeopleBook) -> None:
    """An answer that leaves contacts out does not say that they were not created."""
    server.will(lambda request: Answer(200, {"createdPeople": created(request)[2:]}))
    people = newcomers(6)
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 4, "Unknown": 2}
    assert reason_of(results[people[0].key]) == "google.untold"


def test_a_bad_contact_named_by_index_is_left_out(server: ScriptedServer, book: PeopleBook) -> None:
    """A refused batch whose error names one of 200 by index is sent once more without it."""
    server.will(blame_creates({"137": 3}), create_all)
    people = newcomers(200)
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 199, "google.invalid": 1}
    assert reason_of(results[people[137].key]) == "google.invalid"
    assert names_in(server.requests) == [200, 199]
    assert book.requests == 2


def test_a_bad_contact_with_a_status_of_its_own_is_refused(server: ScriptedServer, book: PeopleBook) -> None:
    """A status of one contact in an answer 200 concerns that one only; nothing is sent again."""

    def answer(request: Request) -> Answer:
        responses = created(request)
        responses[7] = {"status": {"code": 3, "message": "Mary Murphy"}}
        return Answer(200, {"createdPeople": [*reversed(responses)]})

    server.will(answer)
    people = newcomers(200)
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 199, "google.invalid": 1}
    assert reason_of(results[people[7].key]) == "google.invalid"
    assert book.requests == 1


def test_a_status_that_tells_nothing_leaves_the_contact_unknown(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """INTERNAL for one contact says no more about it than for a whole batch."""

    def answer(request: Request) -> Answer:
        first, *others = created(request)
        return Answer(200, {"createdPeople": [{**first, "status": {"code": 13}}, *others]})

    server.will(answer)
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 5, "Unknown": 1}


def test_refusals_without_a_contact_are_not_guessed(server: ScriptedServer, book: PeopleBook) -> None:
    """If fewer refusals than missing contacts came, nobody knows whom they mean: all missing are unknown."""

    def answer(request: Request) -> Answer:
        return Answer(200, {"createdPeople": [*created(request)[2:], {"status": {"code": 3}}]})

    server.will(answer)
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 4, "Unknown": 2}


def test_a_refusal_beside_a_status_that_tells_nothing_is_not_guessed(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """Two contacts have no answer; one of them was not created, and nobody knows which: both are unknown."""

    def answer(request: Request) -> Answer:
        nameless = [{"status": {"code": 3}}, {"status": {"code": 13}}]
        return Answer(200, {"createdPeople": [*created(request)[2:], *nameless]})

    server.will(answer)
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 4, "Unknown": 2}


def _refuse(bad: set[str]) -> Callable[[Request], Step]:
    def answer(request: Request) -> Step:
        people = [contact["contactPerson"] for contact in request.json.get("contacts", [])] or [request.json]
        keys = {person["clientData"][0]["value"] for person in people}
        return refusal(400, "INVALID_ARGUMENT") if keys & bad else create_all(request)

    return answer


def test_a_bad_contact_that_is_not_named_is_found_by_halving(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """A plain 400 proves that nothing was created, so the batch is halved until the bad one stands alone."""
    people = newcomers(200)
    server.will(*[_refuse({people[66].key})] * 50)
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 199, "google.invalid": 1}
    assert reason_of(results[people[66].key]) == "google.invalid"
    assert book.requests <= 17


def test_halving_has_an_end(server: ScriptedServer, book: PeopleBook) -> None:
    """A batch of which everything is refused costs 50 requests at most, and a look at the label."""
    people = newcomers(200)
    server.will(*[refusal(400, "INVALID_ARGUMENT")] * 60)
    results = book.create(people, LABEL)
    assert len(results) == 200
    assert set(kinds(results)) == {"google.invalid", "google.batch_refused"}
    assert book.requests == 51


def test_a_quota_is_waited_for(server: ScriptedServer, book: PeopleBook, clock: FakeClock) -> None:
    """A 429 was not processed: the batch is sent again after 5, 10, 20 and 40 seconds, or as Google says."""
    said = Answer(429, {}, headers=(("Retry-After", "33"),))
    server.will(refusal(429, "RESOURCE_EXHAUSTED"), said, refusal(429, "RESOURCE_EXHAUSTED"), create_all)
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 6}
    assert clock.slept == [5, 33, 20]
    assert book.requests == 4


def test_a_quota_that_stays_used_up_is_the_callers(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """After five tries the batch is put off; nothing was created."""
    server.will(*[refusal(429, "RESOURCE_EXHAUSTED")] * 9)
    with pytest.raises(RetryLater) as caught:
        book.create(newcomers(2), LABEL)
    assert caught.value.reason == "google.quota"
    assert clock.slept == [5, 10, 20, 40]
    assert book.requests == 5


def test_a_long_wait_is_the_callers(server: ScriptedServer, book: PeopleBook, clock: FakeClock) -> None:
    """If Google asks for more than a minute, the batch is put off at once, with the time to wait."""
    server.will(Answer(429, {}, headers=(("Retry-After", "600"),)))
    with pytest.raises(RetryLater) as caught:
        book.create(newcomers(2), LABEL)
    assert caught.value.after == 600
    assert clock.slept == []
    assert book.requests == 1


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(403, "PERMISSION_DENIED"), (StopAccount, "google.forbidden")),
        (
            refusal(403, "", {"@type": "x.ErrorInfo", "reason": "SERVICE_DISABLED"}),
            (Misconfigured, "google.service_disabled"),
        ),
        (refusal(429, "", QUOTA_FAILURE), (OverQuota, "google.quota_long")),
        (refusal(409, "ABORTED"), (RetryLater, "google.busy")),
    ],
)
def test_what_concerns_the_account_ends_the_batch(
    server: ScriptedServer, book: PeopleBook, answer: Answer, error: tuple[type[Trouble], str], count: int
) -> None:
    """A refusal of the account as a whole is raised, after one request."""
    kind, reason = error
    server.will(answer)
    with pytest.raises(kind) as caught:
        book.create(newcomers(count), LABEL)
    assert caught.value.reason == reason
    assert book.requests == 1


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (6, 2), (12, 3), (200, 7)])
def test_an_account_without_any_room_is_found_in_few_requests(
    server: ScriptedServer, book: PeopleBook, count: int, requests: int
) -> None:
    """A batch is halved down to a single contact; when that has no room, none of the others has."""
    server.will(*[Answer(400, {"error": {"message": "MY_CONTACTS_OVERFLOW_COUNT"}})] * requests)
    assert kinds(book.create(newcomers(count), LABEL)) == {"google.full": count}
    assert book.requests == requests


def test_what_was_created_before_the_account_stopped_is_told(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """If a part was created before, the rest is refused with the account's reason instead of being raised."""
    people = newcomers(12)
    server.will(refusal(400, "INVALID_ARGUMENT"), create_all, refusal(403, "PERMISSION_DENIED"))
    results = book.create(people, LABEL)
    assert kinds(results) == {"Written": 6, "google.forbidden": 6}
    last = results[people[11].key]
    assert isinstance(last, Refused)
    assert isinstance(last.trouble, StopAccount)


def test_a_part_without_an_answer_does_not_touch_the_others(server: ScriptedServer, book: PeopleBook) -> None:
    """After halving, an unknown outcome concerns its own half only."""
    server.will(refusal(400, "INVALID_ARGUMENT"), Close(), create_all)
    results = book.create(newcomers(12), LABEL)
    assert [type(result).__name__ for result in results.values()] == ["Unknown"] * 6 + ["Written"] * 6


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (refusal(404, "NOT_FOUND"), 6),
        (blame_creates({str(n): 5 for n in range(6)}), 6),
        (refusal(404, "NOT_FOUND"), 1),
    ],
)
def test_a_label_that_is_not_visible_yet_is_waited_for(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock, answer: Answer, count: int
) -> None:
    """Not found on a create means the label, perhaps just made: tried again after 2, 5 and 15 s."""
    server.will(answer, answer, answer, create_all)
    assert kinds(book.create(newcomers(count), LABEL)) == {"Written": count}
    assert clock.slept == [2, 5, 15]


def test_a_label_that_is_gone_puts_the_batch_off(server: ScriptedServer, book: PeopleBook) -> None:
    """A label that a user has deleted is made again by the next run."""
    server.will(*[refusal(404, "NOT_FOUND")] * 9)
    with pytest.raises(RetryLater) as caught:
        book.create(newcomers(2), LABEL)
    assert caught.value.reason == "google.label_gone"
    assert book.requests == 4


@pytest.mark.parametrize(
    ("label", "error"),
    [
        (refusal(404, "NOT_FOUND"), "google.label_gone"),
        (
            Answer(200, {"resourceName": LABEL, "etag": "x", "metadata": {"deleted": True}}),
            "google.label_gone",
        ),
        (Answer(200, {"resourceName": LABEL, "etag": "x", "name": "L"}), ""),
        (refusal(429, "RESOURCE_EXHAUSTED"), ""),
    ],
    ids=["not found", "deleted", "there", "no answer"],
)
def test_a_label_that_is_gone_is_told_from_a_bad_contact(
    server: ScriptedServer, book: PeopleBook, label: Answer, error: str
) -> None:
    """Google may call the request invalid: where the label is gone, the batch is put off."""
    server.will(*[refusal(400, "INVALID_ARGUMENT")] * 2, *[label] * 5)
    if error:
        with pytest.raises(RetryLater, match=error):
            book.create(newcomers(2), LABEL)
    else:
        assert kinds(book.create(newcomers(2), LABEL)) == {"google.invalid": 2}


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (refusal(400, "INVALID_ARGUMENT"), 6),
        (blame_creates({str(n): 3 for n in range(6)}), 6),
        (refusal(400, "INVALID_ARGUMENT"), 1),
    ],
)
def test_a_label_made_by_this_book_is_waited_for_whatever_the_refusal(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock, answer: Answer, count: int
) -> None:
    """Right after a label was made, a refusal of all contacts may be about it, so it is tried again."""
    server.will(Answer(200, {"resourceName": LABEL, "etag": "x", "name": "L"}), answer, answer, create_all)
    book.create_label("L", ())
    assert kinds(book.create(newcomers(count), LABEL)) == {"Written": count}
    assert clock.slept == [2, 5]


def test_a_label_made_by_this_book_is_waited_for_once(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """What is still refused after that is not refused for the label, and goes one by one without a wait."""
    label = Answer(200, {"resourceName": LABEL, "etag": "x", "name": "L"})
    server.will(label, *[refusal(400, "INVALID_ARGUMENT")] * 20)
    book.create_label("L", ())
    assert kinds(book.create(newcomers(6), LABEL)) == {"google.invalid": 6}
    assert clock.slept == [2, 5, 15]


def test_a_bad_contact_in_a_label_made_by_this_book_is_not_waited_for(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """Google names it, so the refusal is not about what all of them share."""
    label = Answer(200, {"resourceName": LABEL, "etag": "x", "name": "L"})
    server.will(label, blame_creates({"3": 3}), *[create_all] * 5)
    book.create_label("L", ())
    assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 5, "google.invalid": 1}
    assert clock.slept == []


def test_nothing_to_create_is_no_request(book: PeopleBook) -> None:
    """An empty batch costs nothing."""
    assert book.create([], LABEL) == {}
    assert book.requests == 0


def test_a_gate_that_shuts_between_halves_loses_no_result(server: ScriptedServer, clock: FakeClock) -> None:
    """The half that was created is reported; the other half has the gate's reason."""
    server.will(refusal(400, "INVALID_ARGUMENT"), create_all)
    lost = LeaseLost("lease.lost", "another holder has it")
    with book_at(server.url, clock, ShutGate(2, lost)) as book:
        assert kinds(book.create(newcomers(12), LABEL)) == {"Written": 6, "lease.lost": 6}


def test_a_gate_that_shuts_before_anything_was_created_raises(
    server: ScriptedServer, clock: FakeClock
) -> None:
    """Then nothing was created, be it before the first try or after a refusal."""
    server.will(refusal(429, "RESOURCE_EXHAUSTED"))
    lost = LeaseLost("lease.lost", "another holder has it")
    for passes in (0, 1):
        with book_at(server.url, clock, ShutGate(passes, lost)) as book, pytest.raises(LeaseLost):
            book.create(newcomers(2), LABEL)
    assert len(server.requests) == 1


def test_a_create_that_google_fails_at_is_not_narrowed_down(server: ScriptedServer, book: PeopleBook) -> None:
    """A half may have been created with the whole, so nothing is sent again."""
    server.will(refusal(500, "INTERNAL"))
    assert kinds(book.create(newcomers(200), LABEL)) == {"Unknown": 200}
    assert book.requests == 1


def test_a_create_is_given_up_by_when_a_run_reckons_with() -> None:
    """What takes effect later would show later than it is waited for."""
    assert BATCH_SECONDS <= UNDER_WAY
