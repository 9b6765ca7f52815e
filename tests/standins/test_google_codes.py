"""What a program gets after the consent: codes, tokens, who the user is, and revocation."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from google.oauth2.credentials import Credentials
from oauthlib.oauth2 import OAuth2Error

from infra.standins.google import GoogleStandIn, NewAccount, NewClient
from infra.standins.identity.standin import IdentityStandIn
from tests.standins.consent_kit import APP, EMAIL, SCOPES, Program, refusal
from tests.standins.google_kit import CONTACTS, JANE, TIMEOUT, Google
from tests.world import issuer

USED = (400, "invalid_grant", "Bad Request")
ENDED = (400, "invalid_grant", "Token has been expired or revoked.")
GROUPS = "/v1/contactGroups"


def tokens(program: Program, **parameters: str) -> Any:
    """Return what the program gets for Jane's consent."""
    return program.exchange(program.consent(**parameters)).json()


def test_exchange(program: Program) -> None:
    """google-auth-oauthlib, with PKCE and HTTP Basic, gets tokens that open the contacts."""
    given = program.fetch(program.consent())
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] == 3599
    assert set(given["scope"]) == set(SCOPES)
    assert program.bearing(GROUPS, given["access_token"]).status_code == 200


def test_client_in_the_body(program: Program) -> None:
    """A client may prove itself in the body as well."""
    assert program.exchange(program.consent()).status_code == 200


def test_refresh(program: Program) -> None:
    """The refresh token of a consent gives google-auth access tokens."""
    access = Credentials(  # type: ignore[no-untyped-call]  # google-auth is untyped
        token=None,
        refresh_token=tokens(program)["refresh_token"],
        token_uri=program.google.address + "/token",
        client_id="app",
        client_secret="s3cret",
    )
    with requests.Session() as session:
        access.refresh(Request(session))  # type: ignore[no-untyped-call]  # google-auth is untyped
    assert program.bearing(GROUPS, f"{access.token}").status_code == 200


def test_unknown_refresh_token(program: Program) -> None:
    """A refresh token that nobody gave out is invalid_grant."""
    assert refusal(program.refresh("made-up")) == ENDED


def test_granted_scopes(program: Program) -> None:
    """The answer says what was granted; without the box the contacts stay closed."""
    given = program.exchange(program.browser().press("Continue").sent_back["code"]).json()
    assert set(given["scope"].split()) == {"openid", EMAIL}
    answer = program.bearing(GROUPS, given["access_token"])
    assert answer.status_code == 403
    assert answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_code_twice(program: Program) -> None:
    """A code is good once; using it again is refused and ends what the first use gave."""
    code = program.consent()
    given = program.exchange(code).json()
    assert refusal(program.exchange(code)) == USED
    assert refusal(program.refresh(given["refresh_token"])) == ENDED
    assert program.bearing(GROUPS, given["access_token"]).status_code == 401


def test_code_used_by_many_at_once(program: Program) -> None:
    """Of many who use a code at the same time one gets tokens at most."""
    code = program.consent()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: program.exchange(code).status_code, range(8)))
    assert sorted(answers)[1:] == [400] * 7


def test_code_twice_spares_other_consents(program: Program) -> None:
    """Using a code again ends that consent only, not an earlier one."""
    earlier = tokens(program)["refresh_token"]
    code = program.consent()
    for _ in range(2):
        program.exchange(code)
    assert program.refresh(earlier).status_code == 200


def test_late_code(program: Program) -> None:
    """A code is good for ten minutes."""
    in_time, late = program.consent(), program.consent()
    program.google.later(seconds=599)
    assert program.exchange(in_time).status_code == 200
    program.google.later(seconds=1)
    assert refusal(program.exchange(late)) == USED


def test_unknown_code(program: Program) -> None:
    """A code that nobody gave out is refused."""
    assert refusal(program.exchange("4/0Amade-up")) == (400, "invalid_grant", "Malformed auth code.")


def test_code_of_another_client(program: Program) -> None:
    """A code is its client's; another one cannot use it, nor spoil it."""
    program.google.side("POST", "clients", APP | {"client_id": "other"})
    code = program.consent()
    assert refusal(program.exchange(code, client_id="other"))[:2] == (400, "invalid_grant")
    assert program.exchange(code).status_code == 200


def test_other_redirect_uri(program: Program) -> None:
    """A code is exchanged with the redirect URI it was sent to."""
    other = program.exchange(program.consent(), redirect_uri="https://console.example/")
    assert refusal(other) == (400, "redirect_uri_mismatch", "Bad Request")


@pytest.mark.parametrize(
    ("verifier", "expected"), [("w" * 43, "Invalid code verifier."), ("", "Missing code verifier.")]
)
def test_wrong_verifier(program: Program, verifier: str, expected: str) -> None:
    """Without the verifier of its challenge a code is worth nothing, and then it is spent."""
    code = program.consent()
    assert refusal(program.exchange(code, code_verifier=verifier)) == (400, "invalid_grant", expected)
    assert refusal(program.exchange(code)) == USED


def test_needless_verifier(program: Program) -> None:
    """A verifier without a challenge is refused."""
    code = program.bare(login_hint=JANE).press("Continue").sent_back["code"]
    expected = (400, "invalid_grant", "code_verifier or verifier is not needed.")
    assert refusal(program.exchange(code)) == expected


def test_no_challenge(program: Program) -> None:
    """A program without PKCE gets its tokens, too: it has a secret."""
    code = program.bare(login_hint=JANE).press("Continue").sent_back["code"]
    assert program.exchange(code, code_verifier="").status_code == 200


def test_plain_challenge(program: Program) -> None:
    """A challenge without a method is the verifier itself."""
    code = program.bare(login_hint=JANE, code_challenge="v" * 43).press("Continue").sent_back["code"]
    assert program.exchange(code).status_code == 200


def test_wrong_secret(program: Program) -> None:
    """A wrong secret is 401 invalid_client, by HTTP Basic as in the body, and the code stays good."""
    code = program.consent()
    with pytest.raises(OAuth2Error) as caught:
        program.fetch(code, client_secret="wrong")
    assert caught.value.error == "invalid_client"
    assert caught.value.status_code == 401
    wrong = program.exchange(code, client_secret="wrong")
    assert refusal(wrong) == (401, "invalid_client", "Unauthorized")
    assert program.exchange(code).status_code == 200


@pytest.mark.parametrize("name", ["code", "redirect_uri"])
def test_missing_parameter(program: Program, name: str) -> None:
    """An exchange names the code and the redirect URI."""
    expected = (400, "invalid_request", f"Missing required parameter: {name}")
    assert refusal(program.exchange(program.consent(), **{name: ""})) == expected


def test_online_access(program: Program) -> None:
    """Online access gives no refresh token."""
    assert "refresh_token" not in tokens(program, access_type="online")


def test_refresh_token_at_first(program: Program) -> None:
    """Offline access gives a refresh token at the first consent, and later only when consent is forced."""
    first = program.exchange(program.consent(prompt="")).json()
    second = program.exchange(program.browser(prompt="").sent_back["code"]).json()
    forced = tokens(program, prompt="consent")
    assert ["refresh_token" in given for given in (first, second, forced)] == [True, False, True]


def test_reconnecting_keeps_the_older_token(program: Program) -> None:
    """A new refresh token does not end the one before it."""
    older, newer = tokens(program)["refresh_token"], tokens(program)["refresh_token"]
    answers = [program.refresh(token).status_code for token in (older, newer)]
    assert older != newer
    assert answers == [200, 200]


def test_withheld_refresh_token(program: Program) -> None:
    """The next consent can be made to give no refresh token; the one after it gives one again."""
    asked = program.google.side("POST", "next-consent", {"refresh_token": False})
    given = ["refresh_token" in tokens(program) for _ in range(2)]
    assert asked == {"refresh_token": False}
    assert given == [False, True]


def test_a_hundred_refresh_tokens(program: Program) -> None:
    """An account has a hundred refresh tokens for a client; with one more the oldest ends, silently."""
    first = tokens(program)
    seeded = [f"1//{number}" for number in range(99)]
    world = program.google.standin.world
    new = NewAccount(email=JANE, client_id="app", client_secret="s3cret", refresh_tokens=seeded)
    world.add_account(new)
    world.add_account(NewAccount(email="john@example.com", client_id="app", client_secret="s3cret"))
    assert program.refresh(first["refresh_token"]).status_code == 200
    newest = tokens(program)
    assert refusal(program.refresh(first["refresh_token"])) == ENDED
    good = [program.refresh(token).status_code for token in (seeded[0], newest["refresh_token"])]
    assert good == [200, 200]
    assert program.bearing(GROUPS, first["access_token"]).status_code == 200


def verified(program: Program, token: str) -> Mapping[str, Any]:
    """Return what google-auth says of an ID token, with the certificates from the stand-in."""
    certificates = program.google.address + "/oauth2/v1/certs"
    with requests.Session() as session:
        claims: Mapping[str, Any] = id_token.verify_token(
            token, Request(session), audience="app", certs_url=certificates
        )
    return claims


def test_id_token(program: Program) -> None:
    """google-auth accepts the ID token, which says whose account it is and for whom it was made."""
    claims = verified(program, tokens(program, nonce="n0nce")["id_token"])
    sub = program.google.standin.world.accounts[JANE].user_id
    assert claims["sub"] == sub
    assert claims["email"] == JANE
    assert claims["email_verified"] is True
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["aud"] == "app"
    assert claims["azp"] == "app"
    assert claims["nonce"] == "n0nce"
    assert len(claims["at_hash"]) == 22


def test_id_token_without_address(program: Program) -> None:
    """With `openid` alone the ID token has no address."""
    code = program.bare(login_hint=JANE, scope="openid").press("Continue").sent_back["code"]
    claims = verified(program, program.exchange(code, code_verifier="").json()["id_token"])
    assert "sub" in claims
    assert "email" not in claims
    assert "email_verified" not in claims


def test_no_id_token(program: Program) -> None:
    """Users who were not asked who they are get no ID token."""
    code = program.bare(login_hint=JANE).press("Continue").sent_back["code"]
    assert "id_token" not in program.exchange(code, code_verifier="").json()


def test_keys(program: Program) -> None:
    """The certificates and the key set name the same keys, and may be kept for a while."""
    answers = [program.bearing(f"/oauth2/{version}/certs", "") for version in ("v1", "v3")]
    certificates, key_set = (answer.json() for answer in answers)
    assert list(certificates) == [key["kid"] for key in key_set["keys"]]
    assert all("max-age=3600" in answer.headers["Cache-Control"] for answer in answers)


def test_shared_issuer() -> None:
    """Two stand-ins can sign with the same keys, so that one setting fits the tokens of both."""
    identity = IdentityStandIn(issuer=issuer())
    with identity, GoogleStandIn(issuer=identity.issuer).serve() as address:
        answers = [
            requests.get(url, timeout=TIMEOUT) for url in (f"{address}/oauth2/v1/certs", identity.certs_url)
        ]
        assert answers[0].json() == answers[1].json()


def test_userinfo(program: Program) -> None:
    """The access token tells whose account it is, with an id that stays the same."""
    told = [program.bearing("/oauth2/v3/userinfo", tokens(program)["access_token"]).json() for _ in range(2)]
    sub = program.google.standin.world.accounts[JANE].user_id
    assert told == [{"sub": sub, "email": JANE, "email_verified": True}] * 2


@pytest.mark.parametrize("scopes", [[], [CONTACTS]])
def test_userinfo_refused(program: Program, scopes: list[str]) -> None:
    """Without a good token, or with one that only opens the contacts, nothing is told."""
    token = program.google.standin.world.credentials.mint(JANE, scopes) if scopes else "made-up"
    answer = program.bearing("/oauth2/v3/userinfo", token)
    assert refusal(answer) == (401, "invalid_request", "Invalid Credentials")


def test_revoking_ends_everything(program: Program) -> None:
    """Revoking an old token ends the newer one of the same account and client, and all access."""
    older, newer = tokens(program), tokens(program)
    assert program.post("/revoke", token=older["refresh_token"]).status_code == 200
    assert refusal(program.refresh(newer["refresh_token"])) == ENDED
    assert program.bearing(GROUPS, newer["access_token"]).status_code == 401


def test_revoking_by_access_token(program: Program) -> None:
    """An access token revokes as well, also from the query."""
    given = tokens(program)
    answer = program.post(f"/revoke?token={given['access_token']}")
    assert answer.status_code == 200
    assert answer.json() == {}
    assert refusal(program.refresh(given["refresh_token"])) == ENDED


def test_revoking_spares_others(program: Program) -> None:
    """Other clients and other accounts keep what they have."""
    program.google.side("POST", "clients", APP | {"client_id": "other"})
    world = program.google.standin.world
    for email, client in (("john@example.com", "app"), (JANE, "other")):
        new = NewAccount(
            email=email, client_id=client, client_secret="s3cret", refresh_tokens=[f"1//{client}"]
        )
        world.add_account(new)
    program.post("/revoke", token=tokens(program)["refresh_token"])
    assert program.refresh("1//app").status_code == 200
    assert world.credentials.exchange("1//other") is not None


def test_revoking_before_the_exchange(program: Program) -> None:
    """A consent that was taken back before its code came gives nothing any more."""
    earlier = tokens(program)["refresh_token"]
    code = program.consent()
    program.post("/revoke", token=earlier)
    assert refusal(program.exchange(code)) == USED


def test_consent_after_revoking(program: Program) -> None:
    """After a revocation the user is asked anew, and the first consent gives a refresh token again."""
    program.post("/revoke", token=tokens(program)["refresh_token"])
    given = program.exchange(program.consent(prompt="")).json()
    assert program.refresh(given["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("made-up", (400, "invalid_token", "Token expired or revoked")),
        ("", (400, "invalid_request", "Missing required parameter: token")),
    ],
)
def test_revoking_nothing(program: Program, token: str, expected: Any) -> None:
    """A token that is good for nothing cannot be revoked."""
    assert refusal(program.post("/revoke", token=token)) == expected


def test_revoking_twice(program: Program) -> None:
    """Revoking again is invalid_token: there is nothing left."""
    given = tokens(program)
    answers = [program.post("/revoke", token=given["refresh_token"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert refusal(answers[1])[1] == "invalid_token"


@pytest.mark.parametrize(("method", "path"), [("oauth2.token", "/token"), ("oauth2.revoke", "/revoke")])
def test_google_is_down(program: Program, method: str, path: str) -> None:
    """Token endpoint and revocation can be planned to fail; tokens are not remembered."""
    program.google.side("POST", "faults", [{"method": method, "what": {"status": 503}, "times": None}])
    assert program.post(path, token="1//sesame").status_code == 503
    assert program.google.side("GET", "counters")["requests"] == {method: 1}
    assert "sesame" not in str(program.google.side("GET", "requests"))


def test_lost_answer(program: Program) -> None:
    """An exchange whose answer is lost has happened: the code is spent."""
    fault = {"method": "oauth2.token", "when": "after", "what": {"close": True}}
    program.google.side("POST", "faults", [fault])
    code = program.consent()
    with pytest.raises(requests.ConnectionError):
        program.exchange(code)
    assert refusal(program.exchange(code)) == USED


def test_registering_again(program: Program) -> None:
    """Giving consent for a client leaves where it may be sent back to as it is."""
    world = program.google.standin.world
    world.add_account(NewAccount(email=JANE, client_id="app", client_secret="s3cret"))
    assert program.browser().page.boxes == {CONTACTS: False}


def test_account_without_consent(google: Google) -> None:
    """An account can be made that has given no consent, and then no client comes with it."""
    made = google.side("POST", "accounts", {"email": "john@example.com", "refresh_tokens": []})
    assert made["refresh_tokens"] == []
    assert google.side("GET", "")["accounts"] == [JANE, "john@example.com"]


def test_new_client(google: Google) -> None:
    """Clients are made in the same process as well."""
    google.standin.world.add_client(NewClient("tool", "secret", ["https://tool.example/"]))
    assert google.standin.world.credentials.clients["tool"].name == "This app"
