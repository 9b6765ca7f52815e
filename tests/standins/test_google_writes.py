"""Creating, changing and deleting contacts, and the limits."""

from typing import Any

import pytest

from infra.standins.google import Rules
from tests.standins.google_kit import JANE, Google, refusal, running, source_of

OVERFLOW = "MY_CONTACTS_OVERFLOW_COUNT"
TWO_NAMES = [{"givenName": "Jane"}, {"givenName": "John"}]


def batch_create(google: Google, people: list[Any], mask: str = "metadata") -> Any:
    """Return a request that creates people in one batch."""
    contacts = [{"contactPerson": person} for person in people]
    return google.people.people().batchCreateContacts(body={"contacts": contacts, "readMask": mask})


def batch_update(google: Google, contacts: Any, update: str = "names", mask: str = "metadata") -> Any:
    """Return a request that updates people in one batch."""
    body = {"contacts": contacts, "updateMask": update, "readMask": mask}
    return google.people.people().batchUpdateContacts(body=body)


def batch_delete(google: Google, names: list[str]) -> Any:
    """Return a request that deletes people in one batch."""
    return google.people.people().batchDeleteContacts(body={"resourceNames": names})


def contact_errors(error: Any, kind: str) -> Any:
    """Return the errors of each contact in the details of a failed batch."""
    detail = error["details"][0]
    assert detail["@type"] == f"type.googleapis.com/google.people.v1.{kind}"
    return detail["contactErrors"]


def test_create_reads_everything_by_default(google: Google) -> None:
    """A create without personFields reads all fields."""
    person = google.people.people().createContact(body={"names": [{"givenName": "Jane"}]}).execute()
    assert person.keys() == {"resourceName", "etag", "names", "memberships", "metadata"}


def test_create_is_not_idempotent(google: Google) -> None:
    """A create that is sent twice makes two contacts."""
    body: Any = {"names": [{"givenName": "Jane"}], "clientData": [{"key": "id", "value": "1"}]}
    assert google.create(**body)["resourceName"] != google.create(**body)["resourceName"]


def test_batch_create(google: Google) -> None:
    """A batch answers for each contact, in order here, with what the mask names."""
    people = [{"clientData": [{"key": "id", "value": str(number)}]} for number in range(3)]
    created = batch_create(google, people, "clientData").execute()["createdPeople"]
    assert [answer["person"]["clientData"][0]["value"] for answer in created] == ["0", "1", "2"]
    assert [answer["status"] for answer in created] == [{}, {}, {}]
    assert all(answer["requestedResourceName"] == answer["person"]["resourceName"] for answer in created)


def test_empty_read_mask(google: Google) -> None:
    """With an empty readMask a batch is done and nothing is answered."""
    assert batch_create(google, [{}], "").execute() == {}
    person = google.connections().execute()["connections"][0]
    changed = {person["resourceName"]: {**person, "names": [{"givenName": "Jane"}]}}
    assert batch_update(google, changed, mask="").execute() == {}
    assert google.read(person["resourceName"], "names")["names"][0]["givenName"] == "Jane"


@pytest.mark.parametrize("number", [0, 201])
def test_batch_create_of_too_many(google: Google, number: int) -> None:
    """A batch creates 200 contacts at most, and at least one."""
    assert refusal(batch_create(google, [{}] * number))["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("number", [0, 201])
def test_batch_update_of_too_many(google: Google, number: int) -> None:
    """A batch updates 200 contacts at most, and at least one."""
    contacts = {f"people/c{name}": {"etag": "%"} for name in range(number)}
    error = refusal(batch_update(google, contacts))
    assert error["status"] == "INVALID_ARGUMENT"
    assert "contactErrors" not in str(error)


@pytest.mark.parametrize("number", [0, 501])
def test_batch_delete_of_too_many(google: Google, number: int) -> None:
    """A batch deletes 500 contacts at most, and at least one."""
    request = batch_delete(google, [f"people/c{name}" for name in range(number)])
    assert refusal(request)["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("field", ["names", "biographies", "birthdays", "genders"])
def test_singletons(google: Google, field: str) -> None:
    """A contact has one name, biography, birthday and gender."""
    items = [{}, {}] if field == "birthdays" else [{"value": "a"}, {"value": "b"}]
    error = refusal(
        google.people.people().createContact(body={field: TWO_NAMES if field == "names" else items})
    )
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == f"Cannot have more than one person.{field} per source."


def test_batch_create_is_all_or_nothing(google: Google) -> None:
    """One bad person fails the batch; the details name it by its index, and nothing is created."""
    error = refusal(batch_create(google, [{}, {"names": TWO_NAMES}, {}]))
    assert contact_errors(error, "BatchCreateContactsErrorDetails") == {
        "1": {"code": 3, "message": "Cannot have more than one person.names per source."}
    }
    assert error["code"] == 400
    assert error["status"] == "INVALID_ARGUMENT"
    assert google.connections().execute() == {}


def test_missing_contact_person(google: Google) -> None:
    """A contact to create has a person."""
    body = {"contacts": [{}], "readMask": "metadata"}
    error = refusal(google.people.people().batchCreateContacts(body=body))
    assert contact_errors(error, "BatchCreateContactsErrorDetails").keys() == {"0"}


def test_update_replaces_masked_fields_only(google: Google) -> None:
    """An update replaces the fields in its mask, clears those that are absent, and leaves the rest."""
    person = google.create(
        names=[{"givenName": "Jane"}], urls=[{"value": "https://x"}], nicknames=[{"value": "J"}]
    )
    changed = {**person, "names": [{"givenName": "Joan"}], "nicknames": [{"value": "ignored"}]}
    fields = "names,urls,nicknames"
    after = google.update(changed, mask="names,urls", fields=fields).execute()
    assert after == google.read(person["resourceName"], fields)
    assert after["names"][0]["givenName"] == "Joan"
    assert after["nicknames"][0]["value"] == "J"
    assert "urls" not in after


@pytest.mark.parametrize("mask", ["photos", "metadata", "skills", "coverPhotos", "ageRanges", "fileAses"])
def test_update_of_a_field_that_cannot_be_written(google: Google, mask: str) -> None:
    """Only some fields can be in an update mask."""
    error = refusal(google.update(google.create(), mask=mask))
    assert error["message"] == f"Invalid updatePersonFields mask path: '{mask}'."


def test_update_without_a_mask(google: Google) -> None:
    """An update needs its mask, single or in a batch."""
    person = google.create()
    name = person["resourceName"]
    single = google.ask("PATCH", f"/v1/{name}:updateContact", json=person)
    batch = refusal(batch_update(google, {name: person}, update=""))
    assert single.json()["error"]["message"].startswith("updatePersonFields mask is required.")
    assert batch["message"].startswith("updateMask mask is required.")


def test_every_update_gives_a_new_etag(google: Google) -> None:
    """The answer of an update carries the etag that the next update needs."""
    first = google.create()
    second = google.update(first, mask="names").execute()
    third = google.update(second, mask="names").execute()
    assert len({source_of(person)["etag"] for person in (first, second, third)}) == 3


STALE = {
    "code": 400,
    "status": "FAILED_PRECONDITION",
    "message": "Request person.etag is different than the current person.etag. "
    "Clear local cache and get the latest person.",
}


def test_stale_person_etag(google: Google) -> None:
    """An update with an etag from before another update is 400 FAILED_PRECONDITION with Google's words."""
    person = google.create()
    google.update(person, mask="names").execute()
    assert refusal(google.update(person, mask="names")) == STALE


def test_resent_update_is_stale(google: Google) -> None:
    """An update that is sent twice is done once."""
    person = {**google.create(), "nicknames": [{"value": "J"}]}
    google.update(person, mask="nicknames").execute()
    assert refusal(google.update(person, mask="nicknames")) == STALE


def test_etag_of_any_mask(google: Google) -> None:
    """An etag is good for an update whatever mask it was read with, also from a list."""
    name = google.create()["resourceName"]
    read = {"resourceName": name, "etag": google.read(name, "urls,names")["etag"]}
    google.update(read, mask="names").execute()
    listed = google.connections(personFields="photos").execute()["connections"][0]
    assert google.update(listed, mask="names").execute()["resourceName"] == name


def test_source_etag(google: Google) -> None:
    """The source's etag in the metadata is enough."""
    person = google.create()
    source = {"type": "CONTACT", "etag": source_of(person)["etag"]}
    only_source = {"resourceName": person["resourceName"], "metadata": {"sources": [source]}}
    assert google.update(only_source, mask="names").execute()["resourceName"] == person["resourceName"]


def test_source_etag_in_the_wrong_place(google: Google) -> None:
    """A source's etag as the person's etag is refused."""
    person = google.create()
    wrong = {"resourceName": person["resourceName"], "etag": source_of(person)["etag"]}
    assert refusal(google.update(wrong, mask="names")) == STALE


def test_stale_source_etag(google: Google) -> None:
    """A stale source etag is refused, even beside a good person's etag."""
    person = google.create()
    after = google.update(person, mask="names").execute()
    mixed = {**after, "metadata": person["metadata"]}
    assert refusal(google.update(mixed, mask="names")) == STALE


def test_update_without_any_etag(google: Google) -> None:
    """An update without an etag is 400: INVALID_ARGUMENT when single, FAILED_PRECONDITION in a batch."""
    name = google.create()["resourceName"]
    single = refusal(google.update({"resourceName": name}, mask="names"))
    batch = refusal(batch_update(google, {name: {}}))
    text = "Request must set person.etag or person.metadata.sources.etag for"
    assert single["status"] == "INVALID_ARGUMENT"
    assert single["message"] == f"{text} the source that is being updated."
    assert batch["status"] == "FAILED_PRECONDITION"
    assert batch["message"] == f"{text} each source that is being updated."


def test_update_without_a_contact_source(google: Google) -> None:
    """An update whose sources are of no contact is 400."""
    person = google.create()
    profile = {**person, "metadata": {"sources": [{"type": "PROFILE", "id": "1"}]}}
    assert refusal(google.update(profile, mask="names"))["status"] == "INVALID_ARGUMENT"


def test_batch_update(google: Google) -> None:
    """A batch updates each contact named in its map, and answers by resource name."""
    people = [google.create() for _ in range(2)]
    changed = {p["resourceName"]: {**p, "names": [{"givenName": p["resourceName"]}]} for p in people}
    answers = batch_update(google, changed, mask="names").execute()["updateResult"]
    assert {name: answer["person"]["names"][0]["givenName"] for name, answer in answers.items()} == {
        name: name for name in changed
    }


def test_batch_update_is_all_or_nothing(google: Google) -> None:
    """One stale etag fails the batch; the details name the contact, and nothing is changed."""
    stale, good = google.create(), google.create()
    google.update(stale, mask="names").execute()
    before = google.side("GET", f"accounts/{JANE}")
    error = refusal(batch_update(google, {person["resourceName"]: person for person in (stale, good)}))
    assert contact_errors(error, "BatchUpdateContactsErrorDetails") == {
        stale["resourceName"]: {"code": 9, "message": STALE["message"]}
    }
    assert error["code"] == 400
    assert error["status"] == "FAILED_PRECONDITION"
    assert google.side("GET", f"accounts/{JANE}") == before


def test_update_of_a_missing_contact(google: Google) -> None:
    """An update of a contact that is gone is 404, and named in a batch."""
    person = google.create()
    name = person["resourceName"]
    google.people.people().deleteContact(resourceName=name).execute()
    assert refusal(google.update(person, mask="names"))["code"] == 404
    error = refusal(batch_update(google, {name: person}))
    assert contact_errors(error, "BatchUpdateContactsErrorDetails")[name]["code"] == 5


def test_items_of_other_sources(google: Google) -> None:
    """What is not the contact's is ignored in an update."""
    profile = {"value": "https://p", "metadata": {"source": {"type": "PROFILE", "id": "1"}}}
    urls = google.create(fields="urls", urls=[profile, {"value": "https://c"}])["urls"]
    assert [url["value"] for url in urls] == ["https://c"]


@pytest.mark.parametrize("empty", [{}, {"value": ""}, {"value": "", "type": "home"}])
def test_item_without_a_value(google: Google, empty: Any) -> None:
    """An item without a value is dropped."""
    assert "urls" not in google.create(fields="urls", urls=[empty])


def test_output_only_members(google: Google) -> None:
    """What only the server sets is ignored on the way in."""
    phone = {"value": "+353861234567", "metadata": {"verified": True}}
    person = google.create(fields="phoneNumbers,photos", phoneNumbers=[phone], photos=[{"url": "https://x"}])
    assert "verified" not in person["phoneNumbers"][0]["metadata"]
    assert "photos" not in person


def test_length_of_a_value(google: Google) -> None:
    """A value has 1,024 characters at most."""
    kept = google.create(fields="urls", urls=[{"value": "x" * 1024}])
    assert len(kept["urls"][0]["value"]) == 1024
    error = refusal(google.people.people().createContact(body={"urls": [{"value": "x" * 1025}]}))
    assert error["code"] == 400
    assert error["message"] == "person.urls.value is longer than 1024 characters."


def test_length_of_a_note(google: Google) -> None:
    """Notes may be longer."""
    note = google.create(fields="biographies", biographies=[{"value": "x" * 5000}])
    assert len(note["biographies"][0]["value"]) == 5000


def test_number_of_fields(google: Google) -> None:
    """A contact has 500 fields at most, its membership being one."""
    data = [{"key": "k", "value": str(number)} for number in range(499)]
    assert len(google.create(fields="clientData", clientData=data)["clientData"]) == 499
    error = refusal(google.people.people().createContact(body={"clientData": [*data, data[0]]}))
    assert error["code"] == 400
    assert error["message"] == "A contact must not have more than 500 fields."


def test_size_of_a_contact(google: Google) -> None:
    """A contact is 128 KB at most, also when an update makes it larger."""
    person = google.create()
    error = refusal(google.update({**person, "biographies": [{"value": "x" * 131_073}]}, mask="biographies"))
    assert error["code"] == 400
    assert error["message"] == "A contact must not be larger than 128 KB."


def test_delete(google: Google) -> None:
    """A deleted contact is gone at once; deleting it again is 404."""
    name = google.create()["resourceName"]
    assert google.people.people().deleteContact(resourceName=name).execute() == {}
    assert refusal(google.people.people().deleteContact(resourceName=name))["code"] == 404
    assert google.connections().execute() == {}


def test_batch_delete(google: Google) -> None:
    """A batch deletes the contacts named; a name given twice counts once."""
    names = [google.create()["resourceName"] for _ in range(2)]
    assert batch_delete(google, [*names, names[0]]).execute() == {}
    assert google.connections().execute() == {}


def test_batch_delete_with_a_missing_name(google: Google) -> None:
    """By default a batch with a name that does not exist is 404, and nothing is deleted."""
    name = google.create()["resourceName"]
    assert refusal(batch_delete(google, [name, "people/c1"]))["code"] == 404
    assert google.read(name)["resourceName"] == name


def test_batch_delete_that_ignores_missing_names() -> None:
    """On request a batch passes over a name that does not exist."""
    with running(Rules(missing_in_batch_delete="ignore")) as google:
        name = google.create()["resourceName"]
        assert batch_delete(google, [name, "people/c1"]).execute() == {}
        assert google.connections().execute() == {}


def test_account_full() -> None:
    """A create over the limit is 400 MY_CONTACTS_OVERFLOW_COUNT, and of a batch nothing is created."""
    with running(Rules(max_contacts=2)) as google:
        google.create()
        error = refusal(batch_create(google, [{}, {}]))
        assert error["code"] == 400
        assert error["message"] == OVERFLOW
        google.create()
        assert refusal(google.people.people().createContact(body={}))["message"] == OVERFLOW


def test_trash_counts() -> None:
    """A deleted contact counts for 30 days."""
    with running(Rules(max_contacts=1)) as google:
        google.people.people().deleteContact(resourceName=google.create()["resourceName"]).execute()
        assert refusal(google.people.people().createContact(body={}))["message"] == OVERFLOW
        google.later(days=30)
        google.sign_in(JANE)
        assert google.create()["resourceName"].startswith("people/c")


def test_default_limit() -> None:
    """An account holds 25,000 contacts."""
    assert Rules().max_contacts == 25_000
