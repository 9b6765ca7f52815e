"""The port `Consent` by its one adapter, over real HTTP: against Google's stand-in, and by a script."""

import json
import logging
import time
import traceback
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.google.world import NewClient
from shared.adapters.google.certificates import GoogleCertificates
from shared.adapters.google.consent import Endpoints, GoogleConsent
from shared.adapters.google.id_tokens import GoogleIdentity
from shared.errors import Denied, Misconfigured, RetryLater, Trouble
from shared.ports import CONTACTS, Consent, Consented
from tests.fake_clock import FakeClock
from tests.memory_secrets import MemorySecrets
from tests.scripted_server import Answer, Close, Hang, Request, Reset, ScriptedServer, Step, scripted_server
from tests.standins.consent_kit import Browser
from tests.world import CONSOLE, issuer

MARY = "mary@example.com"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CODE = "4/0AbCdEf-code"
REFRESH = "1//refresh-token"
ACCESS = "ya29.access-token"
SECRET = "GOCSPX-client-secret"
SECRETS = {"oauth-client": json.dumps({"client_id": "client", "client_secret": SECRET})}


def consent(url: str, console_url: str = CONSOLE, patience: float = 5) -> Consent:
    """Return the consent at Google's address, as it is put together in production."""
    verify = GoogleIdentity(GoogleCertificates(f"{url}/certs", FakeClock())).verify
    endpoints = Endpoints(f"{url}/o/oauth2/v2/auth", f"{url}/token", f"{url}/revoke")
    secrets = MemorySecrets(**SECRETS)
    return GoogleConsent(secrets, "oauth-client", endpoints, console_url, verify, patience=patience)


@dataclass(frozen=True)
class Google:
    """The stand-in, with Mary's account and our OAuth client."""

    standin: GoogleStandIn
    url: str

    @property
    def consent(self) -> Consent:
        """The port."""
        verify = GoogleIdentity(GoogleCertificates(f"{self.url}/oauth2/v1/certs", FakeClock())).verify
        endpoints = Endpoints(f"{self.url}/o/oauth2/v2/auth", f"{self.url}/token", f"{self.url}/revoke")
        return GoogleConsent(MemorySecrets(**SECRETS), "oauth-client", endpoints, CONSOLE, verify)

    def back(self, button: str, *tick: str) -> dict[str, str]:
        """Return what Mary's browser brings back."""
        with requests.Session() as http:
            url = self.consent.url(state="st4te", challenge=CHALLENGE, hint=MARY)
            return Browser(http).open(url).press(button, *tick).sent_back

    def refreshes(self, token: str) -> bool:
        """Return whether Google still takes a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "client"}
        return requests.post(f"{self.url}/token", form | {"client_secret": SECRET}, timeout=5).ok


@pytest.fixture
def google() -> Iterator[Google]:
    """Google as the stand-in plays it."""
    standin = GoogleStandIn(issuer=issuer())
    standin.world.add_client(NewClient("client", SECRET, [f"{CONSOLE}/oauth/callback"], "SIMPLer"))
    standin.world.add_account(NewAccount(MARY, refresh_tokens=[]))
    with standin.serve() as url:
        yield Google(standin, url)


def granted(**changed: Any) -> Answer:
    """Return the token endpoint's answer, changed; None leaves a member out."""
    usual = {
        "access_token": ACCESS,
        "expires_in": 3599,
        "refresh_token": REFRESH,
        "scope": f"openid {EMAIL} {CONTACTS}",
        "token_type": "Bearer",
        "id_token": id_token(),
    }
    return Answer(200, {name: value for name, value in (usual | changed).items() if value is not None})


def id_token(**changed: Any) -> str:
    """Return an ID token of Mary's for our client."""
    return issuer().sign({"aud": "client", "sub": "117", "email": MARY} | changed)


def certificates(_: Request) -> Step:
    """Return Google's certificates."""
    return Answer(200, issuer().certificates)


def exchange(server: ScriptedServer) -> Consented:
    """Redeem the code."""
    return consent(server.url).exchange(CODE, VERIFIER)


def trouble(call: Callable[[], object]) -> tuple[type[Trouble], str]:
    """Return the type and the code of the trouble that it ends with."""
    with pytest.raises(Trouble) as caught:
        call()
    return type(caught.value), caught.value.reason


def test_the_consent_page_is_asked_for_exactly_what_is_needed() -> None:
    """Offline, forced, PKCE, contacts and address, this account; nothing that was granted before."""
    ours = GoogleConsent(
        MemorySecrets(**SECRETS),
        "oauth-client",
        Endpoints("https://accounts.google.com/o/oauth2/v2/auth", "https://t.example/", "https://r.example/"),
        CONSOLE,
        lambda *_: {},
    )
    url = urlsplit(ours.url(state="s&t", challenge=CHALLENGE, hint=MARY))
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.google.com/o/oauth2/v2/auth"
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["client"],
        "redirect_uri": ["https://console.example/oauth/callback"],
        "scope": [f"openid {EMAIL} {CONTACTS}"],
        "state": ["s&t"],
        "access_type": ["offline"],
        "prompt": ["consent"],
        "code_challenge": [CHALLENGE],
        "code_challenge_method": ["S256"],
        "login_hint": [MARY],
    }
    assert "login_hint" not in ours.url(state="s", challenge=CHALLENGE)


def test_a_consent_gives_a_token_and_whose_it_is(google: Google) -> None:
    """What was granted, the account's id and address, and a refresh token that works."""
    back = google.back("Continue", CONTACTS)
    consented = google.consent.exchange(back["code"], VERIFIER)
    account = google.standin.world.accounts[MARY]
    assert back["state"] == "st4te"
    assert consented.google_id == account.user_id
    assert consented.email == MARY
    assert consented.scopes == {"openid", EMAIL, CONTACTS}
    assert google.refreshes(consented.refresh_token)
    assert consented.refresh_token not in repr(consented)


def test_a_box_that_was_not_ticked_shows(google: Google) -> None:
    """The scopes are those that Google granted, not those that were asked for."""
    consented = google.consent.exchange(google.back("Continue")["code"], VERIFIER)
    assert consented.scopes == {"openid", EMAIL}


def test_who_declines_brings_no_code(google: Google) -> None:
    """Google says so to the browser."""
    assert google.back("Cancel") == {"state": "st4te", "error": "access_denied"}


def test_a_code_is_good_once_and_for_its_verifier(google: Google) -> None:
    """A second use, another verifier and a made-up code are refused alike."""
    code, other = google.back("Continue", CONTACTS)["code"], google.back("Continue", CONTACTS)["code"]
    google.consent.exchange(code, VERIFIER)
    for spoiled, verifier in ((code, VERIFIER), (other, "w" * 43), ("4/0Amade-up", VERIFIER)):
        told = trouble(lambda c=spoiled, v=verifier: google.consent.exchange(c, v))  # type: ignore[misc]  # mypy cannot type a lambda's default
        assert told == (Denied, "connect.expired")


def test_a_consent_without_a_refresh_token_is_none(google: Google) -> None:
    """Google may give none; the reason says what to do."""
    google.standin.world.withhold_refresh_token = True
    code = google.back("Continue", CONTACTS)["code"]
    assert trouble(lambda: google.consent.exchange(code, VERIFIER)) == (Denied, "connect.no_refresh_token")


def test_a_revocation_ends_every_token_of_the_account_and_may_be_repeated(google: Google) -> None:
    """Newer tokens too: that is why a reconnect must never revoke the older one."""
    tokens = [
        google.consent.exchange(google.back("Continue", CONTACTS)["code"], VERIFIER).refresh_token
        for _ in range(2)
    ]
    before = [google.refreshes(token) for token in tokens]
    for token in (tokens[0], tokens[0], tokens[1], "1//never-was"):
        google.consent.revoke(token)
    assert before == [True, True]
    assert [google.refreshes(token) for token in tokens] == [False, False]


def test_the_exchange_is_sent_as_google_wants_it(server: ScriptedServer) -> None:
    """One POST with a form, the client's secret in it and in no header."""
    server.will(granted(), certificates)
    assert exchange(server) == Consented("117", MARY, REFRESH, frozenset({"openid", EMAIL, CONTACTS}))
    assert server.asked == ["POST /token", "GET /certs"]
    sent = server.requests[0]
    assert parse_qs(sent.body.decode()) == {
        "grant_type": ["authorization_code"],
        "client_id": ["client"],
        "client_secret": [SECRET],
        "code": [CODE],
        "code_verifier": [VERIFIER],
        "redirect_uri": ["https://console.example/oauth/callback"],
    }
    assert sent.target == "/token"
    assert sent.headers["authorization"] is None


def test_the_revocation_is_sent_as_google_wants_it(server: ScriptedServer) -> None:
    """One POST with the token in its body, where no log of addresses shows it."""
    server.will(Answer())
    consent(server.url).revoke(REFRESH)
    assert server.asked == ["POST /revoke"]
    assert server.requests[0].target == "/revoke"
    assert parse_qs(server.requests[0].body.decode()) == {"token": [REFRESH]}


DOWN = (RetryLater, "connect.google_down")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Answer(400, {"error": "invalid_grant"}), (Denied, "connect.expired")),
        (Answer(400, {"error": "admin_policy_enforced"}), (Denied, "connect.admin_policy")),
        (Answer(401, {"error": "invalid_client"}), (Misconfigured, "google.oauth_client")),
        (Answer(401, {"error": "deleted_client"}), (Misconfigured, "google.oauth_client")),
        (Answer(400, {"error": "unauthorized_client"}), (Misconfigured, "google.oauth_client")),
        (Answer(400, {"error": "redirect_uri_mismatch"}), (Misconfigured, "google.redirect")),
        (Answer(400, {"error": "something_new"}), (Misconfigured, "google.sign_in_refused")),
        (Answer(400, {"error": "temporarily_unavailable"}), DOWN),
        (Answer(400, b"<html>"), DOWN),
        (Answer(429, {"error": "rate_limit_exceeded"}), DOWN),
        (Answer(500, {"error": "invalid_grant"}), DOWN),
        (Answer(503), DOWN),
        (Answer(302, headers=(("Location", "/elsewhere"),)), DOWN),
        (Answer(307, headers=(("Location", "/elsewhere"),)), DOWN),
        (Answer(200, b"<html>"), DOWN),
        (Answer(200, []), DOWN),
        (Answer(200, {"error": "invalid_grant"}), DOWN),
        (granted(scope=None), DOWN),
        (granted(access_token=None), DOWN),
        (Answer(cut=True), DOWN),
        (Close(), DOWN),
        (Reset(), DOWN),
    ],
)
def test_a_refusal_has_its_meaning_and_nothing_is_sent_twice(
    server: ScriptedServer, step: Step, expected: tuple[type[Trouble], str]
) -> None:
    """What Google says for good is told as that; anything else may pass."""
    server.will(step, granted(), granted())
    assert trouble(lambda: exchange(server)) == expected
    assert server.asked == ["POST /token"]


def test_a_silent_google_is_given_up(server: ScriptedServer) -> None:
    """Neither call waits for ever."""
    server.will(Hang(), Hang())
    impatient = consent(server.url, patience=0.2)
    began = time.monotonic()
    assert trouble(lambda: impatient.exchange(CODE, VERIFIER)) == DOWN
    assert trouble(lambda: impatient.revoke(REFRESH)) == DOWN
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("no", [{"refresh_token": None}, {"refresh_token": ""}])
def test_an_answer_without_a_refresh_token_is_told(server: ScriptedServer, no: dict[str, Any]) -> None:
    """Without one the account could be reached for an hour only."""
    server.will(granted(**no))
    assert trouble(lambda: exchange(server)) == (Denied, "connect.no_refresh_token")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": "another-client"}, DOWN),
        ({"iss": "https://accounts.example"}, DOWN),
        ({"exp": 1_000_000_000}, DOWN),
        ({"sub": None}, DOWN),
        ({"sub": 117}, DOWN),
        ({"email": None}, (Denied, "connect.no_email")),
        ({"email_verified": False}, (Denied, "connect.no_email")),
        ({"email_verified": None}, (Denied, "connect.no_email")),
    ],
)
def test_an_id_token_that_proves_nothing_is_not_believed(
    server: ScriptedServer, claims: dict[str, Any], expected: tuple[type[Trouble], str]
) -> None:
    """It must be Google's, for us, valid now, and name an account with a verified address."""
    server.will(granted(id_token=id_token(**claims)), certificates)
    assert trouble(lambda: exchange(server)) == expected


@pytest.mark.parametrize("token", [None, "", "no.id.token", "a.b"])
def test_an_answer_without_an_id_token_is_not_believed(server: ScriptedServer, token: str | None) -> None:
    """It would not be known whose account it is."""
    server.will(granted(id_token=token), certificates)
    assert trouble(lambda: exchange(server)) == DOWN


def test_a_forged_id_token_is_not_believed(server: ScriptedServer) -> None:
    """Claims under a signature of another's."""
    head, _, signature = id_token().split(".")
    claims = id_token(email="eve@example.com").split(".")[1]
    server.will(granted(id_token=f"{head}.{claims}.{signature}"), certificates)
    assert trouble(lambda: exchange(server)) == DOWN


def test_certificates_that_cannot_be_had_are_a_trouble_that_passes(server: ScriptedServer) -> None:
    """Whose account it is cannot be checked for now."""
    server.will(granted(), Answer(503))
    assert trouble(lambda: exchange(server)) == DOWN


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Answer(400, {"error": "invalid_token"}), None),
        (Answer(400, {"error": "invalid_request"}), DOWN),
        (Answer(302, headers=(("Location", "/elsewhere"),)), DOWN),
        (Answer(503), DOWN),
        (Close(), DOWN),
    ],
)
def test_a_revocation_is_done_or_told(
    server: ScriptedServer, step: Step, expected: tuple[type[Trouble], str] | None
) -> None:
    """A token that is no longer good has been revoked; any other refusal asks for another try."""
    server.will(step, Answer())
    if expected is None:
        consent(server.url).revoke(REFRESH)
    else:
        assert trouble(lambda: consent(server.url).revoke(REFRESH)) == expected
    assert server.asked == ["POST /revoke"]


@pytest.mark.parametrize("url", ["http://accounts.google.com", "ftp://127.0.0.1", "", "http://["])
def test_an_address_that_others_could_listen_to_is_refused(url: str) -> None:
    """Tokens go over https, or stay on this machine."""
    assert trouble(
        lambda: GoogleConsent(
            MemorySecrets(**SECRETS), "oauth-client", Endpoints(url, url, url), CONSOLE, lambda *_: {}
        )
    ) == (Misconfigured, "setting.invalid")


def test_without_a_console_there_is_nowhere_to_come_back_to(server: ScriptedServer) -> None:
    """The operator is told which setting is missing; ending a consent needs none."""
    nowhere = consent(server.url, console_url="")
    for call in (
        lambda: nowhere.url(state="s", challenge=CHALLENGE),
        lambda: nowhere.exchange(CODE, VERIFIER),
    ):
        assert trouble(call) == (Misconfigured, "setting.missing")
    server.will(Answer())
    nowhere.revoke(REFRESH)


def test_nothing_secret_is_in_errors_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever happens, with everything logged: no token, code, verifier or secret in any text or line."""
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    for step in (
        granted(),
        granted(id_token=None),
        granted(refresh_token=None),
        lambda request: Answer(400, request.body),
        lambda request: Answer(200, {"scope": 1, "echo": request.body.decode()}),
        Close(),
    ):
        for call in (exchange, lambda server: consent(server.url).revoke(REFRESH)):
            with scripted_server() as server:
                server.will(step, certificates)
                try:
                    texts.append(repr(call(server)))
                except Trouble as error:
                    texts += [*traceback.format_exception(error), error.message, error.user_message]
    everything = "\n".join((*texts, caplog.text))
    secrets = (REFRESH, ACCESS, CODE, VERIFIER, SECRET, "1%2F%2Frefresh", "4%2F0AbCdEf", id_token()[:40])
    assert [secret for secret in secrets if secret in everything] == []
