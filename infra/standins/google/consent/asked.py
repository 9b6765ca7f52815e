"""What a program asks for when it sends a user's browser to the authorization endpoint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from infra.standins.google.consent.scopes import SIGN_IN, canonical, descriptions
from infra.standins.google.credentials import Client

_REQUIRED = ("client_id", "redirect_uri", "response_type", "scope")
_OPTIONAL = (
    "state",
    "access_type",
    "prompt",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "include_granted_scopes",
    "nonce",
)
_VALUES: Mapping[str, frozenset[str]] = {
    "access_type": frozenset({"online", "offline"}),
    "code_challenge_method": frozenset({"S256", "plain"}),
    "include_granted_scopes": frozenset({"true", "false"}),
}
_PROMPTS = frozenset({"none", "consent", "select_account"})
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class FaultyRequest(Exception):
    """A request that is answered with a page, because the browser must not be sent back.

    Attributes:
        http: The HTTP status.
        error: OAuth's or Google's code.
        client: The client, when it is known.
    """

    def __init__(self, error: str, text: str, *, http: int = 400, client: Client | None = None) -> None:
        super().__init__(text)
        self.http = http
        self.error = error
        self.client = client


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is in order.

    Attributes:
        client_id: Who asks.
        client: Who that is.
        redirect_uri: Where the browser goes back to.
        scopes: What is asked for, as Google writes it.
        fields: The parameters as they came, to ask the same again.
    """

    client_id: str
    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return a parameter, "" when it was not given."""
        return self.fields.get(name, "")

    @property
    def prompts(self) -> frozenset[str]:
        """What the user must see in any case, or "none"."""
        return frozenset(self.get("prompt").split())

    @property
    def offline(self) -> bool:
        """Whether a refresh token is asked for."""
        return self.get("access_type") == "offline"

    @property
    def optional(self) -> tuple[str, ...]:
        """The scopes with a box to tick: those beyond sign-in, unless there is but one scope in all."""
        beyond = tuple(scope for scope in self.scopes if scope not in SIGN_IN)
        return beyond if len(self.scopes) > 1 else ()


def read_asked(given: MultiDict[str, str], clients: Mapping[str, Client]) -> Asked:
    """Check a request; unknown parameters are ignored, and empty ones are as good as none (RFC 6749 3.1).

    Raises:
        FaultyRequest: It cannot be answered.
    """
    names = (*_REQUIRED, *_OPTIONAL)
    for name in names:
        if len(given.getlist(name)) > 1:
            raise FaultyRequest("invalid_request", f"OAuth 2 parameters can only have a single value: {name}")
    fields = {name: given[name] for name in names if given.get(name)}
    client = _client(fields, clients)
    _check_values(fields, client)
    _check_challenge(fields, client)
    scopes = _scopes(fields, client)
    return Asked(fields["client_id"], client, fields["redirect_uri"], scopes, fields)


def _client(fields: Mapping[str, str], clients: Mapping[str, Client]) -> Client:
    if "client_id" not in fields:
        raise FaultyRequest("invalid_request", "Missing required parameter: client_id")
    client = clients.get(fields["client_id"])
    if client is None:
        raise FaultyRequest("invalid_client", "The OAuth client was not found.", http=401)
    for name in _REQUIRED:
        if name not in fields:
            raise FaultyRequest("invalid_request", f"Missing required parameter: {name}", client=client)
    if fields["redirect_uri"] not in client.redirect_uris:
        text = "The redirect URI of the request is not one of those registered for the OAuth client."
        raise FaultyRequest("redirect_uri_mismatch", text, client=client)
    return client


def _check_values(fields: Mapping[str, str], client: Client) -> None:
    if fields["response_type"] != "code":
        text = f"Invalid response_type: {fields['response_type']}"
        raise FaultyRequest("unsupported_response_type", text, client=client)
    for name, values in _VALUES.items():
        if name in fields and fields[name] not in values:
            raise FaultyRequest("invalid_request", f"Invalid parameter value for {name}", client=client)
    prompts = set(fields.get("prompt", "").split())
    if prompts - _PROMPTS or (len(prompts) > 1 and "none" in prompts):
        raise FaultyRequest("invalid_request", "Invalid parameter value for prompt", client=client)


def _check_challenge(fields: Mapping[str, str], client: Client) -> None:
    challenge = fields.get("code_challenge")
    if challenge is None and "code_challenge_method" in fields:
        raise FaultyRequest("invalid_request", "Missing required parameter: code_challenge", client=client)
    if challenge is not None and not _CHALLENGE.fullmatch(challenge):
        raise FaultyRequest("invalid_request", "Invalid parameter value for code_challenge", client=client)


def _scopes(fields: Mapping[str, str], client: Client) -> tuple[str, ...]:
    scopes = canonical(fields["scope"].split())
    unknown = [scope for scope in scopes if scope not in descriptions()]
    if unknown:
        text = f"Some requested scopes were invalid. {{invalid=[{', '.join(unknown)}]}}"
        raise FaultyRequest("invalid_scope", text, client=client)
    return scopes
