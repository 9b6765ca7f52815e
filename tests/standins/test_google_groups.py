"""Contact groups and who is in them."""

from typing import Any

import pytest

from tests.standins.google_kit import JANE, Google, member_of, refusal, source_of

MINE, STARRED, FRIENDS = "contactGroups/myContacts", "contactGroups/starred", "contactGroups/friends"


def groups_of(google: Google, name: str) -> list[str]:
    """Return the groups of a contact."""
    items = google.read(name, "memberships")["memberships"]
    return [item["contactGroupMembership"]["contactGroupResourceName"] for item in items]


def modify(google: Google, group: str, add: list[str], remove: list[str]) -> Any:
    """Return a request that changes the members of a group."""
    body = {"resourceNamesToAdd": add, "resourceNamesToRemove": remove}
    return google.people.contactGroups().members().modify(resourceName=group, body=body)


def put(google: Google, group: Any, **body: Any) -> Any:
    """Return a request that updates a group."""
    name = group["resourceName"]
    return google.people.contactGroups().update(resourceName=name, body={"contactGroup": group, **body})


def read(google: Google, name: str, **asked: Any) -> Any:
    """Read a group."""
    return google.people.contactGroups().get(resourceName=name, **asked).execute()


def listed(google: Google, **asked: Any) -> Any:
    """List groups."""
    return google.people.contactGroups().list(**asked).execute()


def new_contact(google: Google, *groups: str) -> str:
    """Return the resource name of a new contact in the given groups."""
    name: str = google.create(memberships=member_of(*groups))["resourceName"]
    return name


def test_create(google: Google) -> None:
    """A new group has an id of the server's, an etag and, by default, no client data in the answer."""
    group = google.make_group("Ours", clientData=[{"key": "k", "value": "v"}])
    assert group.keys() == {"resourceName", "etag", "groupType", "metadata", "name", "formattedName"}
    assert group["groupType"] == "USER_CONTACT_GROUP"
    assert group["name"] == "Ours"
    assert group["formattedName"] == "Ours"


def test_client_data_when_asked(google: Google) -> None:
    """Client data is kept and read when the mask names it."""
    data = [{"key": "k", "value": "v"}]
    body = {"contactGroup": {"name": "Ours", "clientData": data}, "readGroupFields": "clientData"}
    created = google.people.contactGroups().create(body=body).execute()
    assert created.keys() == {"resourceName", "etag", "clientData"}
    assert read(google, created["resourceName"], groupFields="clientData")["clientData"] == data
    assert "clientData" not in read(google, created["resourceName"])


@pytest.mark.parametrize("name", ["Ours", "Friends", "starred"])
def test_name_is_unique(google: Google, name: str) -> None:
    """A name that another group has is 409, a system group's too."""
    google.make_group("Ours")
    error = refusal(google.people.contactGroups().create(body={"contactGroup": {"name": name}}))
    assert error["code"] == 409
    assert error["status"] == "ALREADY_EXISTS"


def test_name_of_a_deleted_group(google: Google) -> None:
    """The name of a deleted group is free again."""
    group = google.make_group("Ours")["resourceName"]
    google.people.contactGroups().delete(resourceName=group).execute()
    assert google.make_group("Ours")["resourceName"] != group


def test_rename(google: Google) -> None:
    """An update changes the name by default, and gives a new etag."""
    group = google.make_group("Ours")
    renamed = put(google, {**group, "name": "Theirs", "clientData": [{"key": "k"}]}).execute()
    assert renamed["name"] == "Theirs"
    assert renamed["formattedName"] == "Theirs"
    assert renamed["etag"] != group["etag"]
    assert "clientData" not in read(google, group["resourceName"], groupFields="clientData")


def test_update_client_data(google: Google) -> None:
    """An update with client data in its mask replaces that and leaves the name."""
    group = google.make_group("Ours")
    changed = {**group, "name": "Theirs", "clientData": [{"key": "k", "value": "v"}]}
    put(google, changed, updateGroupFields="clientData").execute()
    after = read(google, group["resourceName"], groupFields="clientData,name")
    assert after["name"] == "Ours"
    assert after["clientData"] == [{"key": "k", "value": "v"}]


def test_rename_to_a_taken_name(google: Google) -> None:
    """A group cannot take another's name, but can keep its own."""
    google.make_group("Ours")
    group = google.make_group("Theirs")
    assert refusal(put(google, {**group, "name": "Ours"}))["code"] == 409
    assert put(google, group).execute()["name"] == "Theirs"


def test_stale_group_etag(google: Google) -> None:
    """An update with an outdated etag is 409; without any it is 400."""
    group = google.make_group("Ours")
    put(google, {**group, "name": "Theirs"}).execute()
    error = refusal(put(google, {**group, "name": "Mine"}))
    assert error["code"] == 409
    assert error["message"] == "Contact group etag is outdated."
    assert refusal(put(google, {"resourceName": group["resourceName"], "name": "Mine"}))["code"] == 400


def test_invalid_group_mask(google: Google) -> None:
    """Group masks are checked against the description, each against its own list."""
    assert refusal(google.people.contactGroups().list(groupFields="colour"))["message"] == (
        "Invalid groupFields mask path: 'colour'."
    )
    body = {"contactGroup": {"name": "x"}, "readGroupFields": "memberCount"}
    assert refusal(google.people.contactGroups().create(body=body))["message"] == (
        "Invalid readGroupFields mask path: 'memberCount'."
    )


def test_system_groups(google: Google) -> None:
    """Every account has Google's own groups, which nobody can change or delete."""
    names = [group["name"] for group in listed(google)["contactGroups"]]
    expected = ["myContacts", "starred", "friends", "family", "coworkers", "chatBuddies", "blocked", "all"]
    assert names == expected
    assert refusal(google.people.contactGroups().delete(resourceName=STARRED))["code"] == 400
    assert refusal(put(google, {"resourceName": STARRED, "name": "x", "etag": "x"}))["code"] == 400


def test_member_count(google: Google) -> None:
    """A group counts its members, and leaves out a count of zero."""
    group = google.make_group("Ours")["resourceName"]
    assert "memberCount" not in read(google, group)
    names = [new_contact(google, group) for _ in range(2)]
    assert read(google, group)["memberCount"] == 2
    assert read(google, "contactGroups/all")["memberCount"] == 2
    google.people.people().deleteContact(resourceName=names[0]).execute()
    assert read(google, group)["memberCount"] == 1


@pytest.mark.parametrize(("asked", "shown"), [({}, 0), ({"maxMembers": 1}, 1), ({"maxMembers": 9}, 3)])
def test_max_members(google: Google, asked: Any, shown: int) -> None:
    """Members are named when asked for, none by default, whatever their number is."""
    group = google.make_group("Ours")["resourceName"]
    for _ in range(3):
        new_contact(google, group)
    found = read(google, group, **asked)
    assert found["memberCount"] == 3
    assert len(found.get("memberResourceNames", [])) == shown


def test_default_page_of_groups(google: Google) -> None:
    """A page of groups has 30 by default."""
    for number in range(25):
        google.make_group(f"Group {number}")
    first = listed(google)
    assert len(first["contactGroups"]) == 30
    assert first["totalItems"] == 33
    assert "nextSyncToken" not in first
    second = listed(google, pageToken=first["nextPageToken"])
    assert len(second["contactGroups"]) == 3
    assert "nextSyncToken" in second
    assert "nextPageToken" not in second


def test_changed_groups(google: Google) -> None:
    """A sync token, given without asking, brings the groups changed and deleted since."""
    gone, kept = google.make_group("Gone")["resourceName"], google.make_group("Kept")
    token = listed(google)["nextSyncToken"]
    assert listed(google, syncToken=token).keys() == {"nextSyncToken"}
    google.people.contactGroups().delete(resourceName=gone).execute()
    put(google, {**kept, "name": "Renamed"}).execute()
    changed = listed(google, syncToken=token)["contactGroups"]
    assert {group["resourceName"]: "deleted" in group["metadata"] for group in changed} == {
        gone: True,
        kept["resourceName"]: False,
    }


def test_delete_a_group(google: Google) -> None:
    """A deleted group is gone; its contacts stay, in "My Contacts" when they were nowhere else."""
    group = google.make_group("Ours")["resourceName"]
    alone, starred = new_contact(google, group), new_contact(google, group, STARRED)
    assert google.people.contactGroups().delete(resourceName=group).execute() == {}
    assert refusal(google.people.contactGroups().get(resourceName=group))["code"] == 404
    assert groups_of(google, alone) == [MINE]
    assert groups_of(google, starred) == [STARRED]


def test_delete_a_group_with_its_contacts(google: Google) -> None:
    """With deleteContacts the contacts go to the trash."""
    group = google.make_group("Ours")["resourceName"]
    inside, outside = new_contact(google, group), new_contact(google, MINE)
    google.people.contactGroups().delete(resourceName=group, deleteContacts=True).execute()
    snapshot = google.side("GET", f"accounts/{JANE}")
    assert list(snapshot["contacts"]) == [outside]
    assert list(snapshot["trash"]) == [inside]


def test_create_without_memberships(google: Google) -> None:
    """A contact created without memberships is put into "My Contacts", by choice."""
    assert groups_of(google, google.create()["resourceName"]) == [MINE]


def test_create_in_a_label_only(google: Google) -> None:
    """A contact created in a label only is in nothing else, by choice."""
    group = google.make_group("Ours")["resourceName"]
    assert groups_of(google, new_contact(google, group)) == [group]


@pytest.mark.parametrize("group", [FRIENDS, "contactGroups/none"])
def test_create_in_a_group_that_takes_none(google: Google, group: str) -> None:
    """Contacts cannot be added to other system groups, nor to groups that do not exist."""
    request = google.people.people().createContact(body={"memberships": member_of(group)})
    assert refusal(request)["status"] == "INVALID_ARGUMENT"


def test_update_memberships(google: Google) -> None:
    """Memberships in the update mask are replaced; without them in the mask they stay."""
    group = google.make_group("Ours")["resourceName"]
    person = google.create()
    wanted = {**person, "memberships": member_of(group, STARRED)}
    after = google.update(wanted, mask="names").execute()
    assert groups_of(google, person["resourceName"]) == [MINE]
    google.update({**wanted, **after}, mask="memberships").execute()
    assert groups_of(google, person["resourceName"]) == [group, STARRED]


@pytest.mark.parametrize("memberships", [[], [{"domainMembership": {"inViewerDomain": True}}]])
def test_last_membership(google: Google, memberships: Any) -> None:
    """A contact must always have at least one contact group membership."""
    request = google.update({**google.create(), "memberships": memberships}, mask="memberships")
    assert refusal(request)["message"] == "A contact must always have at least one contact group membership."


def test_modify_members(google: Google) -> None:
    """Members are added and removed; other memberships stay, and doing it again changes nothing."""
    group = google.make_group("Ours")["resourceName"]
    joins, leaves = new_contact(google, MINE), new_contact(google, group, STARRED)
    assert modify(google, group, [joins], [leaves]).execute() == {}
    assert groups_of(google, joins) == [MINE, group]
    assert groups_of(google, leaves) == [STARRED]
    before = google.side("GET", f"accounts/{JANE}")
    assert modify(google, group, [joins], [leaves]).execute() == {}
    assert google.side("GET", f"accounts/{JANE}") == before


def test_modified_member_has_a_new_etag(google: Google) -> None:
    """A change of its groups is a change of the contact, by choice."""
    person = google.create()
    modify(google, STARRED, [person["resourceName"]], []).execute()
    assert source_of(google.read(person["resourceName"]))["etag"] != source_of(person)["etag"]


def test_members_that_cannot_be_modified(google: Google) -> None:
    """Unknown names and last memberships are named in the answer; the rest is done."""
    group = google.make_group("Ours")["resourceName"]
    alone, joins = new_contact(google, group), new_contact(google, MINE)
    assert modify(google, group, [joins, "people/c1"], [alone]).execute() == {
        "notFoundResourceNames": ["people/c1"],
        "canNotRemoveLastContactGroupResourceNames": [alone],
    }
    assert groups_of(google, alone) == [group]
    assert groups_of(google, joins) == [MINE, group]


def test_modify_a_group_that_takes_none(google: Google) -> None:
    """Other system groups can only lose members; an unknown group is 404."""
    name = google.create()["resourceName"]
    assert refusal(modify(google, FRIENDS, [name], []))["code"] == 400
    assert modify(google, FRIENDS, [], [name]).execute() == {}
    assert refusal(modify(google, "contactGroups/none", [name], []))["code"] == 404
