"""Sign-in: from the secrets of an account to requests that carry its access token.

A refresh token and the OAuth client's secret are exchanged for an access token of about an hour
(developers.google.com/identity/protocols/oauth2/web-server#offline). Neither is ever part of an error.
"""

from collections.abc import Mapping
from typing import Any

import httplib2
import msgspec
import requests
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials

from shared.adapters.google.oauth_errors import SIGN_IN, down, token_refused
from shared.adapters.google.transport import Http
from shared.errors import Misconfigured
from shared.ports import SecretStore
from shared.typed import from_json

REFRESH_SECONDS = 15.0
"""The longest silence of the token endpoint; it answers within a second when it is well."""


class ClientKeys(msgspec.Struct, frozen=True):
    """The OAuth client as its secret holds it."""

    client_id: str
    client_secret: str


class _Token(msgspec.Struct, frozen=True):
    """The token endpoint's success (RFC 6749 section 5.1), as far as google-auth relies on it."""

    access_token: str
    expires_in: int


def client_keys(secrets: SecretStore, client: str) -> ClientKeys:
    """Read the OAuth client.

    Args:
        secrets: Where its secret is.
        client: Name of the secret with ``{"client_id": …, "client_secret": …}``.

    Raises:
        Misconfigured: The secret is missing, or not of that form.
        RetryLater: The secret store cannot be reached.
    """
    try:
        return from_json(secrets.get(client), ClientKeys)
    except ValueError:  # its text and its cause may quote the secret
        raise Misconfigured(
            "google.oauth_client", f'the secret {client} is not {{"client_id": …, "client_secret": …}}'
        ) from None


def account_credentials(secrets: SecretStore, *, client: str, account: str, token_uri: str) -> Credentials:
    """Make the credentials of an account, not signed in yet.

    Args:
        secrets: Where both secrets are.
        client: Name of the secret with ``{"client_id": …, "client_secret": …}``.
        account: Name of the secret with the account's refresh token.
        token_uri: Google's token endpoint.

    Raises:
        Misconfigured: A secret is missing, or the client's is not of that form.
        RetryLater: The secret store cannot be reached.
    """
    keys = client_keys(secrets, client)
    return Credentials(  # type: ignore[no-untyped-call]  # google-auth annotates few of its functions
        token=None,
        refresh_token=secrets.get(account),
        token_uri=token_uri,
        client_id=keys.client_id,
        client_secret=keys.client_secret,
    )


class _TokenAnswer:
    """The shape in which google-auth takes an answer."""

    def __init__(self, data: bytes) -> None:
        self.status = 200
        self.headers: Mapping[str, str] = {}
        self.data = data


class SignedIn:
    """A transport for one account: adds its access token, signing in when there is none that is valid.

    An answer 401 makes it forget the token, so that the same request, sent again, goes out with a new one.
    Whether to send it again is the caller's to decide, who counts requests and watches the time.
    """

    def __init__(self, http: Http, credentials: Credentials) -> None:
        """Reach both the token endpoint and Google's API through `http`."""
        self._http = http
        self._credentials = credentials

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request with the account's token.

        Raises:
            StopAccount: Google no longer accepts the refresh token; the account must be connected again.
            Misconfigured: Google does not accept the OAuth client.
            RetryLater: Signing in failed for now; the request was not sent.
            requests.RequestException: The request got no answer.
        """
        signed = {**(headers or {}), "authorization": f"Bearer {self._token()}"}
        head, content = self._http.request(uri, method, body, signed, timeout=timeout)
        if head.status == requests.codes.unauthorized:
            self._credentials.token = None
        return head, content

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _token(self) -> str:
        if not self._credentials.valid:
            try:
                self._credentials.refresh(self._ask)  # type: ignore[no-untyped-call]  # as above
            except GoogleAuthError:  # its text may quote the answer, in which tokens are
                raise down(SIGN_IN, "gave an answer that google-auth does not accept") from None
        return str(self._credentials.token)

    def _ask(self, url: str, method: str, body: bytes, headers: Mapping[str, str], **_: Any) -> _TokenAnswer:
        """Ask the token endpoint, for google-auth; raises refusals before google-auth would resend."""
        try:
            head, content = self._http.request(url, method, body, headers, timeout=REFRESH_SECONDS)
        except requests.RequestException as error:
            raise down(SIGN_IN, f"gave no answer ({type(error).__name__})") from error
        if head.status != requests.codes.ok:
            raise token_refused(SIGN_IN, head.status, content)
        try:
            from_json(content, _Token, strict=False)
        except ValueError:  # its text may quote the answer
            raise down(SIGN_IN, "gave an answer without a token") from None
        return _TokenAnswer(content)
