"""Google's error answers: google.rpc.Status as JSON over HTTP.

Source: google/rpc/code.proto (the codes and the HTTP status each one maps to) and
google/rpc/error_details.proto (BadRequest, ErrorInfo).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NOT_FOUND_TEXT = "Requested entity was not found."
STALE_ETAG = (
    "Request person.etag is different than the current person.etag. "
    "Clear local cache and get the latest person."
)

_CODES: Mapping[str, tuple[int, int]] = {
    "INVALID_ARGUMENT": (400, 3),
    "FAILED_PRECONDITION": (400, 9),
    "UNAUTHENTICATED": (401, 16),
    "PERMISSION_DENIED": (403, 7),
    "NOT_FOUND": (404, 5),
    "ALREADY_EXISTS": (409, 6),
    "ABORTED": (409, 10),
    "RESOURCE_EXHAUSTED": (429, 8),
    "INTERNAL": (500, 13),
    "UNIMPLEMENTED": (501, 12),
    "UNAVAILABLE": (503, 14),
}


class GoogleError(Exception):
    """A refusal, answered in Google's shape.

    Attributes:
        status: The name of a google.rpc.Code.
        message: Google's developer-facing text.
        details: Messages of google.rpc or google.people.v1, each with its `@type`.
        headers: HTTP headers that go with it.
        http: The HTTP status of the answer, by default the usual one of the code.
    """

    def __init__(
        self,
        status: str,
        message: str,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        http: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers or {}
        self.http = http or _CODES[status][0]

    def body(self) -> dict[str, Any]:
        """Return the whole answer."""
        return error_body(self.http, self.status, self.message, self.details)

    def rpc_status(self) -> dict[str, Any]:
        """Return the error as a google.rpc.Status inside another message."""
        return {"code": _CODES[self.status][1], "message": self.message}


def error_body(
    http: int, status: str, message: str, details: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the JSON of an error answer; `details` is left out when there is none."""
    error: dict[str, Any] = {"code": http, "message": message, "status": status}
    if details:
        error["details"] = list(details)
    return {"error": error}


def name_of_status(http: int) -> str:
    """Return the usual google.rpc.Code of an HTTP status, "UNKNOWN" when there is none."""
    return next((name for name, (status, _) in _CODES.items() if status == http), "UNKNOWN")


def invalid(message: str, field: str | None = None) -> GoogleError:
    """Return a 400 INVALID_ARGUMENT, with a google.rpc.BadRequest if a field is named."""
    return GoogleError("INVALID_ARGUMENT", message, [bad_request([(field, message)])] if field else [])


def bad_request(violations: Iterable[tuple[str | None, str]]) -> dict[str, Any]:
    """Return a google.rpc.BadRequest of (field or None, description)."""
    described = [
        {"field": field, "description": text} if field else {"description": text}
        for field, text in violations
    ]
    return {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": described}


def error_info(reason: str, domain: str, **metadata: str) -> dict[str, Any]:
    """Return a google.rpc.ErrorInfo."""
    info: dict[str, Any] = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": domain,
    }
    return {**info, "metadata": metadata} if metadata else info


def not_found() -> GoogleError:
    """Return a 404 with Google's text."""
    return GoogleError("NOT_FOUND", NOT_FOUND_TEXT)


def batch_failed(kind: str, errors: Mapping[str, GoogleError]) -> GoogleError:
    """Return the refusal of a whole batch, with the reason for each contact that stopped it.

    The answer as a whole has the status of the first of them (a choice: the reference names the details
    only).

    Args:
        kind: `BatchCreateContactsErrorDetails` or `BatchUpdateContactsErrorDetails`.
        errors: By index in the request, or by resource name.
    """
    first = next(iter(errors.values()))
    details = {
        "@type": f"type.googleapis.com/google.people.v1.{kind}",
        "contactErrors": {key: error.rpc_status() for key, error in errors.items()},
    }
    return GoogleError(first.status, first.message, [details])
