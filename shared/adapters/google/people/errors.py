"""Errors: what Google's refusals mean, read by their signs.

A *sign* is something stable in Google's answer: an ErrorInfo's ``reason``, the name of a detail's ``@type``,
the ``status``, a legacy ``errors[].reason``. Google's messages are for developers and may change
(google.rpc.Status); one code is looked for in them, since Google puts it nowhere else. They are never
repeated in our texts, for they quote what was sent.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import msgspec
import requests

from shared.adapters.error_table import Row, row_for
from shared.adapters.google.oauth_errors import SIGN_IN
from shared.adapters.google.transport import was_never_sent
from shared.domain.model.account import MOST_CONTACTS
from shared.domain.model.quota import is_of_project
from shared.errors import (
    AccountFull,
    Misconfigured,
    OutcomeUnknown,
    OverQuota,
    RetryLater,
    SkipCustomer,
    StopAccount,
    Trouble,
)
from shared.retry_after import http_date, retry_after

GONE = "google.gone"
CHANGED = "google.changed"
CONFLICT = "google.conflict"
INVALID_CONTACT = "google.invalid"
BATCH_REFUSED = "google.batch_refused"

_FULL = "MY_CONTACTS_OVERFLOW_COUNT"
"""The one sign that Google puts into the message only."""

_PROJECT = "a quota of the project"
"""A sign of our own: the ``quota_limit`` that the answer names is for all users of the project together."""

_DAY = "a quota of a day"
"""A sign of our own: the ``quota_limit`` that the answer names is not one of a minute."""

_RECONNECT = "Google no longer accepts the connection to this account. Please connect the account again."
_OPERATOR = "The service is not set up correctly with Google. Please tell whoever looks after it."
_SOME_HOURS = "Google has paused changes to this account for some hours. A later run continues by itself."

_SOON = "Google lets this account do no more for the moment. It goes on by itself in a minute or two."
SILENT = "Google gives no clear answer at the moment. It is tried again by itself."
NOT_TAKEN = (
    "Google does not accept this customer's contact. Please look at the customer's record in SIMPLer; "
    "the contact is tried again with every run."
)

_REFUSALS = frozenset(range(400, 500)) - {408, 499}
"""Request Timeout and (google.rpc.Code CANCELLED) Client Closed Request tell nothing about the outcome."""

PEOPLE_ERRORS = (
    Row(
        AccountFull,
        "google.full",
        f"the account holds as many contacts as Google allows ({MOST_CONTACTS:,}, the trash included)",
        "This Google account is full. Delete contacts that are no longer needed and empty the trash.",
        signs=(_FULL,),
    ),
    Row(
        StopAccount,
        "google.reconnect",
        "Google refuses a fresh access token of the account",
        _RECONNECT,
        statuses=(401,),
    ),
    Row(
        StopAccount,
        "google.scope",
        "the account was connected without the right to its contacts",
        "This account was connected without access to its contacts. "
        "Please connect it again and leave the box for contacts ticked.",
        statuses=(403,),
        signs=("ACCESS_TOKEN_SCOPE_INSUFFICIENT",),
    ),
    Row(
        Misconfigured,
        "google.service_disabled",
        "the People API is not enabled in the OAuth client's Google Cloud project; enable it there",
        _OPERATOR,
        statuses=(403,),
        signs=("SERVICE_DISABLED",),
    ),
    Row(
        OverQuota,
        "google.quota_project",
        "a quota of the whole Google Cloud project is used up; ask Google for more",
        "Google has paused what this service may ask for some minutes. It continues by itself then.",
        statuses=(403, 429),
        signs=(_PROJECT,),
    ),
    Row(
        OverQuota,
        "google.quota_long",
        "the account's quota for the day is used up",
        _SOME_HOURS,
        statuses=(403, 429),
        signs=(_DAY, "dailyLimitExceeded"),
        lasting=True,
    ),
    Row(
        OverQuota,
        "google.quota",
        "the account's quota for the minute is used up",
        _SOON,
        statuses=(403, 429),
        signs=("RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"),
        again=True,
    ),
    Row(
        OverQuota,
        "google.quota_long",
        "a quota of the account that takes hours to recover is used up",
        _SOME_HOURS,
        statuses=(429,),
        signs=("QuotaFailure",),
        lasting=True,
    ),
    Row(OverQuota, "google.quota", "Google asks to slow down", _SOON, statuses=(429,), again=True),
    Row(
        SkipCustomer,
        "google.changed",
        "the contact was changed since it was read",
        "The contact was changed in Google at the same moment. The next run puts it right.",
        statuses=(400, 403),  # 403 in 2021: googleapis/google-api-python-client#1169
        signs=("FAILED_PRECONDITION",),
    ),
    Row(
        StopAccount,
        "google.forbidden",
        "Google forbids the access to the account's contacts, for a reason that is not known here",
        _RECONNECT,
        statuses=(403,),
    ),
    Row(
        SkipCustomer,
        "google.gone",
        "the contact is no longer in the account",
        "The contact is no longer in the Google account. The next run makes it again.",
        statuses=(404,),
    ),
    Row(
        RetryLater,
        "google.busy",
        "another change to the same account is under way",
        "Another change to this Google account is under way. It is tried again in a moment.",
        statuses=(409,),
        signs=("ABORTED",),
    ),
    Row(
        SkipCustomer,
        "google.conflict",
        "something of that name exists or has changed",
        "The contact was changed in Google at the same moment. The next run puts it right.",
        statuses=(409,),
    ),
    Row(SkipCustomer, INVALID_CONTACT, "Google does not accept what was sent", NOT_TAKEN, statuses=(400,)),
    Row(
        SkipCustomer,
        "google.refused",
        "Google refuses the contact (HTTP {status})",
        NOT_TAKEN,
        statuses=_REFUSALS,
    ),
    Row(OutcomeUnknown, "google.unavailable", "Google answered HTTP {status}", SILENT, again=True),
)
"""Meanings of answers other than 2xx; after the last row, which fits any of them, the outcome is open."""

UNREACHABLE = Row(
    RetryLater, "google.unreachable", "no connection to Google came about ({name})", SILENT, again=True
)
NO_ANSWER = Row(
    OutcomeUnknown, "google.no_answer", "Google gave no whole answer ({name})", SILENT, again=True
)
GARBLED = Row(
    OutcomeUnknown, "google.garbled", "Google's answer has a shape that is not known", SILENT, again=True
)
UNTOLD = Row(
    OutcomeUnknown, "google.untold", "Google's answer does not tell whether the contact was {done}", SILENT
)
LABEL_CHANGED = Row(
    RetryLater,
    "google.label_changed",
    "the label was changed since it was read",
    "Somebody changed the label in Google Contacts a moment ago. It is looked at again in a while.",
)
LABEL_GONE = Row(
    RetryLater,
    "google.label_gone",
    "the label is not in the account, or not yet",
    "The label is not in the Google account. The next run will make it again.",
)
_LABEL_REFUSED = Row(
    StopAccount,
    "google.label_refused",
    "Google refuses a request about the label ({code})",
    "Google does not accept what was to be done with the label in this account. Please look at the "
    "labels in Google Contacts; it is tried again with the next run.",
)
_NOT_LABELLED = Row(
    SkipCustomer,
    "google.label_refused",
    "Google refuses to put the contact into a label, or to take it out ({code})",
    "Google does not change which labels the contact is in; it is tried again with the next run.",
)
_UNEXPLAINED = Row(
    SkipCustomer, "google.refused", "Google refuses the contact and does not say why", NOT_TAKEN
)

PASSING = frozenset(
    row.reason for row in (*PEOPLE_ERRORS, UNREACHABLE, NO_ANSWER, GARBLED, *SIGN_IN) if row.again
)

_RPC_CODES: Mapping[int, tuple[int, str]] = {
    3: (400, "INVALID_ARGUMENT"),
    5: (404, "NOT_FOUND"),
    6: (409, "ALREADY_EXISTS"),
    7: (403, "PERMISSION_DENIED"),
    8: (429, "RESOURCE_EXHAUSTED"),
    9: (400, "FAILED_PRECONDITION"),
    10: (409, "ABORTED"),
    11: (400, "OUT_OF_RANGE"),
    16: (401, "UNAUTHENTICATED"),
}
"""google.rpc.Code (google/rpc/code.proto, with its HTTP mapping); the others leave the outcome open."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")


def is_sent_again(trouble: Trouble, *, is_safe: bool) -> TypeGuard[RetryLater]:
    """Decide whether a request is sent again after a moment; nothing else does.

    Args:
        trouble: What came of it.
        is_safe: Whether it may be sent again while nobody knows if it took effect.
    """
    return trouble.reason in PASSING and (is_safe or not isinstance(trouble, OutcomeUnknown))


def translate(status: int, headers: Mapping[str, str], body: bytes) -> Trouble:
    """Return what an answer other than 2xx means.

    Args:
        status: The HTTP status.
        headers: By lower-case name.
        body: JSON with a google.rpc.Status as ``error``, or anything.

    Returns:
        `OutcomeUnknown` if the request may have taken effect; `SkipCustomer` if Google refused what was in
        it; otherwise what forbids any request, for a while or until somebody acts.
    """
    error = _error_of(body)
    return _meaning(status, error, _wait(error, headers))


def translate_status(status: Mapping[str, Any]) -> Trouble | None:
    """Return what the google.rpc.Status of one contact in a batch means; None if it is well (code 0)."""
    code = status.get("code", 0)
    if code == 0:
        return None
    http_status, name = _RPC_CODES.get(code if isinstance(code, int) else -1, (500, ""))
    return _meaning(http_status, {**status, "status": name}, _wait(status, {}))


def no_answer(error: requests.RequestException) -> Trouble:
    """Return what it means that no answer came."""
    row = UNREACHABLE if was_never_sent(error) else NO_ANSWER
    return row.trouble(name=type(error).__name__)


def contact_errors(body: bytes) -> Mapping[str, Trouble]:
    """Return which contacts made Google refuse a whole batch, and why.

    By index in a create and by resource name in an update; empty if Google does not say. A contact that is
    not named would have been written (rest/v1/BatchCreateContactsErrorDetails, …Update…).
    """
    error = _error_of(body)
    found: dict[str, Trouble] = {}
    for kind in ("BatchCreateContactsErrorDetails", "BatchUpdateContactsErrorDetails"):
        for detail in _details(error, kind):
            named = detail.get("contactErrors")
            for contact, status in named.items() if isinstance(named, dict) else ():
                trouble = translate_status(status) if isinstance(status, dict) else None
                # A batch that is refused writes nothing: a contact's own error cannot leave its outcome open.
                is_open = trouble is None or isinstance(trouble, OutcomeUnknown)
                found[contact] = _UNEXPLAINED.trouble() if is_open or trouble is None else trouble
    return found


def about_label(trouble: Trouble) -> Trouble:
    """Return what a refusal means of a request about a label: the table's sentences are about a contact."""
    return _LABEL_REFUSED.trouble(code=trouble.reason) if isinstance(trouble, SkipCustomer) else trouble


def not_labelled(trouble: Trouble) -> Trouble:
    """Return what a refusal to put a contact into a label means: it may be the contact's, or the label's."""
    return _NOT_LABELLED.trouble(code=trouble.reason) if isinstance(trouble, SkipCustomer) else trouble


def gone() -> Trouble:
    """Say that the contact is no longer in the account."""
    return _meaning(404, {}, 0)


def _meaning(http_status: int, status: Mapping[str, Any], wait: float) -> Trouble:
    row = row_for(PEOPLE_ERRORS, *_signs(status), status=http_status)
    assert row is not None, "the last row fits everything"
    return row.trouble(after=wait, limit=_limit(status), status=http_status)


def _error_of(body: bytes) -> Mapping[str, Any]:
    """Return the ``error`` object of an answer, a google.rpc.Status; empty if the answer has none."""
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _details(status: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """Yield the details of a google.rpc.Status whose ``@type`` ends in this name."""
    for detail in _objects(status.get("details")):
        if str(detail.get("@type", "")).rpartition(".")[2] == kind:
            yield detail


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _signs(status: Mapping[str, Any]) -> Iterator[str]:
    yield str(status.get("status", ""))
    if _FULL in str(status.get("message", "")):
        yield _FULL
    yield from (str(error.get("reason", "")) for error in _objects(status.get("errors")))
    yield from ("QuotaFailure" for _ in _details(status, "QuotaFailure"))
    yield from (str(info.get("reason", "")) for info in _details(status, "ErrorInfo"))
    if is_of_project(_limit(status)):
        yield _PROJECT
    elif re.search("PerDay|Daily", _limit(status)):
        yield _DAY


def _limit(status: Mapping[str, Any]) -> str:
    """Return Google's name of the quota's limit that was reached; empty if it does not say."""
    said = (info.get("metadata") for info in _details(status, "ErrorInfo"))
    limits = (str(metadata.get("quota_limit", "")) for metadata in said if isinstance(metadata, dict))
    return next(filter(None, limits), "")


def _wait(status: Mapping[str, Any], headers: Mapping[str, str]) -> float:
    """Return how long Google asks to wait, by header or by google.rpc.RetryInfo; 0 if it does not say."""
    delays = (_DURATION.fullmatch(str(info.get("retryDelay", ""))) for info in _details(status, "RetryInfo"))
    asked = retry_after(headers.get("retry-after", ""), http_date(headers.get("date", "")))
    seconds = max([asked, *(float(delay[1]) for delay in delays if delay)])
    return seconds if math.isfinite(seconds) else 0
