"""The issuer of ID tokens that plays Google."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.x509 import load_pem_x509_certificate
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from infra.standins.identity.issuer import Issuer
from infra.standins.identity.standin import IdentityStandIn
from tests.world import google_key

ROOT = Path(__file__).parents[2]


@pytest.fixture
def google() -> Iterator[IdentityStandIn]:
    """A fresh one."""
    with IdentityStandIn(issuer=Issuer(google_key())) as standin:
        yield standin


def verified(token: str, certs_url: str) -> Any:
    """Return what google-auth says of a token for the audience "us"."""
    with requests.Session() as session:
        return id_token.verify_token(token, Request(session), audience="us", certs_url=certs_url)


def test_google_auth_accepts_its_tokens(google: IdentityStandIn) -> None:
    """Google's own library fetches the certificates and finds the claims of a service account's token."""
    claims = verified(google.token("a@example.com", "us"), google.certs_url)
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["aud"] == "us"
    assert claims["email"] == "a@example.com"
    assert claims["email_verified"] is True
    assert claims["exp"] - claims["iat"] == 3600


def test_tokens_are_given_to_anyone_who_asks(google: IdentityStandIn) -> None:
    """`POST /token-for` signs a token of the lifetime asked for."""
    asked = {"email": "a@example.com", "audience": "us", "expires_in": 60}
    answer = requests.post(f"{google.address}/token-for", json=asked, timeout=10)
    claims = verified(answer.json()["token"], google.certs_url)
    assert claims["email"] == "a@example.com"
    assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(
    "asked",
    [{}, {"email": "a@example.com"}, {"email": "a", "audience": "us", "expires_in": 0}, {"mail": "a"}],
)
def test_a_request_that_is_not_understood_is_refused(google: IdentityStandIn, asked: dict[str, Any]) -> None:
    """Missing or unknown members: 400 and a sentence."""
    answer = requests.post(f"{google.address}/token-for", json=asked, timeout=10)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


def test_both_forms_show_the_same_keys(google: IdentityStandIn) -> None:
    """The certificates and the JSON Web Key Set hold the same public keys, and may be kept for an hour."""
    google.issuer.rotate()
    v1 = requests.get(google.certs_url, timeout=10)
    v3 = requests.get(f"{google.address}/oauth2/v3/certs", timeout=10)
    keys = {
        jwk["kid"]: int.from_bytes(base64.urlsafe_b64decode(jwk["n"] + "==")) for jwk in v3.json()["keys"]
    }
    certificates = {kid: load_pem_x509_certificate(pem.encode()) for kid, pem in v1.json().items()}
    numbers = {kid: one.public_key().public_numbers().n for kid, one in certificates.items()}  # type: ignore[union-attr]  # the keys are RSA
    assert numbers == keys
    assert len(keys) == 2
    assert {answer.headers["Cache-Control"].split(", ")[1] for answer in (v1, v3)} == {"max-age=3600"}


def test_it_runs_as_a_program() -> None:
    """The command prints the setting that makes the service believe its tokens."""
    command = [sys.executable, "-m", "infra.standins.identity", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        try:
            assert program.stdout
            setting = program.stdout.readline().strip()
            certificates = requests.get(setting.removeprefix("GOOGLE_CERTS_URL="), timeout=10)
        finally:
            program.kill()
    assert len(certificates.json()) == 1
    assert setting.split("=")[0] == "GOOGLE_CERTS_URL"
