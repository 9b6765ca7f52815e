"""What SendGrid's answers and silences mean: surely not accepted, perhaps accepted, or a setting is wrong.

No text quotes SendGrid's messages: some of them repeat the recipient or the content. The names of the fields
they are about, such as ``attachments.0.type``, say enough.
"""

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError

from shared.errors import Misconfigured, OutcomeUnknown, RetryLater, Trouble

TELL = "The mail could not be sent, because a setting of the service is wrong. Please tell its operator."
"""For the caller, when only an operator can help."""

_WAIT = "The mail was not sent: the mail service is busy or away. Please try again in a few minutes."
_LOOK = (
    "It is not known whether the mail was sent. Please look into your mailbox before you ask for it again."
)

_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("mail.refused", "SendGrid refuses the mail"),
    401: ("mail.key", "SendGrid does not know the API key; put a valid one into its secret"),
    403: (
        "mail.forbidden",
        'SendGrid forbids it: the key needs "Mail Send", and the sender must be verified',
    ),
    404: ("mail.endpoint", "there is no SendGrid at SENDGRID_ENDPOINT; correct it"),
    413: ("mail.too_large", "SendGrid refuses the mail as too large"),
    415: ("mail.refused", "SendGrid does not take the mail's format"),
    451: (
        "mail.region",
        "the SendGrid account lives in another region; set SENDGRID_ENDPOINT to that region's",
    ),
}
_NOT_SENDGRID = ("mail.endpoint", "what answers is not SendGrid's API; check SENDGRID_ENDPOINT and any proxy")

_NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})

_LONGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = 3600.0
_MOST_FIELDS = 5
_FIELD = re.compile(r"[a-z_]{1,30}(\.[a-z_0-9]{1,30}){0,5}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def refused(error: HTTPError, now: float) -> Trouble:
    """What an answer other than 2xx means.

    Args:
        error: The answer; it is closed.
        now: Seconds since 1970.
    """
    with error:
        fields = _fields(error)
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        return RetryLater("mail.busy", "SendGrid's rate limit is reached", _WAIT, after=_wait(error, now))
    if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
        return RetryLater("mail.busy", "SendGrid is not available just now", _WAIT)
    if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.REQUEST_TIMEOUT:
        return OutcomeUnknown("mail.unknown", f"SendGrid answered {error.code}: the mail may be sent", _LOOK)
    return unexpected(error.code, fields)


def unexpected(status: int, fields: str = "") -> Misconfigured:
    """What a status means that comes again however often one asks."""
    reason, sentence = _REFUSALS.get(status, _NOT_SENDGRID)
    return Misconfigured(reason, f"{sentence} (HTTP {status}{fields and ', about ' + fields})", TELL)


def silent(error: OSError | HTTPException) -> RetryLater:
    """What it means that no answer came."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, _NEVER_SENT) or (isinstance(cause, OSError) and cause.errno in _NO_WAY):
        return RetryLater("mail.unreachable", f"SendGrid cannot be reached: {type(cause).__name__}", _WAIT)
    return OutcomeUnknown(
        "mail.unknown", f"SendGrid gave no answer ({type(cause).__name__}): the mail may be sent", _LOOK
    )


def _wait(error: HTTPError, now: float) -> float:
    """Seconds until the rate limit ends (``X-RateLimit-Reset``: seconds since 1970), at most an hour."""
    reset = error.headers.get("X-RateLimit-Reset", "")
    return min(max(int(reset) - now, 0.0), _LONGEST_WAIT) if _SECONDS.fullmatch(reset) else 0.0


def _fields(error: HTTPError) -> str:
    """The names of the fields that an answer ``{"errors": [{"message", "field", "help"}]}`` is about."""
    answer: object = None
    with suppress(OSError, HTTPException, ValueError):
        answer = json.loads(error.read(_LONGEST_ANSWER))
    return ", ".join(list(_named(answer))[:_MOST_FIELDS])


def _named(answer: object) -> Iterator[str]:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    for entry in errors if isinstance(errors, list) else ():
        field = entry.get("field") if isinstance(entry, dict) else None
        if isinstance(field, str) and field != "null" and _FIELD.fullmatch(field):
            yield field
