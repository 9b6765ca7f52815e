"""One person of a write that is refused though there is nothing wrong with it, and batches in any order."""

from typing import Any

import pytest

from infra.standins.google import Rules
from tests.standins.google_kit import Google, refusal, running, source_of


def plan(google: Google, what: Any, times: int | None = 1) -> None:
    """Plan what goes wrong with the next write."""
    google.side("POST", "faults", [{"what": what, "times": times}])


def batch_create(google: Google, *notes: str) -> Any:
    """Return a request that creates people with these notes."""
    people = [{"contactPerson": {"biographies": [{"value": note}]}} for note in notes]
    return google.people.people().batchCreateContacts(body={"contacts": people, "readMask": "biographies"})


def batch_update(google: Google, *people: Any) -> Any:
    """Return a request that updates people."""
    contacts = {person["resourceName"]: person for person in people}
    body = {"contacts": contacts, "updateMask": "names", "readMask": "metadata"}
    return google.people.people().batchUpdateContacts(body=body)


def count(google: Google) -> int:
    """Return how many contacts there are."""
    return int(google.connections().execute().get("totalItems", 0))


def test_named(google: Google) -> None:
    """The refusal of a batch names the bad person, and nothing is done."""
    plan(google, {"person": {"index": 1}})
    error = refusal(batch_create(google, "a", "b", "c"))
    assert error["details"][0]["contactErrors"] == {
        "1": {"code": 3, "message": "Request contains an invalid argument."}
    }
    assert error["code"] == 400
    assert count(google) == 0


def test_unnamed(google: Google) -> None:
    """A refusal may name nobody."""
    plan(google, {"ready": "bad_person_unnamed"})
    error = refusal(batch_create(google, "a", "b"))
    assert error["status"] == "INVALID_ARGUMENT"
    assert "details" not in error
    assert count(google) == 0


def test_in_200(google: Google) -> None:
    """A batch may be done for the others, and answer for the bad person with another status."""
    plan(google, {"ready": "bad_person_in_200"})
    answers = batch_create(google, "a", "b").execute()["createdPeople"]
    assert [answer["status"].get("code") for answer in answers] == [3, None]
    assert "person" not in answers[0]
    assert "person" in answers[1]
    assert count(google) == 1


def test_by_what_it_holds(google: Google) -> None:
    """A person can be bad for good, wherever in a batch it is sent, and alone."""
    plan(google, {"person": {"holding": "poison"}}, times=None)
    error = refusal(batch_create(google, "a", "b", "poisonous"))
    alone = refusal(google.people.people().createContact(body={"biographies": [{"value": "poison"}]}))
    assert list(error["details"][0]["contactErrors"]) == ["2"]
    assert alone["status"] == "INVALID_ARGUMENT"
    assert len(batch_create(google, "a", "b").execute()["createdPeople"]) == 2


def test_stale_though_the_etag_is_right(google: Google) -> None:
    """An etag may be refused though it is right, in a batch and alone; the same is good after that."""
    people = [google.create() for _ in range(2)]
    plan(google, {"ready": "stale_person"}, times=2)
    error = refusal(batch_update(google, *people))
    assert error["details"][0]["contactErrors"].keys() == {people[0]["resourceName"]}
    assert refusal(google.update(people[0], mask="names"))["status"] == "FAILED_PRECONDITION"
    assert len(batch_update(google, *people).execute()["updateResult"]) == 2


def test_missing_though_it_is_there(google: Google) -> None:
    """A contact may be said to be gone."""
    person = google.create()
    plan(google, {"ready": "missing_person"})
    assert refusal(google.update(person, mask="names"))["code"] == 404


def test_bad_and_truly_bad(google: Google) -> None:
    """A planned refusal stands beside those that are deserved."""
    stale, good = google.create(), google.create()
    google.update(stale, mask="names").execute()
    plan(google, {"person": {"index": 3}})
    errors = refusal(batch_update(google, stale, good))["details"][0]["contactErrors"]
    assert [error["code"] for error in errors.values()] == [9, 3]


def test_answers_in_any_order() -> None:
    """On request batch calls answer in another order than that of the request, and for everybody."""
    notes = [str(number) for number in range(9)]
    with running(Rules(shuffle_answers=True)) as google:
        created = batch_create(google, *notes).execute()["createdPeople"]
        names = [answer["person"]["resourceName"] for answer in created]
        got = google.people.people().getBatchGet(resourceNames=names, personFields="metadata").execute()
        people = [answer["person"] for answer in got["responses"]]
        updated = list(batch_update(google, *people).execute()["updateResult"])
    orders = [answer["person"]["biographies"][0]["value"] for answer in created]
    assert orders != notes
    assert sorted(orders) == notes
    assert [person["resourceName"] for person in people] != names
    assert updated != names
    assert sorted(updated) == sorted(names)


@pytest.mark.parametrize("date", ["startDate", "endDate"])
def test_dates_of_an_organization(google: Google, date: str) -> None:
    """Google fails, with nothing done, when the dates of an organization are written."""
    firm = {"organizations": [{"name": "Firm", date: {"year": 2020}}]}
    body = {"contacts": [{"contactPerson": {}}, {"contactPerson": firm}]}
    single = refusal(google.people.people().createContact(body=firm))
    batch = refusal(google.people.people().batchCreateContacts(body=body))
    expected = {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}
    assert single == expected
    assert batch == expected
    assert count(google) == 0


def test_dates_of_an_organization_in_an_update(google: Google) -> None:
    """An update fails at the dates too, unless its mask leaves organizations out."""
    person = google.create()
    dated = {**person, "organizations": [{"name": "Firm", "endDate": {"year": 2020}}]}
    assert refusal(google.update(dated, mask="organizations"))["code"] == 500
    after = google.update(dated, mask="names").execute()
    assert source_of(after)["etag"] != source_of(person)["etag"]


def test_space_of_an_account() -> None:
    """An account has 20 MB for all its contacts, of which nothing is created or changed beyond."""
    with running(Rules(max_size=2_000)) as google:
        person = google.create(biographies=[{"value": "x" * 1_500}])
        full = refusal(batch_create(google, "x" * 300, "x" * 300))
        grown = refusal(
            google.update({**person, "biographies": [{"value": "x" * 2_100}]}, mask="biographies")
        )
        shrunk = google.update({**person, "biographies": [{"value": "x"}]}, mask="biographies").execute()
        assert len(batch_create(google, "x" * 300, "x" * 300).execute()["createdPeople"]) == 2
    assert full["message"] == grown["message"] == "MY_CONTACTS_OVERFLOW_COUNT"
    assert shrunk["resourceName"] == person["resourceName"]
    assert Rules().max_size == 20 * 1024 * 1024


def test_trash_takes_space() -> None:
    """A deleted contact takes its space until it leaves the trash."""
    with running(Rules(max_size=2_000)) as google:
        name = google.create(biographies=[{"value": "x" * 1_500}])["resourceName"]
        google.people.people().deleteContact(resourceName=name).execute()
        assert refusal(batch_create(google, "x" * 600))["message"] == "MY_CONTACTS_OVERFLOW_COUNT"
        google.later(days=30)
        google.sign_in("jane@example.com")
        assert len(batch_create(google, "x" * 600).execute()["createdPeople"]) == 1
