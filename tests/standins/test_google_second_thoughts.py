"""What owners do to contacts beyond the API: copying, the trash, and "Undo changes"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from infra.standins.google.journal import REACHES_BACK
from infra.standins.google.user import User
from tests.standins.google_kit import JANE, Google, member_of, refusal, source_of

MARK = [{"key": "mark", "value": "ours"}]
MINE, STARRED = "contactGroups/myContacts", "contactGroups/starred"
FIELDS = "names,biographies,clientData,memberships,metadata"


def ours(google: Google, *groups: str, **fields: Any) -> str:
    """Add a contact that a program has marked, in these groups."""
    names = [{"givenName": "Ann"}]
    fields = {"names": names, "clientData": MARK, "memberships": member_of(*groups), **fields}
    return str(google.create(**fields)["resourceName"])


def groups_of(person: Mapping[str, Any]) -> list[str]:
    """Return the groups of a contact."""
    members = (item["contactGroupMembership"] for item in person["memberships"])
    return [member["contactGroupResourceName"] for member in members]


def two_hours_later(google: Google) -> None:
    """Let two hours pass, in which access tokens end."""
    google.later(hours=2)
    google.sign_in(JANE)


def held(google: Google) -> Mapping[str, Any]:
    """Return all contacts of the account, without what changes with every write."""
    contacts = google.side("GET", f"accounts/{JANE}")["contacts"]
    return {
        name: {field: items for field, items in contact.items() if field != "metadata"}
        for name, contact in contacts.items()
    }


@pytest.mark.parametrize("client_data", [False, True])
@pytest.mark.parametrize("labels", [False, True])
def test_a_copy_holds_the_same(google: Google, client_data: bool, labels: bool) -> None:
    """A copy has every field of the contact; its client data and its labels if it is said so."""
    label = google.make_group("Ours")["resourceName"]
    name = ours(google, label, STARRED, biographies=[{"value": "gate"}])
    first = google.read(name, FIELDS)
    second = google.read(google.jane().copy(name, client_data=client_data, labels=labels), FIELDS)
    texts = [(one["names"][0]["displayName"], one["biographies"][0]["value"]) for one in (first, second)]
    assert texts == [("Ann", "gate")] * 2
    assert ("clientData" in second) == client_data
    assert groups_of(second) == ([label, STARRED] if labels else [MINE])
    assert source_of(second)["id"] != source_of(first)["id"]


@dataclass(frozen=True, slots=True)
class Interrupted(User):
    """An owner, before the first of whose saves somebody else saves the contact."""

    saves: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Send one request, and note it."""
        if method == "PATCH":
            self.saves.append(path)
            if len(self.saves) == 1:
                User.edit(self, path.partition(":")[0], nicknames=[{"value": "Annie"}])
        return User.call(self, method, path, body, **query)


def test_an_owner_saves_once_more_what_somebody_else_saved_meanwhile(google: Google) -> None:
    """Both edits are there, and another refusal is not tried again."""
    name, owner = ours(google, MINE), google.jane()
    between = Interrupted(owner.address, owner.email, owner.token)
    between.edit(name, biographies=[{"value": "gate"}])
    person = google.read(name, "biographies,nicknames")
    assert person["biographies"][0]["value"] == "gate"
    assert person["nicknames"][0]["value"] == "Annie"
    assert len(between.saves) == 3
    with pytest.raises(requests.HTTPError):
        owner.edit(name, nicknames=[{"value": "x" * 2_000}])


def test_a_copy_needs_room(google: Google) -> None:
    """A full account takes no copy."""
    name = ours(google, MINE)
    google.side("POST", "rules", {"max_contacts": 1})
    with pytest.raises(requests.HTTPError):
        google.jane().copy(name)
    google.side("POST", "rules", {"max_contacts": 25_000})


def test_a_contact_out_of_the_trash_is_as_it_was(google: Google) -> None:
    """Same resource name, fields, client data and groups; another etag; a sync tells of it."""
    label = google.make_group("Ours")["resourceName"]
    name = ours(google, label, STARRED)
    before, etag = held(google), source_of(google.read(name))["etag"]
    google.jane().delete(name)
    token = google.connections(requestSyncToken=True).execute()["nextSyncToken"]
    google.jane().restore(name)
    told = google.connections(requestSyncToken=True, syncToken=token).execute()["connections"]
    assert held(google) == before
    assert source_of(google.read(name))["etag"] != etag
    assert [person["resourceName"] for person in told] == [name]


def test_a_label_that_is_no_more_does_not_come_back_with_a_contact(google: Google) -> None:
    """A contact whose only label was deleted meanwhile comes back in My Contacts."""
    label = google.make_group("Ours")["resourceName"]
    name = ours(google, label)
    google.jane().delete(name)
    google.people.contactGroups().delete(resourceName=label).execute()
    google.jane().restore(name)
    assert groups_of(google.read(name, "memberships")) == [MINE]


def test_the_trash_is_emptied_after_30_days(google: Google) -> None:
    """Then nothing comes back from it."""
    name = ours(google, MINE)
    google.jane().delete(name)
    google.later(days=30)
    google.sign_in(JANE)
    with pytest.raises(requests.HTTPError):
        google.jane().restore(name)


def test_changes_are_undone(google: Google) -> None:
    """What was deleted and edited since is as it was, what was added is in the trash, the rest untouched."""
    deleted, edited, same = (ours(google, MINE) for _ in range(3))
    before, untouched = held(google), google.read(same)
    two_hours_later(google)
    owner = google.jane()
    owner.delete(deleted)
    owner.edit(edited, names=[{"givenName": "Bob"}])
    owner.put(edited, STARRED)
    added = owner.add()
    etag = source_of(google.read(edited))["etag"]
    token = google.connections(requestSyncToken=True).execute()["nextSyncToken"]
    owner.undo(3600)
    told = google.connections(requestSyncToken=True, syncToken=token).execute()["connections"]
    assert held(google) == before
    assert google.read(same) == untouched
    assert source_of(google.read(edited))["etag"] != etag
    assert list(google.side("GET", f"accounts/{JANE}")["trash"]) == [added]
    named = {person["resourceName"]: "deleted" in person["metadata"] for person in told}
    assert named == {deleted: False, edited: False, added: True}


def test_only_changes_of_that_time_are_undone(google: Google) -> None:
    """Earlier ones stay, and the state of a contact that changed twice is that of the moment."""
    name = ours(google, MINE)
    owner = google.jane()
    for number in range(3):
        owner.edit(name, biographies=[{"value": str(number)}])
        google.later(minutes=10)
    owner.undo(15 * 60)
    assert google.read(name, "biographies")["biographies"][0]["value"] == "1"


@pytest.mark.parametrize("new_name", [False, True])
def test_a_merge_is_undone(google: Google, new_name: bool) -> None:
    """Both contacts are there again under their names, and what became of them is not."""
    first, second = ours(google, MINE), ours(google, STARRED)
    before = held(google)
    two_hours_later(google)
    owner = google.jane()
    owner.merge(first, second, new_name=new_name)
    owner.undo(3600)
    assert held(google) == before
    assert [google.read(name)["resourceName"] for name in (first, second)] == [first, second]


def test_a_deletion_comes_back_by_undoing(google: Google) -> None:
    """A contact that was taken out of the trash since then is in it again."""
    name = ours(google, MINE)
    google.jane().delete(name)
    two_hours_later(google)
    google.jane().restore(name)
    google.jane().undo(3600)
    assert refusal(google.people.people().get(resourceName=name, personFields="names"))["code"] == 404


@pytest.mark.parametrize("labels", [False, True])
def test_labels_are_undone_if_that_is_wanted(google: Google, labels: bool) -> None:
    """A label that was deleted or renamed is as it was, its client data and contacts too; or they stay."""
    deleted = google.make_group("Deleted", clientData=MARK)["resourceName"]
    renamed = google.make_group("Renamed")
    name = ours(google, deleted)
    before = google.side("GET", f"accounts/{JANE}")["groups"]
    two_hours_later(google)
    google.people.contactGroups().delete(resourceName=deleted).execute()
    body = {"contactGroup": {**renamed, "name": "Other"}}
    google.people.contactGroups().update(resourceName=renamed["resourceName"], body=body).execute()
    google.jane().undo(3600, labels=labels)
    after = google.side("GET", f"accounts/{JANE}")["groups"]
    assert after[renamed["resourceName"]]["name"] == ("Renamed" if labels else "Other")
    assert groups_of(google.read(name, "memberships")) == ([deleted] if labels else [MINE])
    if labels:
        assert after[deleted]["clientData"] == before[deleted]["clientData"]


def test_a_label_whose_name_is_taken_does_not_come_back(google: Google) -> None:
    """No two labels of one name come of undoing."""
    old = google.make_group("Ours")["resourceName"]
    two_hours_later(google)
    google.people.contactGroups().delete(resourceName=old).execute()
    new = google.make_group("Ours")["resourceName"]
    google.jane().undo(3600, labels=True)
    groups = google.side("GET", f"accounts/{JANE}")["groups"]
    assert old not in groups
    assert new in groups


def test_how_far_changes_can_be_undone(google: Google) -> None:
    """30 days, and not beyond the changes that are remembered."""
    with pytest.raises(requests.HTTPError):
        google.jane().undo(31 * 86_400)
    account = google.standin.world.accounts[JANE]
    contact = account.contact(ours(google, MINE))
    two_hours_later(google)
    for _ in range(REACHES_BACK):
        contact = account.supersede(contact, contact)
    with pytest.raises(requests.HTTPError):
        google.jane().undo(3 * 3600)


def plan(google: Google, ready: str) -> None:
    """Have somebody do something in the account before the next list of labels."""
    google.side("POST", "faults", [{"what": {"ready": ready}, "method": "contactGroups.list"}])
    google.people.contactGroups().list().execute()


def test_deeds_in_the_midst_of_calls(google: Google) -> None:
    """Contacts that a program has marked are copied, trashed, brought back, and all of it undone."""
    own = str(google.create()["resourceName"])
    two_hours_later(google)
    name = ours(google, MINE)
    counts = []
    for ready in ("contacts_copied", "contacts_trashed", "contacts_restored", "changes_undone"):
        plan(google, ready)
        counts.append(len(held(google)))
    assert counts == [3, 1, 3, 1]
    assert list(held(google)) == [own]
    assert name not in held(google)
