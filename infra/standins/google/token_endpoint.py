"""Google's OAuth token endpoint: a refresh token or an authorization code in, an access token out.

Errors are those of RFC 6749 section 5.2 with Google's descriptions. The client names itself in the body or by
HTTP Basic; Google accepts both, and its libraries use both: google-auth-oauthlib sends Basic with a code,
google-auth the body with a refresh token.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request

from infra.standins.google.consent.exchange import exchange_code
from infra.standins.google.credentials import ACCESS_TOKENS_LAST, Credentials, Grant
from infra.standins.google.oauth_error import Answer, OAuthError
from infra.standins.google.world import World
from infra.standins.identity.issuer import Issuer


def give_token(request: Request, world: World, issuer: Issuer) -> Answer:
    """Answer `POST /token`."""
    try:
        client_id = _client(request, world.credentials)
        kind = request.form.get("grant_type", "")
        if kind == "refresh_token":
            return 200, _refresh(request.form, world.credentials, client_id)
        if kind == "authorization_code":
            return 200, exchange_code(request.form, world, issuer, client_id)
    except OAuthError as error:
        return error.answer
    return OAuthError(400, "unsupported_grant_type", f"Invalid grant_type: {kind}").answer


def _client(request: Request, credentials: Credentials) -> str:
    basic = request.authorization
    if basic and basic.type == "basic":
        client_id, secret = basic.username or "", basic.password or ""
    else:
        client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    if not client_id:
        raise OAuthError(400, "invalid_request", "Could not determine client ID from request.")
    if client_id not in credentials.clients:
        raise OAuthError(401, "invalid_client", "The OAuth client was not found.")
    if credentials.clients[client_id].secret != secret:
        raise OAuthError(401, "invalid_client", "Unauthorized")
    return client_id


def _refresh(form: Mapping[str, str], credentials: Credentials, client_id: str) -> dict[str, Any]:
    token = form.get("refresh_token", "")
    if not token:
        raise OAuthError(400, "invalid_request", "Missing required parameter: refresh_token")
    known = credentials.grants.get(token)
    if known and known.client_id != client_id:
        raise OAuthError(401, "unauthorized_client", "Unauthorized")
    grant = credentials.exchange(token)
    if grant is None:
        raise OAuthError(400, "invalid_grant", "Token has been expired or revoked.")
    scopes = _scopes(form, grant)
    return {
        "access_token": credentials.mint(grant.email, scopes, grant),
        "expires_in": int(ACCESS_TOKENS_LAST.total_seconds()),
        "scope": " ".join(sorted(scopes)),
        "token_type": "Bearer",
    }


def _scopes(form: Mapping[str, str], grant: Grant) -> frozenset[str]:
    """Return the scopes asked for, which can only be fewer than those granted (RFC 6749 section 6)."""
    asked = frozenset(form.get("scope", "").split())
    if asked - grant.scopes:
        raise OAuthError(400, "invalid_scope", "Some requested scopes were not granted.")
    return asked or grant.scopes
