"""Google's certificates are fetched as seldom as they change, and their absence is not the caller's fault."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.standins.identity.issuer import Issuer
from infra.standins.identity.standin import IdentityStandIn
from shared.adapters.google.certificates import GoogleCertificates
from shared.adapters.google.id_tokens import GoogleIdentity
from shared.adapters.local.clock import SystemClock
from shared.errors import Misconfigured, RetryLater
from shared.policy import Mode, Policy
from tests.fake_clock import FakeClock
from tests.functions.caller_kit import AUDIENCE, BACKEND, GRANTS, Service
from tests.scripted_server import Answer, Close, ScriptedServer, scripted_server
from tests.world import google_key


@pytest.fixture
def google() -> Iterator[IdentityStandIn]:
    """Whoever signs the tokens, with certificates that nobody has fetched yet."""
    with IdentityStandIn(issuer=Issuer(google_key())) as standin:
        yield standin


def verifying(url: str, clock: FakeClock) -> Service:
    """Return a service that verifies tokens by the certificates at an address."""
    verify = GoogleIdentity(GoogleCertificates(url, clock)).verify
    return Service(Policy(Mode.VERIFY, SystemClock(), AUDIENCE, GRANTS, verify))


def test_certificates_are_fetched_once_for_many_calls(google: IdentityStandIn, clock: FakeClock) -> None:
    """Twenty calls within the certificates' time cost one fetch; the next after it costs another."""
    service = verifying(google.certs_url, clock)
    statuses = {service.call(google.token(BACKEND, AUDIENCE)).status_code for _ in range(20)}
    clock.advance(google.issuer.max_age - 1)
    service.call(google.token(BACKEND, AUDIENCE))
    before = google.issuer.certificates_fetched
    clock.advance(1)
    service.call(google.token(BACKEND, AUDIENCE))
    assert statuses == {200}
    assert before == 1
    assert google.issuer.certificates_fetched == 2


def test_a_new_key_is_looked_for_at_most_once_a_minute(google: IdentityStandIn, clock: FakeClock) -> None:
    """A token signed with a key that is not known yet leads to one fetch a minute, and then is accepted."""
    service = verifying(google.certs_url, clock)
    old = google.token(BACKEND, AUDIENCE)
    service.call(old)
    google.issuer.rotate()
    new = google.token(BACKEND, AUDIENCE)
    clock.advance(59)
    early = [service.call(new).status_code for _ in range(3)]
    fetched = google.issuer.certificates_fetched
    clock.advance(1)
    late = [service.call(token).status_code for token in (new, new, old)]
    assert early == [401, 401, 401]
    assert fetched == 1
    assert late == [200, 200, 200]
    assert google.issuer.certificates_fetched == 2


def test_tokens_of_no_known_key_do_not_make_us_ask_again_and_again(
    google: IdentityStandIn, clock: FakeClock
) -> None:
    """Whoever sends made-up keys causes one fetch a minute, however many calls there are."""
    service = verifying(google.certs_url, clock)
    with IdentityStandIn() as another:
        strange = another.token(BACKEND, AUDIENCE)
    statuses = []
    for _ in range(12):
        statuses.append(service.call(strange).status_code)
        clock.advance(10)
    assert set(statuses) == {401}
    assert google.issuer.certificates_fetched == 2


def test_threads_share_one_fetch(google: IdentityStandIn, clock: FakeClock) -> None:
    """Calls that come at the same time wait for the same fetch."""
    certificates = GoogleCertificates(google.certs_url, clock)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: len(certificates.with_key("any")), range(8)))
    assert found == [1] * 8
    assert google.issuer.certificates_fetched == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=300"}, 300),
        ({"Cache-Control": "public, max-age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "soon"}, 300),
        ({"Cache-Control": "max-age=999999999"}, 86_400),
        ({"Cache-Control": "no-store"}, 60),
        ({}, 60),
    ],
)
def test_the_servers_word_on_caching_is_kept(
    google: IdentityStandIn, server: ScriptedServer, clock: FakeClock, headers: dict[str, str], seconds: int
) -> None:
    """Certificates are kept for max-age less Age, but at least a minute and at most a day."""
    answer = Answer(200, google.issuer.certificates, tuple(headers.items()))
    server.will(answer, answer)
    certificates = GoogleCertificates(f"{server.url}/certs", clock)
    key = next(iter(certificates.with_key("")))
    clock.advance(seconds - 1)
    certificates.with_key(key)
    asked = len(server.requests)
    clock.advance(1)
    certificates.with_key(key)
    assert asked == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Close(), id="no answer"),
        pytest.param(Answer(500), id="500"),
        pytest.param(Answer(302, headers=(("Location", "http://127.0.0.1:9/"),)), id="redirect"),
        pytest.param(Answer(200, b"<html>"), id="HTML"),
        pytest.param(Answer(200, {"keys": []}), id="JSON Web Key Set"),
        pytest.param(Answer(200, {"key": "not a certificate"}), id="no certificate"),
    ],
)
def test_when_certificates_cannot_be_had_the_caller_may_try_again(
    google: IdentityStandIn, server: ScriptedServer, clock: FakeClock, step: Close | Answer
) -> None:
    """503 with Retry-After, not 401: the token may be good. The server is left in peace for five seconds."""
    server.will(step, Answer(200, google.issuer.certificates))
    service = verifying(f"{server.url}/certs", clock)
    token = google.token(BACKEND, AUDIENCE)
    down = [service.call(token) for _ in range(2)]
    asked = len(server.requests)
    clock.advance(5)
    assert [(one.status_code, one.headers.get("Retry-After")) for one in down] == [(503, "5"), (503, "5")]
    assert asked == 1
    assert service.call(token).status_code == 200


def test_nobody_at_the_address_is_a_case_for_trying_again(clock: FakeClock) -> None:
    """A port on which nobody listens is a passing fault too."""
    with scripted_server() as gone:
        url = gone.url
    with pytest.raises(RetryLater, match="cannot be reached"):
        GoogleCertificates(url, clock).with_key("any")


def test_known_keys_go_on_working_while_the_server_is_down(
    google: IdentityStandIn, server: ScriptedServer, clock: FakeClock
) -> None:
    """Certificates that are still fresh serve; only a token of an unknown key has to wait."""
    fresh = (("Cache-Control", "max-age=3600"),)
    server.will(Answer(200, google.issuer.certificates, fresh), Answer(500))
    service = verifying(f"{server.url}/certs", clock)
    old = google.token(BACKEND, AUDIENCE)
    service.call(old)
    google.issuer.rotate()
    new = google.token(BACKEND, AUDIENCE)
    clock.advance(61)
    assert [service.call(token).status_code for token in (new, old)] == [503, 200]


@pytest.mark.parametrize(
    "url",
    [
        "http://www.googleapis.com/oauth2/v1/certs",
        "http://127.0.0.1.example/certs",
        "ftp://a",
        "",
        "http://[x",
    ],
)
def test_certificates_come_over_https_or_from_this_machine(clock: FakeClock, url: str) -> None:
    """An address on which others could put their own certificates is refused at the start."""
    with pytest.raises(Misconfigured, match="https"):
        GoogleCertificates(url, clock)
