"""Who may do what: access tokens, scopes and the token endpoint."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from infra.standins.google import NewAccount
from tests.standins.google_kit import CONTACTS, JANE, READ_ONLY, TIMEOUT, Google, refusal

REFRESH = {
    "grant_type": "refresh_token",
    "refresh_token": "refresh",
    "client_id": "client",
    "client_secret": "secret",
}


def token(google: Google, form: Mapping[str, str], **options: Any) -> requests.Response:
    """Return the token endpoint's answer."""
    return google.http.post(google.address + "/token", data=dict(form), timeout=TIMEOUT, **options)


def refused(google: Google, **changes: str) -> tuple[int, Any, Any]:
    """Return the token endpoint's refusal of a good request with the given changes."""
    answer = token(google, {**REFRESH, **changes})
    return answer.status_code, answer.json()["error"], answer.json()["error_description"]


def groups_with(google: Google, access_token: str) -> requests.Response:
    """Return the answer to a request with an access token."""
    headers = {"Authorization": f"Bearer {access_token}"}
    return google.http.get(google.address + "/v1/contactGroups", headers=headers, timeout=TIMEOUT)


def test_no_token(google: Google) -> None:
    """A request without a token is 401 UNAUTHENTICATED."""
    answer = google.http.get(google.address + "/v1/contactGroups", timeout=TIMEOUT)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")


def test_unknown_token(google: Google) -> None:
    """A request with a token that nobody gave out is 401, and says that the token is no good."""
    answer = groups_with(google, "made-up")
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_access_token_expires(google: Google) -> None:
    """An access token is good for less than an hour."""
    access = token(google, REFRESH).json()["access_token"]
    assert groups_with(google, access).status_code == 200
    google.later(seconds=3599)
    assert groups_with(google, access).status_code == 401


def test_scope_insufficient(google: Google) -> None:
    """A method needs one of its scopes, else 403 with the reason ACCESS_TOKEN_SCOPE_INSUFFICIENT."""
    google.sign_in(JANE, READ_ONLY)
    error = refusal(google.people.people().createContact(body={}))
    assert error["code"] == 403
    assert error["status"] == "PERMISSION_DENIED"
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_reading_scope(google: Google) -> None:
    """The read-only scope is enough to read."""
    google.sign_in(JANE, READ_ONLY)
    assert google.connections().execute() == {}


def test_accounts_are_apart(google: Google) -> None:
    """Each account sees its own contacts and groups only."""
    name = google.create()["resourceName"]
    group = google.make_group("Ours")["resourceName"]
    google.sign_in("john@example.com")
    assert google.connections().execute() == {}
    assert refusal(google.people.people().deleteContact(resourceName=name))["code"] == 404
    assert refusal(google.people.contactGroups().get(resourceName=group))["code"] == 404


def test_token_in_the_body(google: Google) -> None:
    """A refresh token gives an access token, its life, scope and type."""
    answer = token(google, REFRESH)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    access = answer.json().pop("access_token")
    assert answer.json() == {
        "access_token": access,
        "expires_in": 3599,
        "scope": CONTACTS,
        "token_type": "Bearer",
    }


def test_token_with_basic(google: Google) -> None:
    """A client may name itself by HTTP Basic instead."""
    form = {"grant_type": "refresh_token", "refresh_token": "refresh"}
    answer = token(google, form, auth=("client", "secret"))
    assert answer.json()["token_type"] == "Bearer"


def test_google_auth(google: Google) -> None:
    """google-auth gets its token here."""
    access = credentials(google, "refresh")
    with requests.Session() as session:
        access.refresh(Request(session))
    assert groups_with(google, access.token).status_code == 200


def test_google_auth_knows_a_revoked_token(google: Google) -> None:
    """google-auth takes invalid_grant for what it is: not worth a retry."""
    with requests.Session() as session, pytest.raises(RefreshError) as caught:
        credentials(google, "unknown").refresh(Request(session))
    assert caught.value.retryable is False
    assert "invalid_grant" in str(caught.value)


def credentials(google: Google, refresh_token: str) -> Any:
    """Return the credentials that google-auth refreshes."""
    return Credentials(  # type: ignore[no-untyped-call]  # google-auth is untyped
        token=None,
        refresh_token=refresh_token,
        token_uri=google.address + "/token",
        client_id="client",
        client_secret="secret",
        scopes=[CONTACTS],
    )


def test_unknown_refresh_token(google: Google) -> None:
    """An unknown refresh token is 400 invalid_grant with Google's words."""
    expected = (400, "invalid_grant", "Token has been expired or revoked.")
    assert refused(google, refresh_token="unknown") == expected


def test_revoked_refresh_token(google: Google) -> None:
    """A revoked refresh token is 400 invalid_grant, and its access tokens are good for nothing."""
    access = token(google, REFRESH).json()["access_token"]
    assert google.side("POST", "revoke", {"refresh_token": "refresh"}) == {"revoked": True}
    assert refused(google)[:2] == (400, "invalid_grant")
    assert groups_with(google, access).status_code == 401


def test_unused_refresh_token(google: Google) -> None:
    """A refresh token that was not used for six months is gone; using it keeps it."""
    google.later(days=182)
    assert token(google, REFRESH).status_code == 200
    google.later(days=183)
    assert refused(google)[:2] == (400, "invalid_grant")


def test_refresh_token_with_an_end(google: Google) -> None:
    """The refresh token of an app in testing ends after its time, used or not."""
    new = NewAccount(email=JANE, refresh_tokens=["testing"], lifetime=7 * 86400)
    google.standin.world.add_account(new)
    google.later(days=7)
    assert refused(google, refresh_token="testing")[:2] == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": "nobody"}, (401, "invalid_client", "The OAuth client was not found.")),
        ({"client_secret": "wrong"}, (401, "invalid_client", "Unauthorized")),
        ({"client_id": ""}, (400, "invalid_request", "Could not determine client ID from request.")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", "Invalid grant_type: password")),
        ({"refresh_token": ""}, (400, "invalid_request", "Missing required parameter: refresh_token")),
        ({"scope": "email"}, (400, "invalid_scope", "Some requested scopes were not granted.")),
    ],
)
def test_token_refused(google: Google, changes: dict[str, str], expected: Any) -> None:
    """What the token endpoint refuses, it refuses as RFC 6749 says."""
    assert refused(google, **changes) == expected


def test_token_of_another_client(google: Google) -> None:
    """A refresh token is bound to the client that got it."""
    google.standin.world.add_account(NewAccount(email=JANE, client_id="other"))
    assert refused(google, client_id="other")[:2] == (401, "unauthorized_client")


def test_fewer_scopes(google: Google) -> None:
    """An access token can be asked for with some of the scopes granted."""
    new = NewAccount(email=JANE, refresh_tokens=["both"], scopes=[CONTACTS, READ_ONLY])
    google.standin.world.add_account(new)
    answer = token(google, {**REFRESH, "refresh_token": "both", "scope": READ_ONLY})
    assert answer.json()["scope"] == READ_ONLY
