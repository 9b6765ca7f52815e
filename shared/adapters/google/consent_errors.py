"""Consent errors: what Google's refusals to redeem a code mean. No error quotes an answer."""

from collections.abc import Mapping

import requests

from shared.adapters.google.sign_in import Refusal
from shared.errors import Denied, Misconfigured, RetryLater, Trouble
from shared.typed import from_json

NOT_SET_UP = "The service is not set up correctly with Google. Please tell whoever looks after it."
_CLIENT = (
    Misconfigured,
    "google.oauth_client",
    "Google does not know the OAuth client or its secret is wrong; put the right one in the secret",
    NOT_SET_UP,
)
_REFUSALS: Mapping[str, tuple[type[Trouble], str, str, str]] = {
    "invalid_grant": (
        Denied,
        "connect.expired",
        "Google does not (or no longer) accept the code",
        "Connecting took too long, or was begun twice. Please connect the account again.",
    ),
    "invalid_client": _CLIENT,
    "unauthorized_client": _CLIENT,
    "deleted_client": _CLIENT,
    "admin_policy_enforced": (
        Denied,
        "connect.admin_policy",
        "the account's Workspace administrator does not allow this service",
        "Your organisation's Google administrator does not allow this service. Please ask them to trust it.",
    ),
    "redirect_uri_mismatch": (
        Misconfigured,
        "google.redirect",
        "the OAuth client does not allow CONSOLE_URL/oauth/callback; add it to its authorized redirect URIs",
        NOT_SET_UP,
    ),
}
"""The token endpoint's ``error`` (RFC 6749 section 5.2 and Google's own) → what it means here."""


def refused(status: int, body: bytes) -> Trouble:
    """What an answer other than 200 of the token endpoint means; whatever may pass is to be tried later."""
    code = error_in(body)
    if code not in _REFUSALS or status >= requests.codes.server_error:
        return down(f"answered {status}")
    kind, reason, message, user_message = _REFUSALS[code]
    return kind(reason, message, user_message)


def error_in(body: bytes) -> str:
    """The ``error`` of an answer, or nothing."""
    try:
        return from_json(body, Refusal).error
    except ValueError:
        return ""


def down(what: str) -> RetryLater:
    """Google does not answer, or not as it should; `what` never quotes an answer."""
    return RetryLater(
        "connect.google_down",
        f"Google's sign-in {what}",
        "Google cannot be reached at the moment, or its answer cannot be used. Please try again later.",
    )
