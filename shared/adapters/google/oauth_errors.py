"""OAuth errors: what the refusals of Google's token endpoint mean.

No error quotes an answer, but for a word that is not known. A sign is the answer's ``error`` (RFC 6749
section 5.2, and Google's own).
"""

import re
from collections.abc import Sequence

import msgspec
import requests

from shared.adapters.error_table import Row, row_for
from shared.errors import Denied, Misconfigured, RetryLater, StopAccount, Trouble
from shared.typed import from_json

NOT_SET_UP = "The service is not set up correctly with Google. Please tell whoever looks after it."
_RECONNECT = "Google no longer accepts the connection to this account. Please connect the account again."
_ADMINISTRATOR = (
    "Your organisation's Google administrator does not allow this service. Please ask them to trust it."
)

_A_WORD = "a word that is not known"
"""A sign of our own: the ``error`` of a refusal may be quoted, and may be any word."""

_REFUSALS = frozenset(range(400, 500)) - {408, 429}
_PASSING = ("temporarily_unavailable", "server_error", "internal_failure", "rate_limit_exceeded", "slow_down")
_PLAIN_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
_LONGEST_WORD = 40

_REFUSED = Row(
    Misconfigured,
    "google.sign_in_refused",
    "Google's token endpoint refuses with {word!r}, which is not known here; Google's documents of OAuth say "
    "what it means",
    NOT_SET_UP,
    statuses=_REFUSALS,
    signs=(_A_WORD,),
)
"""Tried again each night, but told: it may never pass by itself."""

SIGN_IN = (
    Row(
        StopAccount,
        "google.reconnect",
        "the refresh token is expired or revoked",
        _RECONNECT,
        signs=("invalid_grant",),
    ),
    Row(
        StopAccount,
        "google.reconnect",
        "the refresh token was issued to another OAuth client",
        _RECONNECT,
        signs=("unauthorized_client",),
    ),
    Row(
        StopAccount,
        "google.admin_policy",
        "the account's Workspace administrator does not allow this service",
        _ADMINISTRATOR,
        signs=("admin_policy_enforced",),
    ),
    Row(
        Misconfigured,
        "google.oauth_client",
        "Google does not know the OAuth client or its secret is wrong; put the right one in the secret",
        NOT_SET_UP,
        signs=("invalid_client",),
    ),
    Row(
        Misconfigured,
        "google.oauth_client",
        "the OAuth client was deleted in the Google Cloud console; restore it or put another in the secret",
        NOT_SET_UP,
        signs=("deleted_client",),
    ),
    Row(
        Misconfigured,
        "google.oauth_client",
        "the OAuth client was disabled in the Google Cloud console; enable it or put another in the secret",
        NOT_SET_UP,
        signs=("disabled_client",),
    ),
    _REFUSED,
    Row(
        RetryLater,
        "google.sign_in_unavailable",
        "Google's token endpoint {what}",
        "Google gives no clear answer at the moment. It is tried again by itself.",
        again=True,
    ),
)
"""Meanings of a refused refresh token; the last row fits everything, and may pass."""

CONSENT = (
    Row(
        Denied,
        "connect.expired",
        "Google does not (or no longer) accept the code",
        "Connecting took too long, or was begun twice. Please connect the account again.",
        signs=("invalid_grant",),
    ),
    Row(
        Misconfigured,
        "google.oauth_client",
        "Google does not know the OAuth client or its secret is wrong; put the right one in the secret",
        NOT_SET_UP,
        signs=("invalid_client", "unauthorized_client", "deleted_client", "disabled_client"),
    ),
    Row(
        Denied,
        "connect.admin_policy",
        "the account's Workspace administrator does not allow this service",
        _ADMINISTRATOR,
        signs=("admin_policy_enforced",),
    ),
    Row(
        Misconfigured,
        "google.redirect",
        "the OAuth client does not allow CONSOLE_URL/oauth/callback; add it to its authorized redirect URIs",
        NOT_SET_UP,
        signs=("redirect_uri_mismatch",),
    ),
    _REFUSED,
    Row(
        RetryLater,
        "connect.google_down",
        "Google's sign-in {what}",
        "Google cannot be reached at the moment, or its answer cannot be used. Please try again later.",
    ),
)
"""Meanings of a refused authorization code; the last row fits everything, and may pass."""


class _Refusal(msgspec.Struct, frozen=True):
    error: str


def token_refused(table: Sequence[Row], status: int, body: bytes) -> Trouble:
    """Return what an answer other than 200 means."""
    word = "" if status >= requests.codes.server_error else error_in(body)
    is_plain = len(word) <= _LONGEST_WORD and _PLAIN_WORD.fullmatch(word) and word not in _PASSING
    signs = (word, _A_WORD) if is_plain else (word,)
    return _trouble(table, *signs, status=status, what=f"answered {status}", word=word)


def down(table: Sequence[Row], what: str) -> Trouble:
    """Say that the endpoint does not answer, or not as it should; `what` never quotes an answer."""
    return _trouble(table, what=what)


def error_in(body: bytes) -> str:
    """Return the ``error`` of an answer, or nothing."""
    try:
        return from_json(body, _Refusal).error
    except ValueError:
        return ""


def _trouble(table: Sequence[Row], *signs: str, status: int = 0, what: str, word: str = "") -> Trouble:
    row = row_for(table, *signs, status=status)
    assert row is not None, "the last row fits everything"
    return row.trouble(what=what, word=word)
