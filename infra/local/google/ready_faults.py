"""Google's usual failures, ready to be planned by name.

The bodies are as Google's users have reported them in public issue threads: the quota errors in
mrmattwilkins/google-contacts-sync#1 (per minute) and rapidwebltd/php-google-people-api#45 (the long one). The
overflow's `status` is not reported anywhere; FAILED_PRECONDITION is a choice.
"""

from collections.abc import Mapping
from typing import Any

from infra.local.google.errors import GoogleError, error_info

_STALE = (
    "Request person.etag is different than the current person.etag. "
    "Clear local cache and get the latest person."
)


def _per_minute(words: str, limit: str, metric: str) -> GoogleError:
    quota = f"quota metric '{words}' and limit '{words} per minute per user'"
    info = error_info(
        "RATE_LIMIT_EXCEEDED",
        "googleapis.com",
        quota_limit=limit,
        service="people.googleapis.com",
        quota_metric=f"people.googleapis.com/{metric}",
        consumer="projects/1",
    )
    text = f"Quota exceeded for {quota} of service 'people.googleapis.com' for consumer 'project_number:1'."
    return GoogleError("RESOURCE_EXHAUSTED", text, [info])


def _long_quota() -> GoogleError:
    failure = {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"subject": "QUOTA_EXCEEDED", "description": "FBS quota limit exceeded"}],
    }
    return GoogleError("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", [failure])


_ERRORS: Mapping[str, GoogleError] = {
    "read_quota": _per_minute(
        "Critical read requests (Contact and Profile Reads)",
        "CriticalReadsPerMinutePerProjectPerUser",
        "critical_read_requests",
    ),
    "write_quota": _per_minute(
        "Critical write requests (Contact and Profile Writes)",
        "CriticalWritesPerMinutePerProjectPerUser",
        "critical_write_requests",
    ),
    "long_quota": _long_quota(),
    "internal": GoogleError("INTERNAL", "Internal error encountered."),
    "unavailable": GoogleError("UNAVAILABLE", "The service is currently unavailable."),
    "overflow": GoogleError("FAILED_PRECONDITION", "MY_CONTACTS_OVERFLOW_COUNT"),
    "stale_etag": GoogleError("FAILED_PRECONDITION", _STALE),
}

READY: Mapping[str, tuple[int, dict[str, Any]]] = {
    name: (error.http, error.body()) for name, error in _ERRORS.items()
}
"""HTTP status and body by name."""
