"""The stand-in: a real HTTP server on loopback around an issuer."""

from types import TracebackType
from typing import Annotated, Any, Self

import msgspec
from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.standins.identity.issuer import TOKENS_LAST, Issuer
from infra.standins.web.listener import Listener
from shared.typed import from_json


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  the name it has in werkzeug
        """Say nothing."""


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: str
    audience: str
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=TOKENS_LAST)] = TOKENS_LAST


def create_app(issuer: Issuer) -> Flask:
    """Return the application: certificates where Google has them, and tokens for whoever asks."""
    app = Flask(__name__)

    @app.get("/oauth2/v1/certs")
    def certificates() -> Response:
        issuer.certificates_fetched += 1
        return _cached(issuer.certificates, issuer.max_age)

    @app.get("/oauth2/v3/certs")
    def key_set() -> Response:
        return _cached(issuer.key_set, issuer.max_age)

    @app.post("/token-for")
    def token_for() -> Response:
        try:
            asked = from_json(request.get_data(), _Asked)
        except msgspec.DecodeError as error:
            return _json({"error": f"{error}"}, 400)
        return _json({"token": issuer.token(asked.email, asked.audience, expires_in=asked.expires_in)})

    return app


def _cached(body: Any, max_age: int) -> Response:
    response = _json(body)
    response.headers["Cache-Control"] = f"public, max-age={max_age}, must-revalidate, no-transform"
    return response


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, mimetype="application/json")


class IdentityStandIn:
    """Google's identity, on a free port of loopback unless told which, from `with` to its end.

    Attributes:
        issuer: What signs tokens, for use in the same process.
        address: Where it listens: ``http://127.0.0.1:PORT``.
    """

    def __init__(self, *, port: int = 0, issuer: Issuer | None = None) -> None:
        self.issuer = issuer or Issuer()
        self._server = make_server(
            "127.0.0.1", port, create_app(self.issuer), threaded=True, request_handler=_Handler
        )
        self._listener = Listener(self._server)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def certs_url(self) -> str:
        """Where the certificates are, for the setting GOOGLE_CERTS_URL."""
        return f"{self.address}/oauth2/v1/certs"

    def token(self, email: str, audience: str, **claims: Any) -> str:
        """Return an ID token, as `Issuer.token` makes it."""
        return self.issuer.token(email, audience, **claims)

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.end()
