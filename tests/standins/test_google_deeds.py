"""What somebody else does in an account between two calls of a program, or in the midst of one."""

from typing import Any

import pytest
import requests

from tests.standins.google_kit import JANE, TIMEOUT, Google, member_of, refusal

OURS = [{"key": "mark", "value": "ours"}]
CREATE = "people.createContact"


def plan(google: Google, ready: str, **rule: Any) -> None:
    """Plan one of the ready-made faults."""
    google.side("POST", "faults", [{"what": {"ready": ready}, **rule}])


def create(google: Google, group: str, token: str | None = None) -> requests.Response:
    """Create a contact in a group."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return google.ask(
        "POST", "/v1/people:createContact", json={"memberships": member_of(group)}, headers=headers
    )


def signed_in(google: Google) -> str:
    """Return an access token that comes of the refresh token."""
    form = {"grant_type": "refresh_token", "client_id": "client", "client_secret": "secret"}
    answer = google.http.post(
        f"{google.address}/token", data={**form, "refresh_token": "refresh"}, timeout=TIMEOUT
    )
    return str(answer.json().get("access_token", answer.json().get("error")))


@pytest.mark.parametrize(("when", "status"), [("before", 400), ("after", 200)])
def test_label_is_deleted(google: Google, when: str, status: int) -> None:
    """The label of a program is deleted just before a write to it, or just after; other labels stay."""
    ours, other = google.make_group("Ours", clientData=OURS), google.make_group("Other")
    plan(google, "labels_deleted", method=CREATE, when=when)
    assert create(google, ours["resourceName"]).status_code == status
    groups = google.side("GET", f"accounts/{JANE}")["groups"]
    assert ours["resourceName"] not in groups
    assert other["resourceName"] in groups


def test_contacts_of_a_deleted_label_stay(google: Google) -> None:
    """With a label its contacts do not go."""
    ours = google.make_group("Ours", clientData=OURS)["resourceName"]
    plan(google, "labels_deleted", method=CREATE, when="after")
    name = create(google, ours).json()["resourceName"]
    assert google.side("GET", f"accounts/{JANE}")["groups"]["contactGroups/myContacts"]["members"] == [name]


def test_label_is_renamed(google: Google) -> None:
    """The label of a program is renamed; it stays the same label, with another etag."""
    ours = google.make_group("Ours", clientData=OURS)
    plan(google, "labels_renamed", method=CREATE)
    assert create(google, ours["resourceName"]).status_code == 200
    group = google.side("GET", f"accounts/{JANE}")["groups"][ours["resourceName"]]
    assert group["name"] == "Ours (renamed)"
    assert group["etag"] != ours["etag"]


def test_access_is_revoked(google: Google) -> None:
    """The user takes back the access in the middle of a run: the call is 401, and so is the refresh."""
    token = signed_in(google)
    plan(google, "access_revoked", method=CREATE)
    assert create(google, "contactGroups/myContacts", token).status_code == 401
    assert signed_in(google) == "invalid_grant"


def test_access_token_ends(google: Google) -> None:
    """An access token ends before its time; the refresh token gives a new one."""
    token = signed_in(google)
    plan(google, "access_tokens_ended", method=CREATE)
    assert create(google, "contactGroups/myContacts", token).status_code == 401
    assert create(google, "contactGroups/myContacts", signed_in(google)).status_code == 200


def test_sync_tokens_expire_early(google: Google) -> None:
    """Google may give up sync tokens at any time; those of a listing after that are good."""
    asked = {"requestSyncToken": True}
    token = google.connections(**asked).execute()["nextSyncToken"]
    google.side("POST", f"accounts/{JANE}/deeds", {"deed": "expire_sync_tokens"})
    error = refusal(google.connections(**asked, syncToken=token))
    assert error["details"][0]["reason"] == "EXPIRED_SYNC_TOKEN"
    token = google.connections(**asked).execute()["nextSyncToken"]
    assert google.connections(**asked, syncToken=token).execute().keys() == {"nextSyncToken"}


def test_long_quota_begins(google: Google) -> None:
    """The long quota is exhausted for an hour, from the call that is struck on."""
    plan(google, "long_quota_for_an_hour", method=CREATE)
    group = "contactGroups/myContacts"
    statuses = [create(google, group).status_code for _ in range(2)]
    google.later(hours=1)
    google.sign_in(JANE)
    assert [*statuses, create(google, group).status_code] == [429, 429, 200]


def test_unknown_deed(google: Google) -> None:
    """A deed that there is not is refused, with the reason."""
    assert google.side("POST", f"accounts/{JANE}/deeds", {"deed": "sing"}).keys() == {"error"}


def test_deed_without_an_account(google: Google) -> None:
    """A call whose token is no good is about nobody's account, and nothing is done."""
    google.make_group("Ours", clientData=OURS)
    plan(google, "labels_deleted")
    assert create(google, "contactGroups/myContacts", "invented").status_code == 401
    assert "Ours" in str(google.side("GET", f"accounts/{JANE}")["groups"])
