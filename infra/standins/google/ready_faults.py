"""Faults that are ready to be planned by name: Google's usual failures, and what else can happen to a call.

The bodies are as Google's users have reported them in public issue threads: the quota errors in
mrmattwilkins/google-contacts-sync#1 (per minute) and rapidwebltd/php-google-people-api#45 (the long one).
Nobody has reported the overflow's `status`, a refusal for the quota with Retry-After, or a 409 to a write of
contacts.
"""

from collections.abc import Mapping
from typing import Any

from infra.standins.google.authorization import unauthenticated
from infra.standins.google.cursor import expired_sync_token
from infra.standins.google.errors import STALE_ETAG, GoogleError
from infra.standins.google.quota import METRICS, Quota, long_quota

_QUOTA = Quota()
_SOON = {"Retry-After": "20"}
_LATE = {"Retry-After": "3600"}


def _exceeded(metric: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return _answer(METRICS[metric].exceeded(getattr(_QUOTA, metric), headers))


def _answer(error: GoogleError, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"status": error.http, "body": error.body(), "headers": dict(headers or error.headers)}


def _refused(**person: Any) -> dict[str, Any]:
    return {"person": person}


READY: Mapping[str, Mapping[str, Any]] = {
    "closed": {"close": True},
    "reset": {"reset": True},
    "hang": {"hang": 2},
    "hang_and_close": {"hang": 2, "close": True},
    "read_quota": _exceeded("critical_reads"),
    "read_quota_retry_after": _exceeded("critical_reads", _SOON),
    "write_quota": _exceeded("critical_writes"),
    "write_quota_retry_after": _exceeded("critical_writes", _SOON),
    "delete_quota": _exceeded("write_requests"),
    "project_quota": _answer(METRICS["critical_reads"].exceeded(3000, of_project=True)),
    "daily_quota": _exceeded("daily_contact_writes"),
    "full_sync_quota": _exceeded("full_syncs"),
    "long_quota": _answer(long_quota()),
    "long_quota_retry_after": _answer(long_quota(), _LATE),
    "long_quota_for_an_hour": {"deed": "exhaust"},
    "internal": _answer(GoogleError("INTERNAL", "Internal error encountered.")),
    "unavailable": _answer(GoogleError("UNAVAILABLE", "The service is currently unavailable.")),
    "aborted": _answer(GoogleError("ABORTED", "The operation was aborted.")),
    "unauthenticated": _answer(unauthenticated(missing=False)),
    "access_tokens_ended": {"deed": "end_access_tokens"},
    "access_revoked": {"deed": "revoke_access"},
    "overflow": _answer(GoogleError("FAILED_PRECONDITION", "MY_CONTACTS_OVERFLOW_COUNT")),
    "stale_etag": _answer(GoogleError("FAILED_PRECONDITION", STALE_ETAG)),
    "stale_person": _refused(code="FAILED_PRECONDITION"),
    "bad_person": _refused(),
    "bad_person_unnamed": _refused(told="unnamed"),
    "bad_person_in_200": _refused(told="in_200"),
    "missing_person": _refused(code="NOT_FOUND"),
    "expired_sync_token": _answer(expired_sync_token("400 INVALID_ARGUMENT")),
    "expired_sync_token_precondition": _answer(expired_sync_token("400 FAILED_PRECONDITION")),
    "expired_sync_token_gone": _answer(expired_sync_token("410")),
    "sync_tokens_expired": {"deed": "expire_sync_tokens"},
    "labels_deleted": {"deed": "delete_labels"},
    "labels_renamed": {"deed": "rename_labels"},
    "contacts_trashed": {"deed": "trash_contacts"},
    "contacts_copied": {"deed": "copy_contacts"},
    "contacts_restored": {"deed": "restore_contacts"},
    "changes_undone": {"deed": "undo_changes"},
    "contacts_reworded": {"deed": "reword_contacts"},
    "contacts_left_out": {"left_out": "contacts"},
    "labels_left_out": {"left_out": "labels"},
    "client_data_left_out": {"left_out": "client_data"},
    "people_left_out": {"left_out": "people"},
    "some_people_left_out": {"left_out": "some_people"},
    "page_repeated": {"page": "repeated"},
    "page_leads_back": {"page": "leads_back"},
    "page_skipped": {"page": "skipped"},
}
"""The members of a `What` by name."""
