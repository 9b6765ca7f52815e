"""ID token: checks Google's statement of who calls before we believe it.

The claims are those of OpenID Connect Core section 2 as Google issues them for service accounts
(cloud.google.com/docs/authentication/token-types#id).
"""

import base64
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from shared.errors import Unauthenticated
from shared.ports import SKEW
from shared.typed import from_json, from_plain

REMOVED_SIGNATURE = "SIGNATURE_REMOVED_BY_GOOGLE"
"""The text that replaces the signature of a token that Cloud Run has checked.

Source: cloud.google.com/run/docs/troubleshooting#signature-removed.
"""

ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    iat: float
    exp: float
    email: str
    email_verified: bool


def without_signature(token: str) -> Mapping[str, Any]:
    """Read the claims of a token whose signature Cloud Run has checked and removed.

    That text by itself proves nothing: it counts only behind Cloud Run's own check.

    Raises:
        Unauthenticated: The text is absent, or the token cannot be read.
    """
    header, claims, signature = token.split(".")
    if signature != REMOVED_SIGNATURE:
        raise not_accepted("Cloud Run has not checked the token; is IAM switched on for this function?")
    _json(header)
    return _json(claims)


def with_signature(token: str) -> str:
    """Return the token, if it still has a signature that can be verified.

    Raises:
        Unauthenticated: Cloud Run has removed the signature.
    """
    if token.endswith(f".{REMOVED_SIGNATURE}"):
        raise not_accepted(
            "Cloud Run has checked the token and removed its signature: CALLER_MODE is platform there"
        )
    return token


def email_of(claims: Mapping[str, Any], audiences: Collection[str], now: float) -> str:
    """Return the caller's e-mail address, from claims that can be trusted.

    Args:
        claims: The claims of a token whose signature has been checked.
        audiences: The audiences one of which the token must be for.
        now: The time, in seconds since 1970.

    Raises:
        Unauthenticated: The token is not Google's, not for this service, not valid now, or does not name a
            verified address.
    """
    try:
        read = from_plain(claims, _Claims)
    except msgspec.ValidationError as error:
        raise not_accepted(
            "the token lacks claims; it must be an ID token that includes the e-mail address"
        ) from error
    if flaw := _flaw(read, audiences, now):
        raise not_accepted(flaw)
    return read.email


def not_accepted(why: str) -> Unauthenticated:
    """Return the refusal of a token; `why` must not quote it."""
    return Unauthenticated("caller.token", why)


def _flaw(claims: _Claims, audiences: Collection[str], now: float) -> str:
    if claims.iss not in ISSUERS:
        return "the token was not issued by Google"
    if claims.aud not in audiences:
        return "the token is for another audience than CALLER_AUDIENCE says"
    if not now <= claims.exp + SKEW:
        return "the token has expired"
    if not claims.iat - SKEW <= now:
        return "the token is not valid yet; one of the two clocks is wrong"
    if not claims.email_verified:
        return "the token's e-mail address is not verified"
    return ""


def _json(segment: str) -> dict[str, Any]:
    try:
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        return from_json(data, dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise not_accepted("the token cannot be read") from error
