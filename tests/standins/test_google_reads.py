"""Reading people: field masks, etags, and what the server adds to what was written."""

from typing import Any

import pytest

from infra.standins.google import NewAccount, Rules
from tests.standins.google_kit import JANE, Google, member_of, refusal, running, source_of

NUMBERS = ["+353861234567", "+353861234568", "+353861234569", "+353861234570", "+353861234571"]


def item(google: Google, field: str, **written: Any) -> Any:
    """Return the one item of a field as it is read, without its metadata."""
    person = google.create(fields=field, **{field: [written]})
    return {key: value for key, value in person[field][0].items() if key != "metadata"}


def test_masked_fields_only(google: Google) -> None:
    """A read gives resource name and etag always, and of the rest what the mask names."""
    name = google.create(names=[{"givenName": "Jane"}], urls=[{"value": "https://x"}])["resourceName"]
    assert google.read(name, "urls").keys() == {"resourceName", "etag", "urls"}


def test_metadata_only_when_asked(google: Google) -> None:
    """Metadata is a field like any other."""
    name = google.create(names=[{"givenName": "Jane"}])["resourceName"]
    assert "metadata" not in google.read(name, "names")
    assert google.read(name)["metadata"].keys() == {"sources", "objectType"}


@pytest.mark.parametrize("mask", ["nope", "names,nope", "fileAses", "etag"])
def test_mask_path_that_is_not_allowed(google: Google, mask: str) -> None:
    """A path that the description does not list is 400 and named."""
    path = mask.rpartition(",")[2]
    error = refusal(google.people.people().get(resourceName="people/me", personFields=mask))
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == f"Invalid personFields mask path: '{path}'."


def test_person_etag_depends_on_the_mask(google: Google) -> None:
    """The person's etag is another one for another mask; the source's etag is not."""
    name = google.create(names=[{"givenName": "Jane"}])["resourceName"]
    some, more = google.read(name, "metadata"), google.read(name, "metadata,names")
    assert some["etag"] != more["etag"]
    assert source_of(some)["etag"] == source_of(more)["etag"]
    assert google.read(name, "names,metadata")["etag"] == more["etag"]


def test_resource_name_is_the_source_id(google: Google) -> None:
    """A contact's resource name is its source id, in decimal after a c."""
    person = google.create()
    assert person["resourceName"] == f"people/c{int(source_of(person)['id'], 16)}"


def test_unknown_person(google: Google) -> None:
    """A person that does not exist is 404 with Google's words."""
    request = google.people.people().get(resourceName="people/c1", personFields="names")
    expected = {"code": 404, "status": "NOT_FOUND", "message": "Requested entity was not found."}
    assert refusal(request) == expected


def test_batch_get(google: Google) -> None:
    """A batch of reads answers for each name, found or not, under the name that was asked for."""
    name = google.create()["resourceName"]
    request = google.people.people().getBatchGet(resourceNames=[name, "people/c1"], personFields="names")
    found, missing = request.execute()["responses"]
    assert found["requestedResourceName"] == name
    assert found["person"]["resourceName"] == name
    assert found["status"] == {}
    assert missing["requestedResourceName"] == "people/c1"
    assert missing["status"]["code"] == 5
    assert "person" not in missing


def test_the_user_himself(google: Google) -> None:
    """`people/me` is the user."""
    me = google.read("people/me", "emailAddresses,metadata")
    assert me["emailAddresses"][0]["value"] == JANE
    assert source_of(me)["type"] == "PROFILE"


def test_profile_source_alone(google: Google) -> None:
    """Without the contact source in `sources`, nothing of a contact is read."""
    name = google.create(names=[{"givenName": "Jane"}])["resourceName"]
    request = google.people.people().get(
        resourceName=name, personFields="names", sources="READ_SOURCE_TYPE_PROFILE"
    )
    assert request.execute().keys() == {"resourceName", "etag"}


def test_item_metadata(google: Google) -> None:
    """Each item has its source, and exactly one of a field is primary."""
    person = google.create(fields="urls,metadata", urls=[{"value": "https://a"}, {"value": "https://b"}])
    source = {"type": "CONTACT", "id": source_of(person)["id"]}
    assert [url["metadata"] for url in person["urls"]] == [
        {"primary": True, "source": source, "sourcePrimary": True},
        {"source": source},
    ]


def test_primary_item_by_the_client(google: Google) -> None:
    """A client may say which item is the source's primary one, but of one only."""
    first, second = {"value": "https://a"}, {"value": "https://b", "metadata": {"sourcePrimary": True}}
    urls = google.create(fields="urls", urls=[first, second])["urls"]
    assert ["primary" in url["metadata"] for url in urls] == [False, True]
    twice = google.people.people().createContact(body={"urls": [second, second]})
    assert refusal(twice)["code"] == 400


def test_items_keep_their_order(google: Google) -> None:
    """Items come in the order they were written in."""
    phones = google.create(fields="phoneNumbers", phoneNumbers=[{"value": n} for n in NUMBERS])
    assert [phone["value"] for phone in phones["phoneNumbers"]] == NUMBERS


def test_items_in_another_order() -> None:
    """On request items come in any order, as Google is free to do, and none gets lost."""
    with running(Rules(shuffle_items=True)) as google:
        name = google.create(phoneNumbers=[{"value": number} for number in NUMBERS])["resourceName"]
        reads = [google.read(name, "phoneNumbers")["phoneNumbers"] for _ in range(6)]
    orders = [[phone["value"] for phone in read] for read in reads]
    assert {tuple(sorted(order)) for order in orders} == {tuple(NUMBERS)}
    assert len({tuple(order) for order in orders}) > 1


@pytest.mark.parametrize(
    ("value", "canonical"),
    [("(650) 253-0000", "+16502530000"), ("+353 86 123 4567", "+353861234567"), ("extension 7", None)],
)
def test_canonical_phone_number(google: Google, value: str, canonical: str | None) -> None:
    """A number stays as written; its canonical form is added when it is a number at all."""
    phone = item(google, "phoneNumbers", value=value, canonicalForm="+1")
    assert phone["value"] == value
    assert phone.get("canonicalForm") == canonical


def test_canonical_form_by_region(google: Google) -> None:
    """A number without a country is taken to be of the account's."""
    google.standin.world.add_account(NewAccount(email="eva@example.com", region="ES"))
    google.sign_in("eva@example.com")
    assert item(google, "phoneNumbers", value="666 12 34 90")["canonicalForm"] == "+34666123490"


@pytest.mark.parametrize(
    ("type_", "formatted"),
    [("homeFax", "Home Fax"), ("mobile", "Mobile"), ("Engineer's", "Engineer's"), ("hut 2", "hut 2")],
)
def test_formatted_type(google: Google, type_: str, formatted: str) -> None:
    """A predefined type is put into words for people; a custom one is repeated."""
    phone = item(google, "phoneNumbers", value="1", type=type_, formattedType="mine")
    assert phone["type"] == type_
    assert phone["formattedType"] == formatted


def test_other_formatted_members(google: Google) -> None:
    """Protocols and genders are put into words too."""
    assert (
        item(google, "imClients", username="j", protocol="googleTalk")["formattedProtocol"] == "Google Talk"
    )
    assert item(google, "genders", value="female")["formattedValue"] == "Female"
    assert item(google, "externalIds", value="1", type="loginId")["formattedType"] == "Login ID"


def test_name(google: Google) -> None:
    """The whole name is made of its parts, whatever a client says it is."""
    name = item(google, "names", honorificPrefix="Dr.", givenName="Jane", familyName="Doe",
                honorificSuffix="Jr.", displayName="Mickey")  # fmt: skip
    assert name["displayName"] == "Dr. Jane Doe, Jr."
    assert name["displayNameLastFirst"] == "Doe, Jane, Jr."
    assert name["unstructuredName"] == "Dr. Jane Doe, Jr."


@pytest.mark.parametrize(
    ("free_form", "parts"),
    [
        ("Mary Ann Doe", {"givenName": "Mary Ann", "familyName": "Doe"}),
        ("Cher", {"givenName": "Cher"}),
    ],
)
def test_free_form_name(google: Google, free_form: str, parts: dict[str, str]) -> None:
    """A free-form name is taken apart."""
    name = item(google, "names", unstructuredName=free_form)
    assert {key: name[key] for key in name if key in {"givenName", "familyName"}} == parts


def test_formatted_address(google: Google) -> None:
    """An address gets its text from its parts, unless the user has set it."""
    parts = {"streetAddress": "1 Main St", "city": "Town", "postalCode": "12345", "countryCode": "US"}
    assert item(google, "addresses", **parts)["formattedValue"] == "1 Main St\nTown 12345\nUS"
    assert item(google, "addresses", **parts, formattedValue="At home")["formattedValue"] == "At home"


@pytest.mark.parametrize("read_by_list", [True, False])
def test_list_shows_a_hundred_numbers(google: Google, *, read_by_list: bool) -> None:
    """A list shows 100 numbers of a person at most; a read of the person shows them all."""
    phones = [{"value": str(number)} for number in range(101)]
    name = google.create(phoneNumbers=phones)["resourceName"]
    if read_by_list:
        person = google.connections(personFields="phoneNumbers").execute()["connections"][0]
    else:
        person = google.read(name, "phoneNumbers")
    assert len(person["phoneNumbers"]) == (100 if read_by_list else 101)


def test_membership(google: Google) -> None:
    """A membership names its group in both forms."""
    person = google.create(fields="memberships", memberships=member_of("contactGroups/starred"))
    assert person["memberships"][0]["contactGroupMembership"] == {
        "contactGroupId": "starred",
        "contactGroupResourceName": "contactGroups/starred",
    }
