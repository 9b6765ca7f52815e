"""The bodies marked REAL were captured from Google and published in the place that is named."""

import json
from typing import Any

import pytest

from shared.adapters.google.people.errors import (
    PASSING,
    PEOPLE_ERRORS,
    contact_errors,
    translate,
    translate_status,
)
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

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"


def error(code: int, message: str = "", status: str = "", *details: dict[str, Any]) -> dict[str, Any]:
    """Return an error body in Google's form."""
    return {"error": {"code": code, "message": message, "status": status, "details": [*details]}}


def info(reason: str, **metadata: str) -> dict[str, Any]:
    """Return a google.rpc.ErrorInfo."""
    return {"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com", "metadata": metadata}


STALE = (
    "Request person.etag is different than the current person.etag. "
    "Clear local cache and get the latest person."
)
PER_MINUTE = (
    "Quota exceeded for quota metric 'Critical read requests (Contact and Profile Reads)' and limit "
    "'Critical read requests (Contact and Profile Reads) per minute per user' of service "
    "'people.googleapis.com' for consumer 'project_number:1'."
)

CASES: list[tuple[int, Any, type[Trouble], str]] = [
    # REAL: googleapis/google-api-python-client#2417
    (400, error(400, STALE, "FAILED_PRECONDITION"), SkipCustomer, "google.changed"),
    (403, error(403, STALE, "FAILED_PRECONDITION"), SkipCustomer, "google.changed"),
    # REAL: mrmattwilkins/google-contacts-sync#1
    (
        429,
        error(
            429,
            PER_MINUTE,
            "RESOURCE_EXHAUSTED",
            info(
                "RATE_LIMIT_EXCEEDED",
                quota_limit="CriticalReadsPerMinutePerProjectPerUser",
                quota_metric="people.googleapis.com/critical_read_requests",
            ),
        ),
        OverQuota,
        "google.quota",
    ),
    # REAL: rapidwebltd/php-google-people-api#45
    (
        429,
        error(
            429,
            "Resource has been exhausted (e.g. check quota).",
            "RESOURCE_EXHAUSTED",
            {
                "@type": QUOTA_FAILURE,
                "violations": [{"subject": "QUOTA_EXCEEDED", "description": "FBS quota limit exceeded"}],
            },
        ),
        OverQuota,
        "google.quota_long",
    ),
    (
        429,
        error(
            429,
            "",
            "RESOURCE_EXHAUSTED",
            info("RATE_LIMIT_EXCEEDED", quota_limit="DailyContactWritesPerDayPerUser"),
        ),
        OverQuota,
        "google.quota_long",
    ),
    (
        429,
        error(
            429,
            "",
            "RESOURCE_EXHAUSTED",
            {"@type": QUOTA_FAILURE},
            info("RATE_LIMIT_EXCEEDED", quota_limit="PerMinute"),
        ),
        OverQuota,
        "google.quota",
    ),
    (429, "slow down", OverQuota, "google.quota"),
    (403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}, OverQuota, "google.quota"),
    (403, {"error": {"errors": [{"reason": "dailyLimitExceeded"}]}}, OverQuota, "google.quota_long"),
    # REAL: googleapis/google-api-python-client#1409
    (
        400,
        error(
            400,
            "Invalid value at 'update_person_fields' (type.googleapis.com/google.protobuf.FieldMask)",
            "INVALID_ARGUMENT",
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "update_person_fields", "description": "…"}],
            },
        ),
        SkipCustomer,
        "google.invalid",
    ),
    # REAL
    (404, error(404, "Requested entity was not found.", "NOT_FOUND"), SkipCustomer, "google.gone"),
    (500, error(500, "Internal error encountered.", "INTERNAL"), OutcomeUnknown, "google.unavailable"),
    (
        503,
        error(503, "The service is currently unavailable.", "UNAVAILABLE"),
        OutcomeUnknown,
        "google.unavailable",
    ),
    (400, error(400, "MY_CONTACTS_OVERFLOW_COUNT", "INVALID_ARGUMENT"), AccountFull, "google.full"),
    (400, error(400, "MY_CONTACTS_OVERFLOW_COUNT", "FAILED_PRECONDITION"), AccountFull, "google.full"),
    (401, error(401, "", "UNAUTHENTICATED"), StopAccount, "google.reconnect"),
    (
        403,
        error(403, "", "PERMISSION_DENIED", info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")),
        StopAccount,
        "google.scope",
    ),
    (
        403,
        error(403, "", "PERMISSION_DENIED", info("SERVICE_DISABLED")),
        Misconfigured,
        "google.service_disabled",
    ),
    (403, error(403, "", "PERMISSION_DENIED"), StopAccount, "google.forbidden"),
    (409, error(409, "", "ALREADY_EXISTS"), SkipCustomer, "google.conflict"),
    (409, error(409, "Contact group etag is outdated", "ABORTED"), RetryLater, "google.busy"),
    (413, "<html>", SkipCustomer, "google.refused"),
    (418, error(418), SkipCustomer, "google.refused"),
    (408, "", OutcomeUnknown, "google.unavailable"),
    (499, error(499, "", "CANCELLED"), OutcomeUnknown, "google.unavailable"),
    (302, "", OutcomeUnknown, "google.unavailable"),
    (502, "<html>", OutcomeUnknown, "google.unavailable"),
]


@pytest.mark.parametrize(("status", "body", "kind", "reason"), CASES)
def test_each_answer_has_its_meaning(status: int, body: Any, kind: type[Trouble], reason: str) -> None:
    """Google's answers become the error by which one knows what to do, with a stable code."""
    trouble = translate(status, {}, body.encode() if isinstance(body, str) else json.dumps(body).encode())
    assert type(trouble) is kind
    assert trouble.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b'{"error": "text"}',
        b'{"error": null}',
        b'{"error": {"details": 5, "errors": {"a": 1}, "message": 7, "status": []}}',
        b'{"error": {"details": ["x", null, {"@type": 5}, {"@type": "a.ErrorInfo", "metadata": []}]}}',
        b'{"error": {"details": [{"@type": "a.BatchCreateContactsErrorDetails", "contactErrors": [1]}]}}',
    ],
)
def test_a_body_of_any_shape_is_read(body: bytes) -> None:
    """What is not in the form that Google documents is a plain refusal, never an error of another kind."""
    assert translate(400, {}, body).reason == "google.invalid"
    assert contact_errors(body) == {}


@pytest.mark.parametrize("case", CASES)
def test_no_text_repeats_what_google_wrote(case: tuple[int, Any, type[Trouble], str]) -> None:
    """Google's message may quote a customer's data, so it is in neither of our texts."""
    status, _, _, _ = case
    body = json.dumps(error(status, "Invalid value: Mary Murphy, +353 87 123 4567", "")).encode()
    trouble = translate(status, {}, body)
    assert "Murphy" not in f"{trouble} {trouble.message} {trouble.user_message} {trouble!r}"


MINUTE = "CriticalWritesPerMinutePerProjectPerUser"
DAY = "DailyContactWritesPerDayPerUser"
FBS = {"@type": QUOTA_FAILURE, "violations": [{"description": "FBS quota limit exceeded"}]}


@pytest.mark.parametrize(
    ("details", "limit", "lasting"),
    [
        ([info("RATE_LIMIT_EXCEEDED", quota_limit=MINUTE)], MINUTE, False),
        ([info("OTHER"), info("RATE_LIMIT_EXCEEDED", quota_limit=MINUTE), FBS], MINUTE, False),
        ([info("RATE_LIMIT_EXCEEDED", quota_limit=DAY)], DAY, True),
        ([FBS], "", True),
        ([{"@type": ERROR_INFO, "metadata": ["quota_limit"]}], "", False),
        ([], "", False),
    ],
)
def test_a_quota_is_told_with_its_limit_and_whether_it_lasts(
    details: list[dict[str, Any]], limit: str, lasting: bool
) -> None:
    """Which limit was reached teaches the pace; one that lasts is not waited for."""
    trouble = translate(429, {}, json.dumps(error(429, "", "RESOURCE_EXHAUSTED", *details)).encode())
    assert isinstance(trouble, OverQuota)
    assert trouble.limit == limit
    assert trouble.lasting == lasting


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}


@pytest.mark.parametrize(
    ("headers", "details", "after"),
    [
        ({}, [], 0.0),
        ({"retry-after": "7"}, [], 7.0),
        ({"retry-after": "soon"}, [], 0.0),
        ({"retry-after": "9" * 400}, [], 0.0),
        (
            {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
            [],
            30.0,
        ),
        (
            {"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
            [],
            0.0,
        ),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, [], 0.0),
        ({}, [RETRY_INFO], 12.5),
        ({"retry-after": "20"}, [RETRY_INFO], 20.0),
        ({}, [{**RETRY_INFO, "retryDelay": "later"}], 0.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_what_google_asks_to_wait_is_kept(
    status: int, headers: dict[str, str], details: list[dict[str, Any]], after: float
) -> None:
    """Retry-After, in either form, and RetryInfo tell how long to wait."""
    trouble = translate(status, headers, json.dumps(error(status, "", "", *details)).encode())
    assert isinstance(trouble, RetryLater)
    assert trouble.after == after


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (3, SkipCustomer, "google.invalid"),
        (5, SkipCustomer, "google.gone"),
        (8, OverQuota, "google.quota"),
        (9, SkipCustomer, "google.changed"),
        (6, SkipCustomer, "google.conflict"),
        (10, RetryLater, "google.busy"),
        (2, OutcomeUnknown, "google.unavailable"),
        (13, OutcomeUnknown, "google.unavailable"),
        (14, OutcomeUnknown, "google.unavailable"),
        ("x", OutcomeUnknown, "google.unavailable"),
    ],
)
def test_the_status_of_one_contact_has_its_meaning(code: Any, kind: type[Trouble], reason: str) -> None:
    """A google.rpc.Status means what an answer of the same code means."""
    trouble = translate_status({"code": code, "message": "…"})
    assert trouble is not None
    assert type(trouble) is kind
    assert trouble.reason == reason


def test_a_contact_that_is_well_has_no_error() -> None:
    """Code 0, or none at all, is OK."""
    assert translate_status({}) is None
    assert translate_status({"code": 0}) is None


@pytest.mark.parametrize(
    ("kind", "errors", "expected"),
    [
        (
            "BatchUpdateContactsErrorDetails",  # as in a test of openclaw/gogcli
            {"people/c1": {"code": 9, "message": "etag mismatch"}},
            {"people/c1": "google.changed"},
        ),
        ("BatchCreateContactsErrorDetails", {"3": {"code": 3, "message": "…"}}, {"3": "google.invalid"}),
        (
            "BatchCreateContactsErrorDetails",
            {"0": {"code": 13}, "1": {}, "2": 4},
            dict.fromkeys("012", "google.refused"),
        ),
        ("Other", {"3": {"code": 3}}, {}),
    ],
)
def test_the_contacts_to_blame_are_read_from_the_details(
    kind: str, errors: dict[str, Any], expected: dict[str, str]
) -> None:
    """Each contact that Google names is refused with its own reason."""
    detail = {"@type": f"type.googleapis.com/google.people.v1.{kind}", "contactErrors": errors}
    found = contact_errors(json.dumps(error(400, "stale contact", "", detail)).encode())
    assert {contact: trouble.reason for contact, trouble in found.items()} == expected
    assert not any(isinstance(trouble, OutcomeUnknown) for trouble in found.values())


def test_the_table_says_what_is_sent_again() -> None:
    """Not what takes hours, nor what would meet the same conflict; a code says one thing in all its rows."""
    passing = [row for row in PEOPLE_ERRORS if issubclass(row.error, RetryLater)]

    assert {row.reason for row in PEOPLE_ERRORS if row.again} == {"google.quota", "google.unavailable"}
    assert {row.reason for row in passing if not row.again} == {
        "google.busy",
        "google.quota_long",
        "google.quota_project",
    }
    assert not PASSING & {row.reason for row in PEOPLE_ERRORS if not row.again}
    assert [row.reason for row in PEOPLE_ERRORS if row.lasting and row.again] == []
