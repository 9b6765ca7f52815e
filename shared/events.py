"""Events: the vocabulary of the log, one JSON object a line.

Every line carries ``severity``, ``message`` and ``event``; customers appear by id only. The names are stable:
metrics and alerts count them (docs/events.md).
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the call that is being answered, for every line that it causes."""

_LOGGER = logging.getLogger("simpler_contacts")


class Event(StrEnum):
    """What is worth a line."""

    RUN_STARTED = "run.started"
    RUN_COMPLETED = "run.completed"
    RUN_INCOMPLETE = "run.incomplete"
    RUN_FAILED = "run.failed"
    ACCOUNT_LISTED = "account.listed"
    ACCOUNT_PLANNED = "account.planned"
    ACCOUNT_COMPLETED = "account.completed"
    ACCOUNT_INCOMPLETE = "account.incomplete"
    ACCOUNT_PARKED = "account.parked"
    ACCOUNT_BROKEN = "account.broken"
    QUOTA_WAITED = "quota.waited"
    QUOTA_REFUSED = "quota.refused"
    LEDGER_RESTORED = "ledger.restored"
    ACCOUNT_DISCONNECTED = "account.disconnected"
    ACCOUNT_CONNECTED = "account.connected"
    ACCOUNT_FORGOTTEN = "account.forgotten"
    NOTICE_SENT = "notice.sent"
    NOTICE_FAILED = "notice.failed"
    GUARD_TRIPPED = "guard.tripped"
    LEDGER_REBUILT = "ledger.rebuilt"
    TASK_ENQUEUED = "task.enqueued"
    CUSTOMER_SYNCED = "customer.synced"
    VCARD_SENT = "vcard.sent"
    CALL_REFUSED = "call.refused"
    INTERNAL_ERROR = "internal.error"


_SEVERITY = {
    Event.RUN_INCOMPLETE: "WARNING",
    Event.RUN_FAILED: "ERROR",
    Event.ACCOUNT_INCOMPLETE: "WARNING",
    Event.ACCOUNT_PARKED: "WARNING",
    Event.ACCOUNT_BROKEN: "ERROR",
    Event.QUOTA_REFUSED: "WARNING",
    Event.ACCOUNT_DISCONNECTED: "ERROR",
    Event.NOTICE_FAILED: "WARNING",
    Event.GUARD_TRIPPED: "ERROR",
    Event.LEDGER_REBUILT: "WARNING",
    Event.CALL_REFUSED: "WARNING",
    Event.INTERNAL_ERROR: "ERROR",
}


def severity(event: Event) -> str:
    """Cloud Logging's severity of an event."""
    return _SEVERITY.get(event, "INFO")


def log(event: Event, message: str, **fields: Any) -> None:
    """Write one event."""
    extra = {"event": event, "fields": fields}
    _LOGGER.log(logging.getLevelNamesMapping()[severity(event)], message, extra=extra)


class JsonLines(logging.Formatter):
    """One JSON object a line, as Cloud Logging reads it from standard output."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception's trace goes where Error Reporting looks for it, without its message."""
        line = {"severity": record.levelname, "message": record.getMessage()}
        if event := getattr(record, "event", None):
            line["event"] = event
        if request := REQUEST.get():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["stack_trace"] = "".join(traceback.format_tb(record.exc_info[1].__traceback__))
            line["exception"] = type(record.exc_info[1]).__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def log_internal_error(message: str, error: BaseException, **fields: Any) -> None:
    """Write an error that nobody expected, with where it happened but without its text."""
    extra = {"event": Event.INTERNAL_ERROR, "fields": fields}
    _LOGGER.error(message, exc_info=error, extra=extra)


def configure_logging() -> None:
    """Send the log to standard output; other libraries' only from warnings up."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _LOGGER.setLevel(logging.INFO)
