"""SendGrid errors: a mail was surely not accepted, or perhaps it was, or a setting is wrong.

No text quotes SendGrid's messages: some of them repeat the recipient or the content. The names of the fields
they are about, such as ``attachments.0.type``, say enough.
"""

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError

from shared.adapters.error_table import Row, Sign, row_for
from shared.errors import Misconfigured, OutcomeUnknown, RetryLater, Trouble

TELL = "The mail could not be sent, because a setting of the service is wrong. Please tell its operator."
"""For the caller, when only an operator can help."""

_WAIT = "The mail was not sent: the mail service is busy or away. Please try again in a few minutes."
_LOOK = (
    "It is not known whether the mail was sent. Please look into your mailbox before you ask for it again."
)

_USED_UP = (
    "The mail was not sent: the mail service's allowance is used up for now. Please try again later, and tell"
    " the operator of this service if it stays so."
)

_NO_ANSWER, _NO_WAY, _NO_CREDITS = "no answer", "no way", "Maximum credits exceeded"
"""Signs: the mail may be sent, or certainly is not; and a message of SendGrid's, which comes with a 401
(Twilio's "Email API: Maximum Credits Exceeded")."""

MAIL_ERRORS = (
    Row(RetryLater, "mail.unreachable", "SendGrid cannot be reached: {name}", _WAIT, signs=(_NO_WAY,)),
    Row(
        OutcomeUnknown,
        "mail.unknown",
        "SendGrid gave no answer ({name}): the mail may be sent",
        _LOOK,
        signs=(_NO_ANSWER,),
    ),
    Row(RetryLater, "mail.busy", "SendGrid's rate limit is reached", _WAIT, statuses=(429,)),
    Row(RetryLater, "mail.busy", "SendGrid is not available just now", _WAIT, statuses=(503,)),
    Row(
        OutcomeUnknown,
        "mail.unknown",
        "SendGrid answered {status}: the mail may be sent",
        _LOOK,
        statuses=(408, *range(500, 600)),
    ),
    Row(
        Misconfigured,
        "mail.refused",
        "SendGrid refuses the mail (HTTP {status}{about})",
        TELL,
        statuses=(400,),
    ),
    Row(
        RetryLater,
        "mail.allowance",
        "the SendGrid account has sent all that its plan allows; the API key is well (HTTP {status}{about})",
        _USED_UP,
        statuses=(401,),
        signs=(_NO_CREDITS,),
    ),
    Row(
        Misconfigured,
        "mail.key",
        "SendGrid does not know the API key; put a valid one into its secret (HTTP {status}{about})",
        TELL,
        statuses=(401,),
    ),
    Row(
        Misconfigured,
        "mail.forbidden",
        'SendGrid forbids it: the key needs "Mail Send", and the sender must be verified'
        " (HTTP {status}{about})",
        TELL,
        statuses=(403,),
    ),
    Row(
        Misconfigured,
        "mail.endpoint",
        "there is no SendGrid at SENDGRID_ENDPOINT; correct it (HTTP {status}{about})",
        TELL,
        statuses=(404,),
    ),
    Row(
        Misconfigured,
        "mail.too_large",
        "SendGrid refuses the mail as too large (HTTP {status}{about})",
        TELL,
        statuses=(413,),
    ),
    Row(
        Misconfigured,
        "mail.refused",
        "SendGrid does not take the mail's format (HTTP {status}{about})",
        TELL,
        statuses=(415,),
    ),
    Row(
        Misconfigured,
        "mail.region",
        "the SendGrid account lives in another region; set SENDGRID_ENDPOINT to that region's"
        " (HTTP {status}{about})",
        TELL,
        statuses=(451,),
    ),
    Row(
        Misconfigured,
        "mail.endpoint",
        "what answers is not SendGrid's API; check SENDGRID_ENDPOINT and any proxy (HTTP {status}{about})",
        TELL,
    ),
)
"""Meanings of silences and of answers other than 202; the last row fits everything."""

_NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})

_LONGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = 3600.0
_MOST_FIELDS = 5
_FIELD = re.compile(r"[a-z_]{1,30}(\.[a-z_0-9]{1,30}){0,5}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def refused(error: HTTPError, now: float) -> Trouble:
    """Return what an answer other than 2xx means.

    Args:
        error: The answer; it is closed.
        now: Seconds since 1970.
    """
    with error:
        entries = _entries(error)
    fields = ", ".join(list(_named(entries))[:_MOST_FIELDS])
    has_no_credits = any(entry.get("message") == _NO_CREDITS for entry in entries)
    row = _meaning(*[_NO_CREDITS] * has_no_credits, status=error.code)
    is_limit = error.code == HTTPStatus.TOO_MANY_REQUESTS
    after = _LONGEST_WAIT if row.reason == "mail.allowance" else _wait(error, now) if is_limit else 0
    return row.trouble(after=after, status=error.code, about=f", about {fields}" if fields else "")


def unexpected(status: int) -> Trouble:
    """Return what an answer 2xx means that is not 202."""
    return _meaning(status=status).trouble(status=status, about="")


def silent(error: OSError | HTTPException) -> Trouble:
    """Return what it means that no answer came."""
    cause = error.reason if isinstance(error, URLError) else error
    is_sure = isinstance(cause, _NEVER_SENT) or (isinstance(cause, OSError) and cause.errno in _NO_ROUTE)
    return _meaning(_NO_WAY if is_sure else _NO_ANSWER).trouble(name=type(cause).__name__)


def _meaning(*signs: Sign, status: int = 0) -> Row:
    row = row_for(MAIL_ERRORS, *signs, status=status)
    assert row is not None, "the last row fits everything"
    return row


def _wait(error: HTTPError, now: float) -> float:
    """Return the seconds until the rate limit ends (``X-RateLimit-Reset``: since 1970), at most an hour."""
    reset = error.headers.get("X-RateLimit-Reset", "")
    return min(max(int(reset) - now, 0.0), _LONGEST_WAIT) if _SECONDS.fullmatch(reset) else 0.0


def _entries(error: HTTPError) -> list[dict[str, object]]:
    """Return what an answer ``{"errors": [{"message", "field", "help"}]}`` lists."""
    answer: object = None
    with suppress(OSError, HTTPException, ValueError):
        answer = json.loads(error.read(_LONGEST_ANSWER))
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return [entry for entry in errors if isinstance(entry, dict)] if isinstance(errors, list) else []


def _named(entries: list[dict[str, object]]) -> Iterator[str]:
    """Return the names of the fields that an answer is about."""
    for field in (entry.get("field") for entry in entries):
        if isinstance(field, str) and field != "null" and _FIELD.fullmatch(field):
            yield field
