"""Listing connections: pages, orders and sync tokens."""

from typing import Any

import pytest

from tests.standins.google_kit import JANE, Google, refusal


def named(google: Google, given: str, family: str = "") -> Any:
    """Add a contact with a name."""
    return google.create(names=[{"givenName": given, "familyName": family}])


def names(answer: Any) -> list[str]:
    """Return the display names in an answer."""
    return [person["names"][0]["displayName"] for person in answer.get("connections", [])]


def changes(google: Google, token: str, **asked: Any) -> Any:
    """Return a request for the changes since a sync token."""
    return google.connections(requestSyncToken=True, syncToken=token, **asked)


def delete(google: Google, person: Any) -> None:
    """Delete a contact."""
    google.people.people().deleteContact(resourceName=person["resourceName"]).execute()


def test_only_ones_own_connections(google: Google) -> None:
    """Only `people/me` has connections."""
    assert refusal(google.connections(resourceName="people/c1"))["status"] == "INVALID_ARGUMENT"


def test_empty_account(google: Google) -> None:
    """An empty list leaves out everything that is empty or zero."""
    assert google.connections().execute() == {}


def test_default_page(google: Google) -> None:
    """A page has 100 people by default, and says how many there are."""
    body: Any = {"contacts": [{"contactPerson": {}}] * 101, "readMask": "metadata"}
    google.people.people().batchCreateContacts(body=body).execute()
    page = google.connections().execute()
    assert len(page["connections"]) == 100
    assert page["totalItems"] == 101
    assert page["totalPeople"] == 101


def test_pages(google: Google) -> None:
    """Page after page everybody is listed once, and the last page has no page token."""
    for given in "ABCDE":
        named(google, given)
    seen, token = [], None
    while True:
        page = google.connections(pageSize=2, **({"pageToken": token} if token else {})).execute()
        seen.append(names(page))
        token = page.get("nextPageToken")
        if token is None:
            break
    assert seen == [["A", "B"], ["C", "D"], ["E"]]


def test_sync_token_on_the_last_page_only(google: Google) -> None:
    """Only the last page of a listing that asks for it contains a sync token."""
    named(google, "A")
    named(google, "B")
    first = google.connections(pageSize=1, requestSyncToken=True).execute()
    asked = {"pageSize": 1, "requestSyncToken": True, "pageToken": first["nextPageToken"]}
    assert "nextSyncToken" not in first
    assert "nextSyncToken" in google.connections(**asked).execute()
    assert "nextSyncToken" not in google.connections().execute()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, ["B X", "C W", "A Z"]),
        ("LAST_MODIFIED_ASCENDING", ["B X", "C W", "A Z"]),
        ("LAST_MODIFIED_DESCENDING", ["A Z", "C W", "B X"]),
        ("FIRST_NAME_ASCENDING", ["A Z", "B X", "C W"]),
        ("LAST_NAME_ASCENDING", ["C W", "B X", "A Z"]),
    ],
)
@pytest.mark.parametrize("size", [1, 10])
def test_orders(google: Google, order: str | None, expected: list[str], size: int) -> None:
    """People are sorted as asked, by default by their last change, on pages of any size."""
    changed = named(google, "A", "Z")
    named(google, "B", "X")
    named(google, "C", "W")
    google.update(changed, mask="urls").execute()
    asked = {"pageSize": size, **({"sortOrder": order} if order else {})}
    page = google.connections(**asked).execute()
    seen = names(page)
    while "nextPageToken" in page:
        page = google.connections(**asked, pageToken=page["nextPageToken"]).execute()
        seen += names(page)
    assert seen == expected


@pytest.mark.parametrize(
    "change",
    [
        {"pageSize": 2},
        {"personFields": "names"},
        {"requestSyncToken": True},
        {"sortOrder": "FIRST_NAME_ASCENDING"},
    ],
)
def test_page_token_of_another_question(google: Google, change: Any) -> None:
    """With a page token all other parameters must match the first call."""
    named(google, "A")
    named(google, "B")
    token = google.connections(pageSize=1).execute()["nextPageToken"]
    error = refusal(google.connections(**{"pageSize": 1, "pageToken": token, **change}))
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == "Page token: all other request parameters must match the first call."


@pytest.mark.parametrize("change", [{"pageSize": 2}, {"personFields": "names"}, {"requestSyncToken": False}])
def test_sync_token_of_another_question(google: Google, change: Any) -> None:
    """With a sync token all other parameters must match the first call."""
    token = google.synced()
    asked = {"requestSyncToken": True, "syncToken": token, **change}
    assert refusal(google.connections(**asked))["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("kind", ["pageToken", "syncToken"])
def test_invented_token(google: Google, kind: str) -> None:
    """A token that is not Google's is 400, also when it is one of the other kind."""
    assert refusal(google.connections(**{kind: "invented"}))["code"] == 400
    named(google, "A")
    named(google, "B")
    page = google.connections(pageSize=1).execute()["nextPageToken"]
    other = google.synced() if kind == "pageToken" else page
    assert refusal(google.connections(**{kind: other}))["code"] == 400


def test_token_of_another_account(google: Google) -> None:
    """A token is good for the account it was given to."""
    token = google.synced()
    google.sign_in("john@example.com")
    assert refusal(changes(google, token))["code"] == 400


def test_no_changes(google: Google) -> None:
    """When nothing has changed there is a new sync token and no `connections` at all."""
    named(google, "A")
    assert changes(google, google.synced()).execute().keys() == {"nextSyncToken"}


def test_changes_since(google: Google) -> None:
    """Created, changed and deleted contacts come, the deleted ones marked, the others not."""
    stays, changed, deleted = named(google, "A"), named(google, "B"), named(google, "C")
    token = google.synced()
    google.update({**changed, "names": [{"givenName": "D"}]}, mask="names").execute()
    delete(google, deleted)
    created = named(google, "E")
    answer = changes(google, token).execute()
    seen = {person["resourceName"]: person for person in answer["connections"]}
    assert stays["resourceName"] not in seen
    marked = {name: person["metadata"].get("deleted", False) for name, person in seen.items()}
    assert marked == {
        changed["resourceName"]: False,
        created["resourceName"]: False,
        deleted["resourceName"]: True,
    }
    assert changes(google, answer["nextSyncToken"]).execute().keys() == {"nextSyncToken"}


def test_deleted_person(google: Google) -> None:
    """A deleted person has its metadata whatever the mask, and no fields."""
    person = named(google, "A")
    asked = {"personFields": "names", "requestSyncToken": True}
    token = google.connections(**asked).execute()["nextSyncToken"]
    delete(google, person)
    gone = google.connections(**asked, syncToken=token).execute()["connections"][0]
    assert gone.keys() == {"resourceName", "etag", "metadata"}
    assert gone["resourceName"] == person["resourceName"]
    assert gone["metadata"]["deleted"] is True


def test_pages_of_changes(google: Google) -> None:
    """Changes come in pages too, with the sync token on the last."""
    asked = {"pageSize": 1, "requestSyncToken": True}
    token = google.connections(**asked).execute()["nextSyncToken"]
    named(google, "A")
    named(google, "B")
    first = google.connections(**asked, syncToken=token).execute()
    second = google.connections(**asked, syncToken=token, pageToken=first["nextPageToken"]).execute()
    assert names(first) == ["A"]
    assert names(second) == ["B"]
    assert "nextSyncToken" not in first
    assert "nextSyncToken" in second


def test_change_while_paging(google: Google) -> None:
    """What is changed while a listing goes on is in the changes after it."""
    asked = {"pageSize": 1, "requestSyncToken": True}
    early = named(google, "A")
    named(google, "B")
    first = google.connections(**asked).execute()
    delete(google, early)
    second = google.connections(**asked, pageToken=first["nextPageToken"]).execute()
    answer = google.connections(**asked, syncToken=second["nextSyncToken"]).execute()
    assert [person["resourceName"] for person in answer["connections"]] == [early["resourceName"]]


def test_sync_token_expires(google: Google) -> None:
    """Seven days after the full sync a sync token is 400 with the reason EXPIRED_SYNC_TOKEN."""
    token = google.synced()
    google.later(days=7)
    google.sign_in(JANE)
    assert changes(google, token).execute().keys() == {"nextSyncToken"}
    google.later(seconds=1)
    assert refusal(changes(google, token)) == {
        "code": 400,
        "message": "Sync token is expired. Clear local cache and retry call without the sync token.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "EXPIRED_SYNC_TOKEN",
                "domain": "people.googleapis.com",
            }
        ],
    }


def test_incremental_sync_does_not_prolong(google: Google) -> None:
    """The seven days count from the full sync, however often changes are asked for."""
    token = google.synced()
    google.later(days=6)
    google.sign_in(JANE)
    token = changes(google, token).execute()["nextSyncToken"]
    google.later(days=2)
    google.sign_in(JANE)
    assert refusal(changes(google, token))["details"][0]["reason"] == "EXPIRED_SYNC_TOKEN"


def test_sync_token_with_the_newest_first(google: Google) -> None:
    """A sync token cannot be requested with the newest changes first."""
    request = google.connections(requestSyncToken=True, sortOrder="LAST_MODIFIED_DESCENDING")
    assert refusal(request)["status"] == "INVALID_ARGUMENT"
