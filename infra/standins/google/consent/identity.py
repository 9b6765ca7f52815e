"""Whose account it is: in an ID token, and for an access token."""

import base64
import hashlib
from typing import Any

from werkzeug.wrappers import Request

from infra.standins.google.account import Account
from infra.standins.google.authorization import bearer_token
from infra.standins.google.consent.scopes import EMAIL, SIGN_IN
from infra.standins.google.credentials import Grant
from infra.standins.google.oauth_error import Answer, OAuthError
from infra.standins.google.world import World
from infra.standins.identity.issuer import Issuer


def id_token(issuer: Issuer, account: Account, grant: Grant, nonce: str, access_token: str) -> str:
    """Return a signed statement for the client about who has consented."""
    digest = hashlib.sha256(access_token.encode()).digest()
    claims = {
        "aud": grant.client_id,
        "azp": grant.client_id,
        "sub": account.user_id,
        "email": None,
        "email_verified": None,
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        "nonce": nonce or None,
    }
    return issuer.sign(claims | _about(account, grant.scopes))


def tell_user(request: Request, world: World) -> Answer:
    """Answer `GET /oauth2/v3/userinfo`, which any scope that says who somebody is opens."""
    access = world.credentials.bearer(bearer_token(request.headers.get("Authorization")))
    if access is None or not access.scopes & SIGN_IN:
        return OAuthError(401, "invalid_request", "Invalid Credentials").answer
    return 200, _about(world.accounts[access.email], access.scopes)


def _about(account: Account, scopes: frozenset[str]) -> dict[str, Any]:
    address = {"email": account.email, "email_verified": True} if EMAIL in scopes else {}
    return {"sub": account.user_id, **address}
