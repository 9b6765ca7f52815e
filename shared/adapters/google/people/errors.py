"""Errors: what Google's refusals mean, read by their signs; the meanings themselves are in `error_table`.

Google's own messages are never repeated in our texts, for they quote what was sent.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from shared.adapters.google.people.error_table import DAY, FULL, TABLE, Meaning
from shared.errors import OutcomeUnknown, OverQuota, RetryLater, SkipCustomer, StopAccount, Trouble
from shared.retry_after import http_date, retry_after

_UNDECIDED_4XX = (408, 499)
"""Request Timeout and (google.rpc.Code CANCELLED) Client Closed Request tell nothing about the outcome."""

_CLIENT_ERRORS = range(400, 500)

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


def error_of(body: bytes) -> Mapping[str, Any]:
    """The ``error`` object of an answer, a google.rpc.Status; empty if the answer has none."""
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def details(status: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """The details of a google.rpc.Status whose ``@type`` ends in this name."""
    for detail in _objects(status.get("details")):
        if str(detail.get("@type", "")).rpartition(".")[2] == kind:
            yield detail


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _signs(status: Mapping[str, Any]) -> Iterator[str]:
    yield str(status.get("status", ""))
    if FULL in str(status.get("message", "")):
        yield FULL
    yield from (str(error.get("reason", "")) for error in _objects(status.get("errors")))
    yield from ("QuotaFailure" for _ in details(status, "QuotaFailure"))
    yield from (str(info.get("reason", "")) for info in details(status, "ErrorInfo"))
    if re.search("PerDay|Daily", _limit(status)):
        yield DAY


def _limit(status: Mapping[str, Any]) -> str:
    """Google's name of the quota's limit that was reached; empty if it does not say."""
    said = (info.get("metadata") for info in details(status, "ErrorInfo"))
    limits = (str(metadata.get("quota_limit", "")) for metadata in said if isinstance(metadata, dict))
    return next(filter(None, limits), "")


def _wait(status: Mapping[str, Any], headers: Mapping[str, str]) -> float:
    """How long Google asks to wait, by header or by google.rpc.RetryInfo; 0 if it does not say."""
    delays = (_DURATION.fullmatch(str(info.get("retryDelay", ""))) for info in details(status, "RetryInfo"))
    asked = retry_after(headers.get("retry-after", ""), http_date(headers.get("date", "")))
    seconds = max([asked, *(float(delay[1]) for delay in delays if delay)])
    return seconds if math.isfinite(seconds) else 0


def _meaning(http_status: int, signs: frozenset[str]) -> Meaning | None:
    for row in TABLE:
        if (not row.statuses or http_status in row.statuses) and (not row.signs or signs & {*row.signs}):
            return row
    return None


def _trouble(http_status: int, status: Mapping[str, Any], wait: float) -> Trouble:
    row = _meaning(http_status, frozenset(_signs(status)))
    if row is None and http_status in _CLIENT_ERRORS and http_status not in _UNDECIDED_4XX:
        return SkipCustomer("google.refused", f"Google refuses the contact (HTTP {http_status})")
    if row is None:
        return OutcomeUnknown("google.unavailable", f"Google answered HTTP {http_status}", after=wait)
    if issubclass(row.error, OverQuota):
        limit = _limit(status)
        return row.error(
            row.reason, row.message, row.user_message, after=wait, limit=limit, lasting=row.lasting
        )
    if issubclass(row.error, RetryLater):
        return row.error(row.reason, row.message, row.user_message, after=wait)
    return row.error(row.reason, row.message, row.user_message)


def translate(status: int, headers: Mapping[str, str], body: bytes) -> Trouble:
    """What an answer other than 2xx means.

    Args:
        status: The HTTP status.
        headers: By lower-case name.
        body: JSON with a google.rpc.Status as ``error``, or anything.

    Returns:
        `OutcomeUnknown` if the request may have taken effect; `SkipCustomer` if Google refused what was in
        it; otherwise what forbids any request, for a while or until somebody acts.
    """
    error = error_of(body)
    return _trouble(status, error, _wait(error, headers))


def translate_status(status: Mapping[str, Any]) -> Trouble | None:
    """What the google.rpc.Status of one contact in a batch means; None if it is well (code 0)."""
    code = status.get("code", 0)
    if code == 0:
        return None
    http_status, name = _RPC_CODES.get(code if isinstance(code, int) else -1, (500, ""))
    return _trouble(http_status, {**status, "status": name}, _wait(status, {}))


def contact_errors(body: bytes) -> Mapping[str, Trouble]:
    """Which contacts made Google refuse a whole batch, and why.

    By index in a create and by resource name in an update; empty if Google does not say. A contact that is
    not named would have been written (rest/v1/BatchCreateContactsErrorDetails, …Update…).
    """
    error = error_of(body)
    found: dict[str, Trouble] = {}
    for kind in ("BatchCreateContactsErrorDetails", "BatchUpdateContactsErrorDetails"):
        for detail in details(error, kind):
            named = detail.get("contactErrors")
            for contact, status in named.items() if isinstance(named, dict) else ():
                trouble = translate_status(status) if isinstance(status, dict) else None
                found[contact] = _definite(trouble)
    return found


def _definite(trouble: Trouble | None) -> Trouble:
    """A batch that is refused writes nothing, so a contact's own error cannot leave its outcome open."""
    if trouble is None or isinstance(trouble, OutcomeUnknown):
        return SkipCustomer("google.refused", "Google refuses the contact and does not say why")
    return trouble


def about_label(trouble: Trouble) -> Trouble:
    """What a refusal means of a request about a label: the table's sentences are about a contact."""
    if not isinstance(trouble, SkipCustomer):
        return trouble
    return StopAccount(
        "google.label_refused",
        f"Google refuses a request about the label ({trouble.reason})",
        "Google does not accept what was to be done with the label in this account. Please look at the "
        "labels in Google Contacts; it is tried again with the next synchronisation.",
    )


def not_labelled(trouble: Trouble) -> Trouble:
    """What a refusal to put a contact into a label means: it may be the contact's, or the label's."""
    if not isinstance(trouble, SkipCustomer):
        return trouble
    return SkipCustomer(
        "google.label_refused",
        f"Google refuses to put the contact into the label ({trouble.reason})",
        "Google does not put the contact into the label; it is tried again with the next synchronisation.",
    )


def label_changed() -> RetryLater:
    """The label is not as it was read."""
    return RetryLater(
        "google.label_changed",
        "the label was changed since it was read",
        "Somebody changed the label in Google Contacts a moment ago. It is looked at again in a while.",
    )


def label_gone() -> RetryLater:
    """The label that contacts shall be put in is not there."""
    return RetryLater(
        "google.label_gone",
        "the label is not in the account, or not yet",
        "The label is not in the Google account. The next synchronisation will make it again.",
    )
