"""An authorization code in, tokens out."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from infra.standins.google.consent.codes import Code
from infra.standins.google.consent.identity import id_token
from infra.standins.google.consent.scopes import SIGN_IN
from infra.standins.google.credentials import ACCESS_TOKENS_LAST
from infra.standins.google.oauth_error import OAuthError
from infra.standins.google.world import World
from infra.standins.identity.issuer import Issuer


def exchange_code(form: Mapping[str, str], world: World, issuer: Issuer, client_id: str) -> dict[str, Any]:
    """Return the tokens for a code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

    Args:
        form: The request's body.
        world: Where the code was given out.
        issuer: Signs the ID token.
        client_id: The client, which has proved itself.

    Raises:
        OAuthError: The code is not this client's to use, not now, or not like this.
    """
    code = _spend(form, world, client_id)
    _check_redirect(form.get("redirect_uri", ""), code)
    _check_verifier(form.get("code_verifier", ""), code)
    if code.grant.revoked:
        raise OAuthError(400, "invalid_grant", "Bad Request")
    return _tokens(code, world, issuer)


def _spend(form: Mapping[str, str], world: World, client_id: str) -> Code:
    for name in ("code", "redirect_uri"):
        if not form.get(name):
            raise OAuthError(400, "invalid_request", f"Missing required parameter: {name}")
    code = world.codes.find(form["code"])
    if code is None or code.grant.client_id != client_id:
        raise OAuthError(400, "invalid_grant", "Malformed auth code.")
    use = world.codes.spend(form["code"])
    if use == "again":
        code.grant.revoked = True
    if use != "in time":
        raise OAuthError(400, "invalid_grant", "Bad Request")
    return code


def _check_redirect(redirect_uri: str, code: Code) -> None:
    if redirect_uri != code.redirect_uri:
        raise OAuthError(400, "redirect_uri_mismatch", "Bad Request")


def _check_verifier(verifier: str, code: Code) -> None:
    if verifier and not code.challenge:
        raise OAuthError(400, "invalid_grant", "code_verifier or verifier is not needed.")
    if code.challenge and not verifier:
        raise OAuthError(400, "invalid_grant", "Missing code verifier.")
    if not hmac.compare_digest(_challenge(verifier, code.challenge_method).encode(), code.challenge.encode()):
        raise OAuthError(400, "invalid_grant", "Invalid code verifier.")


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _tokens(code: Code, world: World, issuer: Issuer) -> dict[str, Any]:
    grant = code.grant
    access_token = world.credentials.mint(grant.email, grant.scopes, grant)
    tokens = {
        "access_token": access_token,
        "expires_in": int(ACCESS_TOKENS_LAST.total_seconds()),
        "scope": " ".join(sorted(grant.scopes)),
        "token_type": "Bearer",
    }
    if grant.refresh_token:
        tokens["refresh_token"] = grant.refresh_token
    if grant.scopes & SIGN_IN:
        account = world.accounts[grant.email]
        tokens["id_token"] = id_token(issuer, account, grant, code.nonce, access_token)
    return tokens
