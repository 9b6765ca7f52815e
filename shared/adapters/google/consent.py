"""Consent: a person allows this service to reach an account's contacts, also while they are away.

The authorization code flow with PKCE (developers.google.com/identity/protocols/oauth2/web-server). Earlier
grants are not asked for again with it (``include_granted_scopes``): the token opens what is asked for here.
No token, code, verifier or secret is ever part of an error.
"""

import logging
from typing import Any

import msgspec
import requests
from google_auth_oauthlib.flow import Flow  # type: ignore[import-untyped]  # Google has no types here
from requests.adapters import HTTPAdapter

from shared.adapters.google.oauth_errors import CONSENT, NOT_SET_UP, down, error_in, token_refused
from shared.adapters.google.sign_in import ClientKeys, client_keys
from shared.errors import Denied, Misconfigured, RetryLater, Unauthenticated
from shared.loopback import is_private
from shared.policy import Verify
from shared.ports import CONTACTS, Consented, SecretStore
from shared.typed import from_json, from_plain

SCOPES = ("openid", "https://www.googleapis.com/auth/userinfo.email", CONTACTS)
"""The contacts, and whose they are: with ``openid`` and the address Google adds an ID token."""

CONSENT_PATIENCE = 15.0
"""Seconds for which Google's endpoints may be silent."""

_ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
"""developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken."""


class Endpoints(msgspec.Struct, frozen=True):
    """Google's addresses.

    Attributes:
        auth: The consent page.
        token: Where codes are redeemed.
        revoke: Where consent is ended.
    """

    auth: str
    token: str
    revoke: str


class _Granted(msgspec.Struct, frozen=True):
    """The token endpoint's success, as far as it is used here or oauthlib relies on it."""

    access_token: str
    scope: str
    refresh_token: str = ""
    id_token: str = ""


class _Claims(msgspec.Struct, frozen=True):
    """The claims of an ID token about an account."""

    iss: str
    sub: str
    email: str = ""
    email_verified: bool = False


class GoogleConsent:
    """The `Consent` port. May be shared by threads."""

    def __init__(
        self,
        secrets: SecretStore,
        client: str,
        endpoints: Endpoints,
        console_url: str,
        verify: Verify,
        *,
        patience: float = CONSENT_PATIENCE,
    ) -> None:
        """Send nothing yet.

        Args:
            secrets: Where the OAuth client's secret is.
            client: Its name.
            endpoints: Google's addresses.
            console_url: The console, to which Google sends the browser back; the OAuth client must allow
                exactly its ``/oauth/callback``.
            verify: Checks an ID token.
            patience: How long Google may be silent (seconds).

        Raises:
            Misconfigured: An address is neither https nor on loopback.
        """
        for url in (endpoints.auth, endpoints.token, endpoints.revoke):
            _check(url)
        self._secrets = secrets
        self._client = client
        self._endpoints = endpoints
        self._console_url = console_url
        self._verify = verify
        self._patience = patience
        # At DEBUG it writes whole requests and answers, and so the tokens.
        logging.getLogger("requests_oauthlib").setLevel(logging.INFO)

    def url(self, *, state: str, challenge: str, hint: str = "") -> str:
        """Return the address of Google's consent page: for offline access, and asking each time.

        Only then does Google give a refresh token, and a new one each time.
        """
        pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
        known = {"login_hint": hint} if hint else {}
        flow = self._flow(client_keys(self._secrets, self._client), SCOPES)
        url, _ = flow.authorization_url(state=state, prompt="consent", **pkce, **known)
        return _as_set(str(url), self._endpoints.auth)

    def exchange(self, code: str, verifier: str) -> Consented:
        """Redeem the code that came back, with one request."""
        keys = client_keys(self._secrets, self._client)
        granted = self._redeem(keys, code, verifier)
        if not granted.refresh_token:
            raise Denied(
                "connect.no_refresh_token",
                "Google gave no refresh token although consent was asked for",
                "Google gave no lasting permission. Please remove this service under"
                " myaccount.google.com/connections, then connect the account again.",
            )
        claims = self._claims(granted.id_token, keys.client_id)
        scopes = frozenset(granted.scope.split())
        return Consented(claims.sub, claims.email, granted.refresh_token, scopes)

    def revoke(self, refresh_token: str) -> None:
        """End what was allowed; a token that is no longer good has ended already."""
        try:
            answer = requests.post(
                self._endpoints.revoke,
                {"token": refresh_token},
                timeout=self._patience,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise down(CONSENT, f"gave no answer ({type(error).__name__})") from None
        if answer.status_code != requests.codes.ok and error_in(answer.content) != "invalid_token":
            raise down(CONSENT, f"answered {answer.status_code}")

    def _redeem(self, keys: ClientKeys, code: str, verifier: str) -> _Granted:
        # Without scopes: oauthlib would raise a Warning when fewer were granted than were asked for.
        flow = self._flow(keys, None, verifier)
        answers: list[_Granted] = []
        session = flow.oauth2session
        session.max_redirects = 0
        if self._endpoints.token.startswith("http:"):
            session.mount("https://", _OnLoopback())
        session.register_compliance_hook("access_token_response", lambda answer: _read(answer, answers))
        with session:
            try:
                flow.fetch_token(code=code, timeout=self._patience, include_client_id=True)
            except requests.RequestException as error:  # its cause may quote the request
                raise down(CONSENT, f"gave no answer ({type(error).__name__})") from None
        return answers[0]

    def _flow(self, keys: ClientKeys, scopes: tuple[str, ...] | None, verifier: str | None = None) -> Any:
        """Build Google's own flow; it insists on https, see `_OnLoopback`."""
        if not self._console_url:
            raise Misconfigured(
                "setting.missing", "CONSOLE_URL is not set; Google sends browsers back there", NOT_SET_UP
            )
        web = {
            "client_id": keys.client_id,
            "client_secret": keys.client_secret,
            "auth_uri": _https(self._endpoints.auth),
            "token_uri": _https(self._endpoints.token),
        }
        return Flow.from_client_config(
            {"web": web},
            scopes,
            redirect_uri=f"{self._console_url}/oauth/callback",
            code_verifier=verifier,
            autogenerate_code_verifier=False,
        )

    def _claims(self, token: str, client_id: str) -> _Claims:
        try:
            claims = from_plain(self._verify(token, [client_id]), _Claims)
        except (Unauthenticated, msgspec.ValidationError):
            raise down(CONSENT, "gave an ID token that is not valid") from None
        except RetryLater as error:
            raise down(CONSENT, "gave an ID token that cannot be checked for now") from error
        if claims.iss not in _ISSUERS:
            raise down(CONSENT, "gave an ID token of another issuer")
        if not (claims.email and claims.email_verified):
            raise Denied(
                "connect.no_email",
                "the ID token names no verified address",
                "Google did not tell the account's address. Please connect it again and allow everything that"
                " is asked for. What was allowed can be removed at myaccount.google.com/connections.",
            )
        return claims


class _OnLoopback(HTTPAdapter):
    """Sends in plain HTTP what oauthlib accepts with https only; stand-ins on this machine have no TLS."""

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        assert request.url is not None, "a prepared request has an address"
        request.url = request.url.replace("https:", "http:", 1)
        return super().send(request, *args, **named)


def _read(answer: requests.Response, answers: list[_Granted]) -> requests.Response:
    """Check an answer before oauthlib takes it apart, whose errors quote it."""
    if answer.status_code != requests.codes.ok:
        raise token_refused(CONSENT, answer.status_code, answer.content)
    try:
        answers.append(from_json(answer.content, _Granted))
    except ValueError:  # its text may quote the answer
        raise down(CONSENT, "gave an answer without a token") from None
    return answer


def _check(url: str) -> None:
    if not is_private(url):
        raise Misconfigured(
            "setting.invalid",
            "OAUTH_AUTH_URI, OAUTH_TOKEN_URI and OAUTH_REVOKE_URI must begin with https://",
            NOT_SET_UP,
        )


def _https(url: str) -> str:
    return url.replace("http:", "https:", 1) if url.startswith("http:") else url


def _as_set(url: str, setting: str) -> str:
    return url.replace("https:", "http:", 1) if setting.startswith("http:") else url
