import json
import logging
import traceback
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import requests

from shared.adapters.google.sign_in import SignedIn, account_credentials
from shared.adapters.google.transport import SendOnce
from shared.errors import Misconfigured, RetryLater, StopAccount, Trouble
from tests.fake_clock import FakeClock
from tests.memory_secrets import MemorySecrets
from tests.people_samples import LABEL, book_at, create_all, kinds, newcomers, refusal
from tests.scripted_server import (
    Answer,
    Close,
    Request,
    Reset,
    Script,
    ScriptedServer,
    Step,
)

REFRESH = "1//refresh-token"
SECRET = "GOCSPX-client-secret"
ACCESS = "ya29.access-token"
SECRETS = {"client": json.dumps({"client_id": "id-1", "client_secret": SECRET}), "account": REFRESH}


@pytest.fixture
def signed_in(server: ScriptedServer) -> Iterator[SignedIn]:
    """A transport for an account that has not signed in yet."""
    with requests.Session() as session:
        yield connect(session, server)


def connect(session: requests.Session, server: ScriptedServer) -> SignedIn:
    """Return a transport for an account."""
    credentials = account_credentials(
        MemorySecrets(**SECRETS), client="client", account="account", token_uri=f"{server.url}/token"
    )
    return SignedIn(SendOnce(session, 5), credentials)


def token(value: str = ACCESS, expires_in: int | str = 3599) -> Answer:
    """Return the token endpoint's answer."""
    return Answer(
        200, {"access_token": value, "expires_in": expires_in, "token_type": "Bearer", "scope": "x"}
    )


def bearers(server: ScriptedServer) -> list[str | None]:
    """Return the access tokens of the requests to the API."""
    return [request.headers["authorization"] for request in server.requests if request.path != "/token"]


def test_signing_in_comes_before_the_first_request(server: ScriptedServer, signed_in: SignedIn) -> None:
    """The refresh token is exchanged once; every request then carries the access token."""
    server.will(token(), Answer(), Answer())
    signed_in.request(f"{server.url}/a", headers={"x": "1"})
    signed_in.request(f"{server.url}/b", "POST", "{}")
    assert server.asked == ["POST /token", "GET /a", "POST /b"]
    assert parse_qs(server.requests[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["id-1"],
        "client_secret": [SECRET],
        "refresh_token": [REFRESH],
    }
    assert bearers(server) == [f"Bearer {ACCESS}"] * 2
    assert server.requests[1].headers["x"] == "1"


@pytest.mark.parametrize("expires_in", [1, "1"])
def test_a_token_that_is_about_to_expire_is_replaced(
    server: ScriptedServer, signed_in: SignedIn, expires_in: int | str
) -> None:
    """Before each request the token's age is looked at."""
    server.will(token("ya29.one", expires_in), Answer(), token("ya29.two"), Answer())
    signed_in.request(f"{server.url}/a")
    signed_in.request(f"{server.url}/b")
    assert bearers(server) == ["Bearer ya29.one", "Bearer ya29.two"]


def test_a_401_makes_the_next_request_sign_in_anew(server: ScriptedServer, signed_in: SignedIn) -> None:
    """The 401 is handed on, and its token is not used again."""
    server.will(token("ya29.one"), Answer(401), token("ya29.two"), Answer())
    head, _ = signed_in.request(f"{server.url}/a")
    assert head.status == 401
    signed_in.request(f"{server.url}/a")
    assert server.asked == ["POST /token", "GET /a", "POST /token", "GET /a"]
    assert bearers(server) == ["Bearer ya29.one", "Bearer ya29.two"]


@pytest.mark.parametrize(
    ("step", "kind", "reason"),
    [
        (  # as Google answers it
            Answer(
                400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            ),
            StopAccount,
            "google.reconnect",
        ),
        (Answer(401, {"error": "unauthorized_client"}), StopAccount, "google.reconnect"),
        (Answer(400, {"error": "admin_policy_enforced"}), StopAccount, "google.admin_policy"),
        (Answer(401, {"error": "invalid_client"}), Misconfigured, "google.oauth_client"),
        (Answer(401, {"error": "deleted_client"}), Misconfigured, "google.oauth_client"),
        (Answer(400, {"error": "something_new"}), Misconfigured, "google.sign_in_refused"),
        (Answer(403, {"error": "something_new"}), Misconfigured, "google.sign_in_refused"),
        (Answer(400, {"error": "Something 1//new"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(400, {"error": "a" * 41}), RetryLater, "google.sign_in_unavailable"),
        (Answer(400, {"error": "temporarily_unavailable"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(429, {"error": "something_new"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(400, {"error": {"code": 400}}), RetryLater, "google.sign_in_unavailable"),
        (Answer(400, b"<html>"), RetryLater, "google.sign_in_unavailable"),
        (Answer(403, b"\xff"), RetryLater, "google.sign_in_unavailable"),
        (Answer(429, {"error": "rate_limit_exceeded"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(500, {"error": "internal_failure"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(503, {"error": "invalid_grant"}), RetryLater, "google.sign_in_unavailable"),
        (Answer(302), RetryLater, "google.sign_in_unavailable"),
        (Answer(200, b"<html>"), RetryLater, "google.sign_in_unavailable"),
        (Answer(200, []), RetryLater, "google.sign_in_unavailable"),
        (Answer(200, {"access_token": None, "expires_in": 1}), RetryLater, "google.sign_in_unavailable"),
        (Answer(200, {"id_token": "x"}), RetryLater, "google.sign_in_unavailable"),
        (Close(), RetryLater, "google.sign_in_unavailable"),
        (Reset(), RetryLater, "google.sign_in_unavailable"),
    ],
)
def test_a_sign_in_that_fails_has_its_meaning(
    server: ScriptedServer, signed_in: SignedIn, step: Step, kind: type[Trouble], reason: str
) -> None:
    """The token endpoint is asked once; what may pass is for later, and what will not says what to do."""
    server.will(step, token(), Answer())
    with pytest.raises(Trouble) as caught:
        signed_in.request(f"{server.url}/a")
    assert type(caught.value) is kind
    assert caught.value.reason == reason
    assert server.asked == ["POST /token"]


def test_a_word_that_is_not_known_is_told_to_the_operator(
    server: ScriptedServer, signed_in: SignedIn
) -> None:
    """Nobody else needs it."""
    server.will(Answer(400, {"error": "org_internal"}))
    with pytest.raises(Misconfigured) as caught:
        signed_in.request(f"{server.url}/a")
    assert "'org_internal'" in caught.value.message
    assert "org_internal" not in caught.value.user_message


def test_nothing_of_a_token_is_in_errors_or_logs(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever fails, with everything logged: no token and no secret is in a text, a cause or a log line."""
    caplog.set_level(logging.DEBUG)
    secrets = (REFRESH, SECRET, ACCESS, "%2F%2Frefresh")
    echoes: list[Script] = [
        lambda request: Answer(400, request.body),
        lambda request: Answer(200, {"token": request.body.decode()}),
        lambda request: Answer(200, {"access_token": ACCESS}),
        Close(),
    ]
    texts: list[str] = []
    with requests.Session() as session:
        for echo in echoes:
            server.will(echo)
            signed_in = connect(session, server)
            with pytest.raises(Trouble) as caught:
                signed_in.request(f"{server.url}/a")
            texts += traceback.format_exception(caught.value)
            texts += [caught.value.message, caught.value.user_message, repr(signed_in)]
        server.will(token(), Close())
        with pytest.raises(requests.ConnectionError) as lost:
            connect(session, server).request(f"{server.url}/a")
    texts += traceback.format_exception(lost.value)
    everything = "\n".join((*texts, caplog.text))
    assert [secret for secret in secrets if secret in everything] == []


@pytest.mark.parametrize(
    "value", ["", "no json", '{"client_id": "a"}', '{"web": {"client_secret": "x"}}', "[1]"]
)
def test_a_client_secret_of_another_form_is_the_operators(value: str) -> None:
    """The error names the secret and the form that it should have, not what is in it."""
    secrets = MemorySecrets(client=value, account=REFRESH)
    with pytest.raises(Misconfigured) as caught:
        account_credentials(secrets, client="client", account="account", token_uri="http://127.0.0.1/")
    assert caught.value.message == 'the secret client is not {"client_id": …, "client_secret": …}'


def test_a_401_in_the_middle_of_a_run_is_invisible(server: ScriptedServer) -> None:
    """A token that Google stops accepting is replaced, the create goes out again, and each request counts."""
    server.will(
        token("ya29.one"), Answer(200, {}), refusal(401, "UNAUTHENTICATED"), token("ya29.two"), create_all
    )
    with (
        requests.Session() as session,
        book_at(server.url, FakeClock(), http=connect(session, server)) as book,
    ):
        assert list(book.list()) == []
        assert kinds(book.create(newcomers(6), LABEL)) == {"Written": 6}
        assert book.requests == 3
    assert bearers(server) == ["Bearer ya29.one", "Bearer ya29.one", "Bearer ya29.two"]


def test_a_revoked_account_stops(server: ScriptedServer) -> None:
    """Without a new token the account must be connected again, and nothing else is sent."""
    server.will(token(), refusal(401, "UNAUTHENTICATED"), Answer(400, {"error": "invalid_grant"}))
    with (
        requests.Session() as session,
        book_at(server.url, FakeClock(), http=connect(session, server)) as book,
        pytest.raises(StopAccount) as caught,
    ):
        book.create(newcomers(6), LABEL)
    assert caught.value.reason == "google.reconnect"
    assert server.asked == ["POST /token", "POST /v1/people:batchCreateContacts", "POST /token"]


def test_a_sign_in_that_is_down_is_waited_for(server: ScriptedServer) -> None:
    """A create that could not even be signed in was not sent, so it can wait for the token endpoint."""
    clock = FakeClock()
    server.will(Answer(503), Close(), token(), create_all)
    with requests.Session() as session, book_at(server.url, clock, http=connect(session, server)) as book:
        assert kinds(book.create(newcomers(1), LABEL)) == {"Written": 1}
    assert clock.slept == [5, 10]


def test_two_accounts_never_share_a_token(server: ScriptedServer) -> None:
    """Each account's requests carry its own token."""

    def answer(request: Request) -> Step:
        return token(f"ya29.{len(server.requests)}") if request.path == "/token" else Answer()

    server.will(*[answer] * 6)
    with requests.Session() as one, requests.Session() as other:
        accounts = [connect(one, server), connect(other, server)]
        for account in (*accounts, *accounts):
            account.request(f"{server.url}/a")
    assert bearers(server) == ["Bearer ya29.1", "Bearer ya29.3", "Bearer ya29.1", "Bearer ya29.3"]
