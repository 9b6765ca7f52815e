"""Answers that leave out what is there."""

from typing import Any

import pytest

from infra.standins.google.ready_faults import READY
from infra.standins.google.user import User
from tests.standins.google_kit import JANE, Google, member_of

MARK = [{"key": "mark", "value": "ours"}]
LIST, GET, CREATE, UPDATE = (f"contactGroups.{method}" for method in ("list", "get", "create", "update"))


def plan(google: Google, ready: str, method: str, **rule: Any) -> None:
    """Have an answer leave something out."""
    google.side("POST", "faults", [{"what": {"ready": ready}, "method": method, **rule}])


def labels(google: Google, **asked: Any) -> dict[str, Any]:
    """Return the answer of a list of labels."""
    fields = "clientData,groupType,memberCount,name"
    answer: dict[str, Any] = google.people.contactGroups().list(groupFields=fields, **asked).execute()
    return answer


def names(answer: dict[str, Any]) -> list[str]:
    """Return the names in a list of labels."""
    return [group["name"] for group in answer.get("contactGroups", [])]


def test_all_that_leaves_something_out_is_there_by_name() -> None:
    """Each thing that an answer can leave out can be planned by name."""
    named = {what["left_out"] for what in READY.values() if "left_out" in what}
    assert named == {"contacts", "labels", "client_data", "people", "some_people"}


def test_a_listing_without_contacts(google: Google) -> None:
    """One listing is that of an empty account: no contacts, no counts; the next one is whole."""
    name = google.create()["resourceName"]
    plan(google, "contacts_left_out", "people.connections.list")
    assert google.connections().execute() == {}
    whole = google.connections().execute()
    assert [person["resourceName"] for person in whole["connections"]] == [name]
    assert whole["totalItems"] == 1


def test_the_token_of_a_listing_without_contacts(google: Google) -> None:
    """Its sync token stands for what it showed: the next listing of changes brings everything."""
    name = google.create()["resourceName"]
    plan(google, "contacts_left_out", "people.connections.list")
    empty = google.connections(requestSyncToken=True).execute()
    assert empty.keys() == {"nextSyncToken"}
    asked = {"requestSyncToken": True, "syncToken": empty["nextSyncToken"]}
    assert [p["resourceName"] for p in google.connections(**asked).execute()["connections"]] == [name]


def test_a_listing_of_changes_without_contacts(google: Google) -> None:
    """Changes that a listing leaves out are told by the next one."""
    token = google.connections(requestSyncToken=True).execute()["nextSyncToken"]
    name = google.create()["resourceName"]
    plan(google, "contacts_left_out", "people.connections.list")
    empty = google.connections(requestSyncToken=True, syncToken=token).execute()
    assert empty.keys() == {"nextSyncToken"}
    later = google.connections(requestSyncToken=True, syncToken=empty["nextSyncToken"]).execute()
    assert [person["resourceName"] for person in later["connections"]] == [name]


def test_a_later_page_without_contacts(google: Google) -> None:
    """A page can end the listing before its time."""
    for _ in range(3):
        google.create()
    first = google.connections(pageSize=1).execute()
    plan(google, "contacts_left_out", "people.connections.list")
    assert google.connections(pageSize=1, pageToken=first["nextPageToken"]).execute() == {}


def test_a_list_without_labels(google: Google) -> None:
    """One list of labels has the system's only; a list of changes delivers the others later."""
    google.make_group("Ours")
    plan(google, "labels_left_out", LIST)
    empty = labels(google)
    assert "Ours" not in names(empty)
    assert "starred" in names(empty)
    assert empty["totalItems"] == 8
    assert names(labels(google, syncToken=empty["nextSyncToken"])) == ["Ours"]
    assert "Ours" in names(labels(google))


@pytest.mark.parametrize("times", [1, 3])
def test_a_list_without_client_data(google: Google, times: int) -> None:
    """So many lists do not show the client data of labels, though they were asked for it; a get does."""
    group = google.make_group("Ours", clientData=MARK)["resourceName"]
    plan(google, "client_data_left_out", LIST, times=times)
    shown = ["clientData" in labels(google)["contactGroups"][-1] for _ in range(times + 1)]
    assert shown == [*[False] * times, True]
    found = google.people.contactGroups().get(resourceName=group, groupFields="clientData").execute()
    assert found["clientData"] == MARK


def test_client_data_is_left_out_elsewhere(google: Google) -> None:
    """Gets and the answers to writes can leave it out too, though it is stored."""
    groups, mask = google.people.contactGroups(), "clientData,name"
    for method in (GET, CREATE, UPDATE):
        plan(google, "client_data_left_out", method)
    body = {"contactGroup": {"name": "Ours", "clientData": MARK}, "readGroupFields": mask}
    created = groups.create(body=body).execute()
    name = created["resourceName"]
    changed = {"contactGroup": {**created, "name": "New"}, "readGroupFields": mask}
    shown = [
        created,
        groups.update(resourceName=name, body=changed).execute(),
        groups.get(resourceName=name, groupFields=mask).execute(),
    ]
    assert ["clientData" in group for group in shown] == [False] * 3
    assert groups.get(resourceName=name, groupFields=mask).execute()["clientData"] == MARK


@pytest.mark.parametrize(("ready", "told"), [("people_left_out", []), ("some_people_left_out", [0, 2])])
def test_a_batch_get_without_people(google: Google, ready: str, told: list[int]) -> None:
    """A batch of reads answers for none, or for every other name, and says nothing of the rest."""
    people = [google.create()["resourceName"] for _ in range(3)]
    plan(google, ready, "people.getBatchGet")
    asked = {"resourceNames": people, "personFields": "metadata"}
    answer = google.people.people().getBatchGet(**asked).execute()
    assert [one["requestedResourceName"] for one in answer.get("responses", [])] == [people[i] for i in told]
    assert len(google.people.people().getBatchGet(**asked).execute()["responses"]) == 3


def test_the_owner_sees_everything(google: Google) -> None:
    """Google's own pages leave nothing out."""
    group = google.make_group("Ours", clientData=MARK)["resourceName"]
    name = google.create(memberships=member_of(group))["resourceName"]
    for ready in ("contacts_left_out", "labels_left_out", "client_data_left_out"):
        plan(google, ready, "*")
    jane = User.of(google.address, JANE)
    shown = jane.call("GET", "people/me/connections", personFields="memberships")["connections"]
    assert [person["resourceName"] for person in shown] == [name]
    assert "Ours" in [one["name"] for one in jane.call("GET", "contactGroups")["contactGroups"]]
