"""Error table: the table of (HTTP status, sign) → the error of ours. Data only; `errors` reads it.

A *sign* is something stable in Google's answer: an ErrorInfo's ``reason``, the name of a detail's ``@type``,
the ``status``, a legacy ``errors[].reason``. Google's messages are for developers and may change
(google.rpc.Status); one code is looked for in them, since Google puts it nowhere else.
"""

from dataclasses import dataclass

from shared.errors import (
    AccountFull,
    Misconfigured,
    OverQuota,
    RetryLater,
    SkipCustomer,
    StopAccount,
    Trouble,
)

FULL = "MY_CONTACTS_OVERFLOW_COUNT"
"""The sign that stands in the message."""

DAY = "a quota of a day"
"""A sign of our own: the ``quota_limit`` that the answer names is not one of a minute."""

_RECONNECT = "Google no longer accepts the connection to this account. Please connect the account again."
_OPERATOR = "The service is not set up correctly with Google. Please tell whoever looks after it."
_SOME_HOURS = "Google accepts no more changes to this account for some hours. The next nightly run goes on."


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row.

    Attributes:
        error: Which of our errors it is.
        reason: Our stable code.
        message: Our text for the operator.
        user_message: Our text for the person at the button; empty for the same.
        statuses: The HTTP statuses it applies to; empty for any.
        signs: One of these must be in the answer; empty for any.
        lasting: Of a quota: whether it takes hours to recover.
        again: Of what passes: whether the same request can meet anything else a moment later.
    """

    error: type[Trouble]
    reason: str
    message: str
    user_message: str = ""
    statuses: tuple[int, ...] = ()
    signs: tuple[str, ...] = ()
    lasting: bool = False
    again: bool = True


TABLE = (
    Meaning(
        AccountFull,
        "google.full",
        "the account holds as many contacts as Google allows (25,000, the trash included)",
        "This Google account is full. Delete contacts that are no longer needed and empty the trash.",
        signs=(FULL,),
    ),
    Meaning(
        StopAccount,
        "google.reconnect",
        "Google refuses a fresh access token of the account",
        _RECONNECT,
        statuses=(401,),
    ),
    Meaning(
        StopAccount,
        "google.scope",
        "the account was connected without the right to its contacts",
        "This account was connected without access to its contacts. "
        "Please connect it again and leave the box for contacts ticked.",
        statuses=(403,),
        signs=("ACCESS_TOKEN_SCOPE_INSUFFICIENT",),
    ),
    Meaning(
        Misconfigured,
        "google.service_disabled",
        "the People API is not enabled in the OAuth client's Google Cloud project; enable it there",
        _OPERATOR,
        statuses=(403,),
        signs=("SERVICE_DISABLED",),
    ),
    Meaning(
        OverQuota,
        "google.quota_long",
        "the account's quota for the day is used up",
        _SOME_HOURS,
        statuses=(403, 429),
        signs=(DAY, "dailyLimitExceeded"),
        lasting=True,
        again=False,
    ),
    Meaning(
        OverQuota,
        "google.quota",
        "the account's quota for the minute is used up",
        statuses=(403, 429),
        signs=("RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"),
    ),
    Meaning(
        OverQuota,
        "google.quota_long",
        "a quota of the account that takes hours to recover is used up",
        _SOME_HOURS,
        statuses=(429,),
        signs=("QuotaFailure",),
        lasting=True,
        again=False,
    ),
    Meaning(OverQuota, "google.quota", "Google asks to slow down", statuses=(429,)),
    Meaning(
        SkipCustomer,
        "google.changed",
        "the contact was changed since it was read",
        statuses=(400, 403),  # 403 in 2021: googleapis/google-api-python-client#1169
        signs=("FAILED_PRECONDITION",),
    ),
    Meaning(
        StopAccount,
        "google.forbidden",
        "Google forbids the access to the account's contacts, for a reason that is not known here",
        _RECONNECT,
        statuses=(403,),
    ),
    Meaning(SkipCustomer, "google.gone", "the contact is no longer in the account", statuses=(404,)),
    Meaning(
        RetryLater,
        "google.busy",
        "another change to the same account is under way",
        statuses=(409,),
        signs=("ABORTED",),
        again=False,
    ),
    Meaning(SkipCustomer, "google.conflict", "something of that name exists or has changed", statuses=(409,)),
    Meaning(SkipCustomer, "google.invalid", "Google does not accept what was sent", statuses=(400,)),
)
"""The first row that fits counts. Any other 4xx is a refusal; anything else leaves the outcome open."""

NOT_AGAIN = frozenset(row.reason for row in TABLE if not row.again)
"""Codes of what passes, though not while the same call waits: its caller comes back later."""
