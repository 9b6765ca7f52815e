"""Labels, and who is in them, that readers see late."""

from typing import Any

from infra.standins.google.user import User
from tests.standins.google_kit import JANE, Google, member_of, refusal

MINUTES = 300
MARK = [{"key": "mark", "value": "ours"}]


def listed(google: Google, **asked: Any) -> dict[str, Any]:
    """Return the user's labels in a list, by resource name."""
    fields = "clientData,groupType,memberCount,metadata,name"
    groups = (
        google.people.contactGroups().list(groupFields=fields, **asked).execute().get("contactGroups", [])
    )
    return {group["resourceName"]: group for group in groups if group["groupType"] != "SYSTEM_CONTACT_GROUP"}


def rename(google: Google, group: Any, name: str) -> Any:
    """Give a label another name."""
    body = {"contactGroup": {**group, "name": name}}
    return google.people.contactGroups().update(resourceName=group["resourceName"], body=body).execute()


def test_a_new_label_is_listed_late(google: Google) -> None:
    """A list does not show a new label yet; a get does, and its name is taken all the same."""
    google.lag(labels=MINUTES)
    name = google.make_group("Ours")["resourceName"]
    before = listed(google)
    assert google.people.contactGroups().get(resourceName=name).execute()["name"] == "Ours"
    error = refusal(google.people.contactGroups().create(body={"contactGroup": {"name": "Ours"}}))
    assert before == {}
    assert error["code"] == 409
    google.later(seconds=MINUTES)
    assert list(listed(google)) == [name]


def test_a_changed_label_is_listed_late(google: Google) -> None:
    """A list goes on to show the old name and the client data that there was."""
    group = google.make_group("Ours")
    name = group["resourceName"]
    google.lag(labels=MINUTES)
    body = {
        "contactGroup": {**group, "name": "New", "clientData": MARK},
        "updateGroupFields": "clientData,name",
    }
    google.people.contactGroups().update(resourceName=name, body=body).execute()
    before = listed(google)[name]
    google.later(seconds=MINUTES)
    after = listed(google)[name]
    assert before["name"] == "Ours"
    assert "clientData" not in before
    assert before["etag"] == group["etag"]
    assert after["name"] == "New"
    assert after["clientData"] == MARK


def test_a_deleted_label_is_listed_for_a_while(google: Google) -> None:
    """A list goes on to show a deleted label with its members; a get does not."""
    name = google.make_group("Ours")["resourceName"]
    google.create(memberships=member_of(name))
    google.lag(labels=MINUTES)
    google.people.contactGroups().delete(resourceName=name).execute()
    assert listed(google)[name]["memberCount"] == 1
    assert refusal(google.people.contactGroups().get(resourceName=name))["code"] == 404
    google.later(seconds=MINUTES)
    assert listed(google) == {}


def test_members_are_counted_late(google: Google) -> None:
    """The number of its members is as old as the label's list."""
    name = google.make_group("Ours")["resourceName"]
    google.lag(labels=MINUTES)
    google.create(memberships=member_of(name))
    assert "memberCount" not in listed(google)[name]
    google.later(seconds=MINUTES)
    assert listed(google)[name]["memberCount"] == 1


def test_a_get_of_a_label_may_be_late(google: Google) -> None:
    """A get does not find a new label yet, and names its members late."""
    google.lag(label=MINUTES)
    name = google.make_group("Ours")["resourceName"]
    person = google.create(memberships=member_of(name))["resourceName"]
    groups = google.people.contactGroups()
    error = refusal(groups.get(resourceName=name))
    assert error["code"] == 404
    assert error["status"] == "NOT_FOUND"
    assert list(listed(google)) == [name]
    google.later(seconds=MINUTES)
    assert groups.get(resourceName=name, maxMembers=5).execute()["memberResourceNames"] == [person]


def test_a_sync_token_of_labels_loses_nothing(google: Google) -> None:
    """A token that was taken while changes were not seen yet delivers them when they are."""
    kept, gone = google.make_group("Kept"), google.make_group("Gone")["resourceName"]
    google.lag(labels=MINUTES)
    token = google.people.contactGroups().list().execute()["nextSyncToken"]
    rename(google, kept, "Renamed")
    google.people.contactGroups().delete(resourceName=gone).execute()
    early = google.people.contactGroups().list(syncToken=token).execute()
    assert early.keys() == {"nextSyncToken"}
    google.later(seconds=MINUTES)
    late = google.people.contactGroups().list(syncToken=early["nextSyncToken"]).execute()["contactGroups"]
    told = {group["resourceName"]: "deleted" in group["metadata"] for group in late}
    assert told == {kept["resourceName"]: False, gone: True}


def test_the_owner_sees_labels_at_once(google: Google) -> None:
    """Google's own pages show what is so."""
    google.lag(labels=MINUTES, label=MINUTES)
    google.make_group("Ours")
    shown = User.of(google.address, JANE).call("GET", "contactGroups", pageSize="100")["contactGroups"]
    assert "Ours" in [group["name"] for group in shown]
