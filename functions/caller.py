"""Caller: finds out who calls. Each function asks this first, and refuses a caller without proof.

Both headers of Cloud Run are read as it reads them: ``X-Serverless-Authorization`` first, and
``Authorization`` only without it
(cloud.google.com/run/docs/authenticating/service-to-service#acquire-token).
"""

import re
from urllib.parse import urlsplit

import msgspec
from flask import Request

from functions.id_token import email_of, not_accepted, with_signature, without_signature
from shared.errors import Denied, Unauthenticated
from shared.loopback import is_loopback
from shared.pattern import pattern
from shared.policy import Mode, Policy, covers

LARGEST_TOKEN = 8192
"""Google's ID tokens have about 1,000 characters."""

_BEARER = pattern(r"bearer +([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII | re.IGNORECASE)
_FROM_A_PROXY = pattern(r"forwarded|via|x-forwarded-.*|x-real-ip|(x|true)-client-ip|cf-.*", re.IGNORECASE)
"""Headers that proxies add, of RFC 7239, RFC 9110 and habit; one that adds none cannot be noticed."""


class Caller(msgspec.Struct, frozen=True):
    """A program that may call this function.

    Attributes:
        email: The address of its service account; ``local`` where no token is required.
        wisps: The wisps that it may name, as in its grant.
    """

    email: str
    wisps: frozenset[str] | None

    def may_use(self, wisp: str) -> None:
        """Raise `Denied` unless the caller may act for the wisp."""
        if not covers(self.wisps, wisp):
            raise Denied(
                "caller.wisp",
                f"{self.email} named a wisp that CALLERS does not allow it",
                "This caller may not act for this wisp. Whoever looks after the service can allow it.",
            )


def authenticate(request: Request, function: str, policy: Policy) -> Caller:
    """Find out who calls.

    Args:
        request: The call.
        function: The name of the function that is called.
        policy: How callers prove who they are, and what each may do.

    Raises:
        Unauthenticated: The call has no token, or one that does not prove who calls.
        Denied: The caller is known, but may not use this function.
        RetryLater: Google's certificates could not be fetched.
        Misconfigured: No audience is set.
    """
    match policy.mode:
        case Mode.OPEN:
            return _neighbour(request)
        case Mode.PLATFORM:
            claims = without_signature(_token(request))
        case Mode.VERIFY:
            claims = policy.verified(with_signature(_token(request)), function)
    email = email_of(claims, policy.audiences(function), policy.clock.now().timestamp())
    return Caller(email, policy.grant(email, function).wisps)


def _token(request: Request) -> str:
    headers = request.headers
    given = headers.get("X-Serverless-Authorization", headers.get("Authorization"))
    if given is None:
        raise Unauthenticated("caller.no_token", "the call came without a token")
    found = _BEARER.fullmatch(given) if len(given) <= LARGEST_TOKEN else None
    if found is None:
        raise not_accepted("the call came without exactly one bearer token of three parts")
    return found[1]


def _neighbour(request: Request) -> Caller:
    """Return the caller for a direct call from this machine, under one of its own names.

    Check the name, because a web page can lead a browser here under another name (DNS rebinding).
    """
    direct = not any(map(_FROM_A_PROXY.fullmatch, request.headers.keys()))
    if not (direct and is_loopback(request.remote_addr or "") and is_loopback(_host(request))):
        raise Denied(
            "caller.not_local",
            "a call came from elsewhere or through a proxy, but CALLER_MODE is open",
            "This service answers calls from its own machine only.",
        )
    return Caller("local", None)


def _host(request: Request) -> str:
    try:
        return urlsplit(f"//{request.environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return ""
