"""Removing contacts and putting them into a label."""

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from shared.errors import RetryLater
from tests.fake_clock import FakeClock
from tests.people_samples import LABEL, kinds, name_in, reason_of, refusal
from tests.scripted_server import Answer, Close, Request, ScriptedServer, Step

REMOVE = "POST /v1/people:batchDeleteContacts"
NAMES = [f"people/c{n}" for n in range(8)]


def test_contacts_are_removed_in_one_request(server: ScriptedServer, book: PeopleBook) -> None:
    """The names go out as they are, and each is written."""
    server.will(Answer())
    assert kinds(book.remove(NAMES)) == {"Written": 8}
    assert server.asked == [REMOVE]
    assert server.requests[0].json == {"resourceNames": NAMES}


def test_a_removal_without_an_answer_is_sent_again(
    server: ScriptedServer, book: PeopleBook, clock: FakeClock
) -> None:
    """Removing twice is removing once."""
    server.will(Close(), refusal(503, "UNAVAILABLE"), Answer())
    assert kinds(book.remove(NAMES)) == {"Written": 8}
    assert server.asked == [REMOVE] * 3
    assert clock.slept == [5, 10]


def test_a_removal_that_stays_without_an_answer_is_unknown(server: ScriptedServer, book: PeopleBook) -> None:
    """After three tries it is left to the next run."""
    server.will(Close(), Close(), Close())
    assert kinds(book.remove(NAMES)) == {"Unknown": 8}


def test_one_that_is_already_gone_does_not_keep_the_others(server: ScriptedServer, book: PeopleBook) -> None:
    """If one missing contact makes Google refuse the batch, halving removes the rest, and gone is gone."""

    def answer(request: Request) -> Step:
        is_batch = request.path.endswith(":batchDeleteContacts")
        names = request.json["resourceNames"] if is_batch else [name_in(request)]
        return refusal(404, "NOT_FOUND") if "people/c5" in names else Answer()

    server.will(*[answer] * 9)
    assert kinds(book.remove(NAMES)) == {"Written": 8}
    assert server.asked[0] == REMOVE
    assert server.asked[1:] == [f"DELETE /v1/{name}:deleteContact" for name in NAMES]


def test_a_contact_that_google_will_not_remove_is_refused(server: ScriptedServer, book: PeopleBook) -> None:
    """A refusal other than not found is the contact's own reason."""
    server.will(refusal(400, "INVALID_ARGUMENT"))
    results = book.remove(NAMES[:1])
    assert reason_of(results["people/c0"]) == "google.invalid"


def test_contacts_are_put_into_the_label_in_one_request(server: ScriptedServer, book: PeopleBook) -> None:
    """Only additions are asked for, so that other memberships stay."""
    server.will(Answer(200, {"notFoundResourceNames": ["people/c2"]}))
    results = book.put_in_label(NAMES, LABEL)
    assert kinds(results) == {"Written": 7, "google.gone": 1}
    assert reason_of(results["people/c2"]) == "google.gone"
    assert server.asked == [f"POST /v1/{LABEL}/members:modify"]
    assert server.requests[0].json == {"resourceNamesToAdd": NAMES}


def test_a_few_contacts_are_put_into_the_label_in_one_request_too(
    server: ScriptedServer, book: PeopleBook
) -> None:
    """There is no request for a single one, and this has one price."""
    server.will(Answer())
    assert kinds(book.put_in_label(NAMES[:2], LABEL)) == {"Written": 2}
    assert book.requests == 1


def test_an_addition_without_an_answer_is_sent_again(server: ScriptedServer, book: PeopleBook) -> None:
    """Adding twice is adding once."""
    server.will(Close(), Answer())
    assert kinds(book.put_in_label(NAMES, LABEL)) == {"Written": 8}
    assert book.requests == 2


def test_a_label_that_is_gone_takes_nobody(server: ScriptedServer, book: PeopleBook) -> None:
    """Not found means the label here; the next run makes it again."""
    server.will(refusal(404, "NOT_FOUND"))
    with pytest.raises(RetryLater) as caught:
        book.put_in_label(NAMES, LABEL)
    assert caught.value.reason == "google.label_gone"


def test_nothing_to_do_is_no_request(book: PeopleBook) -> None:
    """Empty batches cost nothing."""
    assert book.remove([]) == {}
    assert book.put_in_label([], LABEL) == {}
    assert book.requests == 0
