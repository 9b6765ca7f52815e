"""OAuth scopes: how Google writes them, which only say who somebody is, and what users are told of them."""

from collections.abc import Iterable, Mapping

from infra.standins.google.discovery import load_discovery

OPENID = "openid"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"
SIGN_IN = frozenset({OPENID, EMAIL, PROFILE})
"""Scopes that come without a box to tick; there is no consent without them."""

_LONG_NAMES: Mapping[str, str] = {"email": EMAIL, "profile": PROFILE}


def canonical(asked: Iterable[str]) -> tuple[str, ...]:
    """Return scopes as Google grants them: long names, and `openid` with any about identity."""
    scopes = [_LONG_NAMES.get(scope, scope) for scope in asked]
    if SIGN_IN.intersection(scopes):
        scopes.append(OPENID)
    return tuple(dict.fromkeys(scopes))


def descriptions() -> Mapping[str, str]:
    """Return what each scope allows, in the words that users see; other scopes do not exist."""
    return {**load_discovery().scopes, OPENID: "Associate you with your personal info on Google"}
