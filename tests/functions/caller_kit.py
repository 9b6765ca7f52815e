"""A function behind `authenticate`, and tokens made to be refused."""

import base64
import hashlib
import hmac
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from google.auth import jwt
from werkzeug.test import TestResponse

from functions.caller import authenticate
from functions.problems import answer_to
from infra.standins.identity.key import Key
from infra.standins.identity.standin import IdentityStandIn
from shared.errors import Trouble
from shared.policy import Grant, Policy

AUDIENCE = "https://start-sync.example"
BACKEND = "simpler@project.iam.gserviceaccount.com"
MARK = "SIGNATURE_REMOVED_BY_GOOGLE"
GRANTS = {BACKEND: Grant(frozenset({"start_sync"}), frozenset({"acme"}))}


@dataclass
class Service:
    """The function `start_sync`, as far as the question of who calls goes."""

    policy: Policy
    errors: list[str] = field(default_factory=list)
    """Every error that was raised, with all that a log could show of it."""

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.post("/")
        def start_sync() -> Response:
            try:
                caller = authenticate(request, "start_sync", self.policy)
                caller.may_use(request.json["wisp"])
            except Trouble as trouble:
                self.errors.append("".join(traceback.format_exception(trouble)) + trouble.message)
                return answer_to(trouble, "r-1")
            return jsonify({"email": caller.email})

        return app

    def call(self, token: str = "", *, wisp: str = "acme", **given: Any) -> TestResponse:
        if token:
            given["headers"] = {"Authorization": f"Bearer {token}"}
        response = self.app().test_client().post("/", json={"wisp": wisp}, **given)
        if token:
            shown = response.text + str(response.headers) + "".join(self.errors)
            assert [part for part in token.split(".") if len(part) > 30 and part in shown] == []
        return response


def stripped(token: str) -> str:
    """Return the token as Cloud Run hands it on."""
    return f"{token.rpartition('.')[0]}.{MARK}"


def written(header: Any, claims: Any, sign: Callable[[bytes], bytes]) -> str:
    """Return a token of any header and claims."""
    signed = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
    return f"{signed}.{_base64(sign(signed.encode()))}"


def claims(**changed: Any) -> dict[str, Any]:
    """Return the claims of a good token, changed."""
    now = int(time.time())
    good = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": BACKEND, "email_verified": True}
    return good | {"iat": now, "exp": now + 600} | changed


def unsigned(google: IdentityStandIn) -> str:
    """Return a token without a signature, as RFC 7519 section 6 allows."""
    return written({"alg": "none", "kid": _key(google)}, claims(), lambda _: b"")


def signed_with_the_certificate(google: IdentityStandIn) -> str:
    """Return a token whose HMAC uses Google's public certificate as its secret."""
    secret = google.issuer.certificates[_key(google)].encode()
    header = {"alg": "HS256", "kid": _key(google)}
    return written(header, claims(), lambda data: hmac.digest(secret, data, hashlib.sha256))


def signed_by_another(google: IdentityStandIn) -> str:
    """Return a token signed with another key, under the name of Google's."""
    token: bytes = jwt.encode(Key()._signer, claims(), key_id=_key(google))  # type: ignore[no-untyped-call]  # google-auth is untyped
    return token.decode()


def signed_without_naming_the_key(google: IdentityStandIn) -> str:
    """Return a token with Google's signature whose header does not say which key made it."""
    signer = google.issuer._keys[0]._signer
    return written({"alg": "RS256"}, claims(), signer.sign)


def with_other_claims(google: IdentityStandIn) -> str:
    """Return a token with Google's signature under claims that it did not sign."""
    header, _, signature = google.token("other@example.com", AUDIENCE).split(".")
    return f"{header}.{_base64(json.dumps(claims()).encode())}.{signature}"


def deeply_nested(google: IdentityStandIn) -> str:
    """Return a token whose payload is brackets all the way down."""
    header = _base64(json.dumps({"alg": "RS256", "kid": _key(google)}).encode())
    return f"{header}.{_base64(b'[' * 5000)}.c2ln"


def _key(google: IdentityStandIn) -> str:
    return next(iter(google.issuer.certificates))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
