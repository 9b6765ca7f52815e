"""Merging contacts and linking them with profiles, which changes their resource names."""

from typing import Any

import pytest
import requests

from infra.standins.google import Lag, Rules
from tests.standins.google_kit import JANE, TIMEOUT, Google, member_of, refusal, source_of

MY_CONTACTS = "contactGroups/myContacts"


def twins(google: Google) -> tuple[str, str]:
    """Add two contacts of one person, each with a mark; the second is in a label."""
    label = google.make_group("Ours")["resourceName"]
    first = google.create(
        names=[{"givenName": "Mary"}],
        phoneNumbers=[{"value": "+353861234567"}],
        clientData=[{"key": "mark", "value": "1"}],
    )
    second = google.create(
        names=[{"givenName": "Maria"}],
        phoneNumbers=[{"value": "+353861234567"}, {"value": "+353867654321"}],
        emailAddresses=[{"value": "mary@example.com"}],
        clientData=[{"key": "mark", "value": "1"}],
        memberships=member_of(label, MY_CONTACTS),
    )
    return first["resourceName"], second["resourceName"]


def changes(google: Google, token: str) -> dict[str, Any]:
    """Return what has changed since a sync token, by resource name."""
    answer = google.connections(requestSyncToken=True, syncToken=token).execute()
    return {person["resourceName"]: person["metadata"] for person in answer.get("connections", [])}


def test_all_fields_are_united(google: Google) -> None:
    """A merged contact has the first one's name, everything else of both, and all client data twice over."""
    first, second = twins(google)
    name = google.jane().merge(first, second)
    stored = google.jane().everything()["contacts"]
    person = stored[name]
    values = {
        field: [item["value"] for item in person[field]]
        for field in ("phoneNumbers", "emailAddresses", "clientData")
    }
    assert list(stored) == [name]
    assert person["names"][0]["givenName"] == "Mary"
    assert values == {
        "phoneNumbers": ["+353861234567", "+353867654321"],
        "emailAddresses": ["mary@example.com"],
        "clientData": ["1", "1"],
    }
    groups = [item["contactGroupMembership"]["contactGroupId"] for item in person["memberships"]]
    assert groups[0] == "myContacts"
    assert len(groups) == 2


def test_items_belong_to_the_merged_contact(google: Google) -> None:
    """The items of a merged contact name its source, and one of each field is the primary one."""
    name = google.jane().merge(*twins(google))
    person = google.read(name, "phoneNumbers,metadata")
    metadata = [phone["metadata"] for phone in person["phoneNumbers"]]
    assert {item["source"]["id"] for item in metadata} == {source_of(person)["id"]}
    assert [item.get("primary", False) for item in metadata] == [True, False]


@pytest.mark.parametrize("new_name", [True, False])
def test_changes_after_a_merge(google: Google, new_name: bool) -> None:
    """A sync answer has the survivor with the former names, and those that were merged as deleted."""
    first, second = twins(google)
    token = google.synced()
    name = google.jane().merge(first, second, new_name=new_name)
    seen = changes(google, token)
    assert (name == first) is not new_name
    assert seen.keys() == {name, second}
    assert seen[name]["previousResourceNames"] == ([first, second] if new_name else [second])
    assert seen[second]["deleted"] is True
    assert "deleted" not in seen[name]


def test_former_names_in_sync_answers_only(google: Google) -> None:
    """Former names are told in answers to a sync token, and nowhere else."""
    name = google.jane().merge(*twins(google))
    listed = google.connections(requestSyncToken=True).execute()["connections"][0]
    assert "previousResourceNames" not in listed["metadata"]
    assert "previousResourceNames" not in google.read(name)["metadata"]


def test_members_after_a_merge(google: Google) -> None:
    """A label has the merged contact in the place of those that it was made of."""
    name = google.jane().merge(*twins(google))
    groups = google.jane().everything()["groups"]
    assert groups[google.jane().label("Ours")]["members"] == groups[MY_CONTACTS]["members"] == [name]


def test_link(google: Google) -> None:
    """A contact that is linked with a profile has another resource name, and the same source."""
    before = google.create(names=[{"givenName": "Mary"}])
    token = google.synced()
    name = google.jane().link(before["resourceName"])
    after = google.read(name, "names,metadata")
    assert source_of(after)["id"] == source_of(before)["id"]
    assert source_of(after)["etag"] != source_of(before)["etag"]
    assert {one: data["previousResourceNames"] for one, data in changes(google, token).items()} == {
        name: [before["resourceName"]]
    }


def test_get_by_a_former_name(google: Google) -> None:
    """A get finds a contact by a former name and shows the new one; nothing is written by the former."""
    person = google.create()
    former = person["resourceName"]
    name = google.jane().link(google.jane().link(former))
    asked = {"resourceNames": [former], "personFields": "metadata"}
    found = google.people.people().getBatchGet(**asked).execute()["responses"][0]
    assert found["requestedResourceName"] == former
    assert found["person"]["resourceName"] == name
    assert refusal(google.update(person, mask="names"))["code"] == 404
    assert refusal(google.people.people().deleteContact(resourceName=former))["code"] == 404


def test_rename_is_seen_late(google: Google) -> None:
    """With a lag the former name goes and the new one comes at the same time."""
    former = google.create()["resourceName"]
    token = google.synced()
    google.standin.world.rules = Rules(lag=Lag(sync=60, listing=60))
    name = google.jane().link(former)
    early = (list(changes(google, token)), google.connections().execute()["connections"][0]["resourceName"])
    google.later(seconds=60)
    late = (list(changes(google, token)), google.connections().execute()["connections"][0]["resourceName"])
    assert early == ([], former)
    assert late == ([name], name)


def test_unsuitable_merge(google: Google) -> None:
    """A merge needs two contacts that there are."""
    name = google.create()["resourceName"]
    for names, status in (([name, name], 400), ([name, "people/c1"], 404)):
        with pytest.raises(requests.HTTPError) as caught:
            google.jane().merge(*names)
        assert caught.value.response is not None
        assert caught.value.response.status_code == status
    assert list(google.jane().everything()["contacts"]) == [name]


@pytest.mark.parametrize(("ticked", "status"), [(2, 200), (1, 400), (0, 400)])
def test_merging_in_the_address_book(google: Google, ticked: int, status: int) -> None:
    """In the address book contacts are ticked and merged; one alone cannot be."""
    contacts = [name.removeprefix("people/") for name in twins(google)]
    pages = f"{google.address}/contacts/{JANE}"
    assert google.http.get(f"{pages}/", timeout=TIMEOUT).text.count('type="checkbox"') == 2
    answer = google.http.post(
        f"{pages}/merge",
        data={"contact": contacts[:ticked]},
        headers={"Origin": google.address},
        timeout=TIMEOUT,
    )
    assert answer.status_code == status
    assert len(google.jane().everything()["contacts"]) == (1 if ticked == 2 else 2)
