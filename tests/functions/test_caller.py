"""Who calls: proven callers are let in, and nobody else."""

import http.client
import logging
import time
from collections.abc import Callable, Iterator

import pytest
from werkzeug.test import TestResponse

from functions.caller import Caller
from infra.standins.google.server import serving
from infra.standins.identity.standin import IdentityStandIn
from shared.adapters.google.certificates import GoogleCertificates
from shared.adapters.google.id_tokens import GoogleIdentity
from shared.adapters.local.clock import SystemClock
from shared.errors import Denied
from shared.policy import Grant, Mode, Policy
from tests.fake_clock import FakeClock
from tests.functions.caller_kit import (
    AUDIENCE,
    BACKEND,
    GRANTS,
    MARK,
    Service,
    claims,
    deeply_nested,
    signed_by_another,
    signed_with_the_certificate,
    signed_without_naming_the_key,
    stripped,
    unsigned,
    with_other_claims,
    written,
)
from tests.world import issuer


@pytest.fixture(autouse=True)
def quiet_about_tokens(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no token (they all begin with eyJ) is in the log."""
    caplog.set_level(logging.DEBUG)
    yield
    assert [line for line in caplog.messages if "eyJ" in line] == []


@pytest.fixture(scope="module")
def google() -> Iterator[IdentityStandIn]:
    """Whoever signs the tokens."""
    with IdentityStandIn(issuer=issuer()) as standin:
        yield standin


@pytest.fixture
def verifying(google: IdentityStandIn) -> Service:
    """A service that verifies tokens itself."""
    certificates = GoogleCertificates(google.certs_url, FakeClock())
    verify = GoogleIdentity(certificates).verify
    return Service(Policy(Mode.VERIFY, SystemClock(), AUDIENCE, GRANTS, verify))


@pytest.fixture
def behind_cloud_run() -> Service:
    """A service that takes Cloud Run's word."""
    return Service(Policy(Mode.PLATFORM, FakeClock(), AUDIENCE, GRANTS))


@pytest.fixture
def open_service() -> Service:
    """A service that asks nobody for a token."""
    return Service(Policy(Mode.OPEN, FakeClock()))


def outcome(response: TestResponse) -> tuple[int, str]:
    """Return the status and the stable part of the problem's type."""
    return response.status_code, (response.json or {}).get("type", "").removeprefix(
        "urn:simpler-contacts:problem:"
    )


NOT_ACCEPTED = (401, "caller.token")

Make = Callable[[IdentityStandIn], str]


def a_token(*, earlier: int = 0, expires_in: int = 600, **changed: object) -> Make:
    """Return a maker of tokens signed by Google, issued earlier, with other claims."""

    def make(google: IdentityStandIn) -> str:
        now = int(time.time()) - earlier
        times = {"iat": now, "exp": now + expires_in}
        return google.issuer.sign({"email": BACKEND, "aud": AUDIENCE} | times | changed)

    return make


@pytest.mark.parametrize("make", [a_token(), a_token(earlier=605), a_token(earlier=-5)])
def test_a_token_signed_by_google_names_the_caller(
    verifying: Service, google: IdentityStandIn, make: Make
) -> None:
    """A valid token lets its service account in, also when the clocks differ by five seconds."""
    response = verifying.call(make(google))
    assert response.status_code == 200
    assert response.json == {"email": BACKEND}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(a_token(earlier=700), id="expired"),
        pytest.param(a_token(earlier=-60), id="not yet valid"),
        pytest.param(a_token(exp=None), id="never expires"),
        pytest.param(a_token(exp="tomorrow"), id="expires at a word"),
        pytest.param(a_token(aud="https://another.example"), id="wrong audience"),
        pytest.param(a_token(aud=None), id="no audience"),
        pytest.param(a_token(aud=[AUDIENCE]), id="several audiences"),
        pytest.param(a_token(iss="https://accounts.example.com"), id="wrong issuer"),
        pytest.param(a_token(email_verified=False), id="email not verified"),
        pytest.param(a_token(email_verified="true"), id="email verified in words"),
        pytest.param(a_token(email=None, email_verified=None), id="no email"),
        pytest.param(unsigned, id="alg none"),
        pytest.param(
            lambda _: written({"alg": "none", "kid": "x"}, claims(), lambda _: b"x"), id="alg none, signed"
        ),
        pytest.param(signed_with_the_certificate, id="HS256 with the public key"),
        pytest.param(signed_by_another, id="signed by another"),
        pytest.param(signed_without_naming_the_key, id="key not named"),
        pytest.param(with_other_claims, id="claims exchanged"),
        pytest.param(deeply_nested, id="nested"),
        pytest.param(lambda google: stripped(a_token()(google)), id="signature removed"),
        pytest.param(lambda google: a_token()(google)[:-6] + "AAAAAA", id="signature damaged"),
        pytest.param(lambda google: a_token()(google) + " " + a_token()(google), id="two tokens"),
        pytest.param(
            lambda _: written({"alg": "RS256", "kid": "x"}, claims(), lambda _: b"x"), id="unknown key"
        ),
        pytest.param(
            lambda _: written({"alg": "RS256", "kid": ["x"]}, claims(), lambda _: b"x"), id="odd key"
        ),
        pytest.param(lambda _: written(["RS256"], claims(), lambda _: b"x"), id="odd header"),
        pytest.param(lambda _: "garbage", id="garbage"),
        pytest.param(lambda _: "ya29.an-access-token", id="access token"),
        pytest.param(lambda _: "a.b.c", id="three parts of garbage"),
        pytest.param(lambda _: "ää.b.c", id="not ASCII"),
        pytest.param(lambda _: f"{'a' * 9000}.b.c", id="huge"),
    ],
)
def test_any_other_token_is_refused(verifying: Service, google: IdentityStandIn, make: Make) -> None:
    """A token that Google did not sign for this service, for now, is answered 401 in the same words."""
    response = verifying.call(make(google))
    assert outcome(response) == NOT_ACCEPTED
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (response.json or {})["detail"].startswith("Please send a current Google ID token")


@pytest.mark.parametrize("mode", ["verifying", "behind_cloud_run"])
def test_a_call_without_a_token_is_asked_for_one(mode: str, request: pytest.FixtureRequest) -> None:
    """No token: 401 with a challenge (RFC 9110 section 11.6.1)."""
    service: Service = request.getfixturevalue(mode)
    response = service.call()
    assert outcome(response) == (401, "caller.no_token")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "Token a.b.c"])
def test_other_schemes_are_refused(verifying: Service, header: str) -> None:
    """Only a bearer token counts."""
    response = verifying.call(headers={"Authorization": header})
    assert outcome(response) == NOT_ACCEPTED


def test_the_serverless_header_wins(verifying: Service, google: IdentityStandIn) -> None:
    """With X-Serverless-Authorization, Authorization is not looked at, as on Cloud Run."""
    good, bad = (f"Bearer {token}" for token in (a_token()(google), "a.b.c"))
    both = [{"X-Serverless-Authorization": good, "Authorization": bad}]
    both += [{"X-Serverless-Authorization": bad, "Authorization": good}]
    both += [{"X-Serverless-Authorization": "", "Authorization": good}]
    assert [verifying.call(headers=headers).status_code for headers in both] == [200, 401, 401]


def test_a_token_for_another_function_is_refused(google: IdentityStandIn) -> None:
    """Where each function has its own audience, a token does not open another function."""
    certificates = GoogleCertificates(google.certs_url, FakeClock())
    audience = "https://{function}.example, https://{function}-2.example"
    policy = Policy(Mode.VERIFY, SystemClock(), audience, GRANTS, GoogleIdentity(certificates).verify)
    asked = ["https://start_sync.example", "https://start_sync-2.example", "https://sync_all.example"]
    service = Service(policy)
    assert [service.call(google.token(BACKEND, one)).status_code for one in asked] == [200, 200, 401]


def test_a_service_without_an_audience_lets_nobody_in(google: IdentityStandIn) -> None:
    """No audience set: an operator must act; it is never taken as "any audience"."""
    certificates = GoogleCertificates(google.certs_url, FakeClock())
    policy = Policy(Mode.VERIFY, SystemClock(), " , ", GRANTS, GoogleIdentity(certificates).verify)
    assert outcome(Service(policy).call(a_token()(google))) == (500, "setting.callers")


def test_a_service_without_a_verifier_lets_nobody_in(google: IdentityStandIn) -> None:
    """Mode verify with nothing to verify by is a mistake of the set-up, not an open door."""
    policy = Policy(Mode.VERIFY, SystemClock(), AUDIENCE, GRANTS)
    assert outcome(Service(policy).call(a_token()(google))) == (500, "setting.callers")


def test_a_known_person_who_is_not_on_the_list_is_denied(verifying: Service, google: IdentityStandIn) -> None:
    """A proven caller without a grant gets 403, and learns nothing of who has one."""
    response = verifying.call(google.token("other@example.com", AUDIENCE))
    assert outcome(response) == (403, "caller.function")
    assert "WWW-Authenticate" not in response.headers
    assert BACKEND not in response.text


def test_a_caller_may_use_its_own_functions_only(google: IdentityStandIn) -> None:
    """A grant for one function does not open another."""
    certificates = GoogleCertificates(google.certs_url, FakeClock())
    grants = {BACKEND: Grant(frozenset({"sync_status"}))}
    policy = Policy(Mode.VERIFY, SystemClock(), AUDIENCE, grants, GoogleIdentity(certificates).verify)
    assert outcome(Service(policy).call(a_token()(google))) == (403, "caller.function")


def test_a_limited_caller_may_name_its_own_wisps_only(verifying: Service, google: IdentityStandIn) -> None:
    """A caller for one wisp cannot act for another."""
    response = verifying.call(a_token()(google), wisp="other-wisp")
    assert outcome(response) == (403, "caller.wisp")
    assert "other-wisp" not in response.text


def test_a_caller_without_limits_may_name_every_wisp() -> None:
    """No list of wisps means all of them; an empty one means none."""
    Caller("a@example.com", None).may_use("acme")
    with pytest.raises(Denied):
        Caller("a@example.com", frozenset()).may_use("acme")


def platform_token(**changed: object) -> str:
    """Return a token as Cloud Run hands it on, issued at the fake clock's time."""
    now = FakeClock().now().timestamp()
    return (
        written({"alg": "RS256", "kid": "k"}, claims(iat=now, exp=now + 600) | changed, lambda _: b"").rstrip(
            "."
        )
        + f".{MARK}"
    )


@pytest.mark.parametrize("seconds", [0, -10, 610])
def test_cloud_runs_word_is_taken(behind_cloud_run: Service, seconds: int) -> None:
    """Behind IAM the claims are read, and ten seconds between the clocks are put up with."""
    now = FakeClock().now().timestamp()
    token = platform_token(iat=now - seconds, exp=now - seconds + 600)
    response = behind_cloud_run.call(token)
    assert response.status_code == 200
    assert response.json == {"email": BACKEND}


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(platform_token(exp=FakeClock().now().timestamp() - 11), id="expired"),
        pytest.param(platform_token(iat=FakeClock().now().timestamp() + 11), id="not yet valid"),
        pytest.param(platform_token(aud="https://another.example"), id="wrong audience"),
        pytest.param(platform_token(iss="https://accounts.example.com"), id="wrong issuer"),
        pytest.param(platform_token(email_verified=False), id="email not verified"),
        pytest.param(platform_token(email=None), id="no email"),
        pytest.param(platform_token(exp=float("nan")), id="expires never"),
        pytest.param(platform_token().removesuffix(MARK) + "c2lnbmF0dXJl", id="no mark"),
        pytest.param(platform_token().removesuffix(MARK) + MARK.lower(), id="another mark"),
        pytest.param(f"a.b.{MARK}", id="garbage"),
        pytest.param(f"e30.e30.{MARK}", id="empty"),
        pytest.param(f"e30.W10.{MARK}", id="a list"),
        pytest.param(f"e30.W1tbWw.{MARK}", id="cut"),
        pytest.param(f"e30.{'W1tb' * 1900}.{MARK}", id="nested"),
        pytest.param(MARK, id="only the mark"),
    ],
)
def test_behind_cloud_run_anything_else_is_refused(behind_cloud_run: Service, token: str) -> None:
    """Without the mark, or with claims that are not right, the answer is 401."""
    assert outcome(behind_cloud_run.call(token)) == NOT_ACCEPTED


LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8080"}


@pytest.mark.parametrize(
    "environ",
    [
        LOCAL,
        LOCAL | {"HTTP_HOST": "127.0.0.1"},
        {"REMOTE_ADDR": "::1", "HTTP_HOST": "[::1]:8080"},
    ],
)
def test_an_open_service_lets_its_own_machine_in(open_service: Service, environ: dict[str, str]) -> None:
    """On one machine nobody is asked for a token."""
    response = open_service.call(environ_overrides=environ)
    assert response.status_code == 200
    assert response.json == {"email": "local"}


@pytest.mark.parametrize(
    "environ",
    [
        LOCAL | {"REMOTE_ADDR": "192.0.2.7"},
        LOCAL | {"REMOTE_ADDR": ""},
        LOCAL | {"HTTP_HOST": "rebound.example:8080"},
        LOCAL | {"HTTP_HOST": "127.0.0.1.rebound.example"},
        LOCAL | {"HTTP_HOST": "localhost@rebound.example"},
        LOCAL | {"HTTP_HOST": "[::1"},
        LOCAL | {"HTTP_HOST": ""},
        LOCAL | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        LOCAL | {"HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
def test_an_open_service_refuses_everybody_else(open_service: Service, environ: dict[str, str]) -> None:
    """Another address, another name or a proxy in between: 403, since no token would help."""
    assert outcome(open_service.call(environ_overrides=environ)) == (403, "caller.not_local")


def over_the_wire(service: Service, headers: list[tuple[str, str]]) -> int:
    """Return the status of a call over a real connection, with headers that may come twice."""
    with serving(service.app()) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/")
        for name, value in [*headers, ("Content-Type", "application/json"), ("Content-Length", "15")]:
            connection.putheader(name, value)
        connection.endheaders(b'{"wisp":"acme"}')
        status = connection.getresponse().status
        connection.close()
    return status


def test_tokens_work_over_a_real_connection(verifying: Service, google: IdentityStandIn) -> None:
    """One token is accepted; the same header twice is not, nor one spelt with underscores."""
    good = f"Bearer {a_token()(google)}"
    statuses = [
        over_the_wire(verifying, [("authorization", good)]),
        over_the_wire(verifying, [("Authorization", good), ("Authorization", good)]),
        over_the_wire(verifying, [("X_Serverless_Authorization", good)]),
    ]
    assert statuses == [200, 401, 401]


def test_an_open_service_is_open_over_loopback(open_service: Service) -> None:
    """A real call from this machine is let in."""
    assert over_the_wire(open_service, []) == 200
