"""The stand-in's own API, and the stand-in as a program."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.standins.google import GoogleStandIn
from tests.standins.google_kit import JANE, TIMEOUT, Google, member_of


def test_new_account(google: Google) -> None:
    """An account is made with its client and refresh token, which then give an access token."""
    made = google.side(
        "POST", "accounts", {"email": "john@example.com", "client_id": "app", "client_secret": "s"}
    )
    assert made["email"] == "john@example.com"
    assert made["client_id"] == "app"
    assert len(made["refresh_tokens"]) == 1
    form = {"grant_type": "refresh_token", "client_id": "app", "client_secret": "s"}
    form["refresh_token"] = made["refresh_tokens"][0]
    assert google.http.post(google.address + "/token", data=form, timeout=TIMEOUT).status_code == 200
    assert google.side("GET", "")["accounts"] == [JANE, "john@example.com"]


def test_access_token_for_the_user(google: Google) -> None:
    """The user himself gets an access token without consent."""
    token = google.side("POST", f"accounts/{JANE}/access-token", {})["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = google.http.get(google.address + "/v1/contactGroups", headers=headers, timeout=TIMEOUT)
    assert answer.status_code == 200


def test_snapshot(google: Google) -> None:
    """A snapshot has all contacts, groups and the trash, and is the same when nothing has changed."""
    group = google.make_group("Ours", clientData=[{"key": "k", "value": "v"}])["resourceName"]
    kept = google.create(names=[{"givenName": "A"}], memberships=member_of(group))["resourceName"]
    gone = google.create()["resourceName"]
    google.people.people().deleteContact(resourceName=gone).execute()
    snapshot = google.side("GET", f"accounts/{JANE}")
    assert snapshot == google.side("GET", f"accounts/{JANE}")
    assert snapshot["contacts"][kept]["names"][0]["displayName"] == "A"
    assert list(snapshot["contacts"]) == [kept]
    assert list(snapshot["trash"]) == [gone]
    ours = snapshot["groups"][group]
    assert ours["members"] == [kept]
    assert ours["clientData"] == [{"key": "k", "value": "v"}]


def test_last_requests(google: Google) -> None:
    """The last requests are told with their bodies and answers, and without tokens."""
    google.create(names=[{"givenName": "A"}])
    google.ask("GET", "/v1/people/c1?personFields=names")
    create, get = google.side("GET", "requests?last=2")["requests"]
    assert create["method"] == "people.createContact"
    assert create["body"] == {"names": [{"givenName": "A"}]}
    assert create["status"] == 200
    assert create["effect"] is True
    assert get["account"] == JANE
    assert get["query"] == {"personFields": ["names"]}
    assert get["status"] == 404
    assert get["effect"] is False
    assert "ya29" not in str([create, get])


def test_clock(google: Google) -> None:
    """The clock is moved on, and shown."""
    assert google.side("POST", "clock", {"forward_seconds": 90})["now"] == "2025-03-01T12:01:30.000000Z"


def test_reset(google: Google) -> None:
    """A reset forgets everything and sets the clock back."""
    google.side("POST", "clock", {"forward_seconds": 90})
    assert google.side("POST", "reset") == {"now": "2025-03-01T12:00:00.000000Z", "accounts": []}


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "tea", None, 404),
        ("GET", "reset", None, 405),
        ("GET", "accounts/nobody@example.com", None, 404),
        ("POST", "accounts", {"mail": "x"}, 400),
        ("POST", "accounts", {"email": 5}, 400),
        ("POST", "clock", {}, 400),
    ],
)
def test_unsuitable_request(google: Google, method: str, path: str, content: Any, status: int) -> None:
    """What the side API cannot do it says, with the reason."""
    url = f"{google.address}/standin/{path}"
    answer = google.http.request(method, url, json=content, timeout=TIMEOUT)
    assert answer.status_code == status
    assert answer.json().keys() == {"error"}


def test_closing_ends_open_connections() -> None:
    """A server that is closed does not wait for clients that keep their connection open."""
    with requests.Session() as session:
        with GoogleStandIn().serve() as address:
            assert session.get(address + "/standin/", timeout=TIMEOUT).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(address + "/standin/", timeout=TIMEOUT)


def test_program(tmp_path: Path) -> None:
    """The stand-in starts alone, with accounts from a file."""
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps([{"email": JANE, "refresh_tokens": ["refresh"]}]))
    command = [sys.executable, "-m", "infra.standins.google", "--port", "0", "--accounts", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            address = program.stdout.readline().split()[2].rstrip("/")
            answer = requests.get(address + "/standin/", timeout=TIMEOUT)
            assert answer.json()["accounts"] == [JANE]
        finally:
            program.terminate()
