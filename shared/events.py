"""Events: the vocabulary of the log. docs/events.md says when each is written, and what follows from it.

Customers appear by id only. The names are stable, because metrics and alerts depend on them. `log_lines` says
how a line looks.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from types import MappingProxyType
from typing import Any

LOGGER = logging.getLogger("simpler_contacts")
"""The logger of all events; `log_lines` formats them."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_CONTEXT: ContextVar[Mapping[str, str]] = ContextVar("context", default=_NOTHING)


class Event(StrEnum):
    """An occurrence that the log records."""

    RUN_STARTED = "run.started"
    RUN_COMPLETED = "run.completed"
    RUN_INCOMPLETE = "run.incomplete"
    RUN_FAILED = "run.failed"
    RUN_ABANDONED = "run.abandoned"
    ACCOUNT_LISTED = "account.listed"
    ACCOUNT_PLANNED = "account.planned"
    ACCOUNT_COMPLETED = "account.completed"
    ACCOUNT_INCOMPLETE = "account.incomplete"
    ACCOUNT_PARKED = "account.parked"
    ACCOUNT_BROKEN = "account.broken"
    ACCOUNT_DISCONNECTED = "account.disconnected"
    ACCOUNT_MISCONFIGURED = "account.misconfigured"
    ACCOUNT_CONNECTED = "account.connected"
    ACCOUNT_FORGOTTEN = "account.forgotten"
    QUOTA_WAITED = "quota.waited"
    QUOTA_REFUSED = "quota.refused"
    QUOTA_EXHAUSTED = "quota.exhausted"
    NOTICE_SENT = "notice.sent"
    NOTICE_FAILED = "notice.failed"
    NOTICE_MISCONFIGURED = "notice.misconfigured"
    GUARD_TRIPPED = "guard.tripped"
    LABEL_RENAMED = "label.renamed"
    LABEL_NOT_RENAMED = "label.not_renamed"
    LEDGER_REBUILT = "ledger.rebuilt"
    LEDGER_RESTORED = "ledger.restored"
    SUGGESTIONS_KEPT = "suggestions.kept"
    TASK_ENQUEUED = "task.enqueued"
    NIGHT_ENQUEUED = "night.enqueued"
    NIGHT_INCOMPLETE = "night.incomplete"
    NIGHT_MISSED = "night.missed"
    NIGHT_STALLED = "night.stalled"
    CUSTOMER_SYNCED = "customer.synced"
    VCARD_SENT = "vcard.sent"
    OUTAGE_LISTED = "outage.listed"
    WISP_CHANGED = "wisp.changed"
    WISP_DELETED = "wisp.deleted"
    WISP_OVERDUE = "wisp.overdue"
    LEASE_STUCK = "lease.stuck"
    ACCOUNT_DEAD = "account.dead"
    GUARD_WAITING = "guard.waiting"
    WATCH_FAILED = "watch.failed"
    WATCH_DONE = "watch.done"
    OPERATOR_ACTED = "operator.acted"
    CALL_REFUSED = "call.refused"
    CALL_FAILED = "call.failed"
    CALL_MISCONFIGURED = "call.misconfigured"
    LIBRARY_REPORTED = "library.reported"
    INTERNAL_ERROR = "internal.error"


_SEVERITY = {
    Event.RUN_INCOMPLETE: "WARNING",
    Event.RUN_FAILED: "WARNING",
    Event.RUN_ABANDONED: "ERROR",
    Event.ACCOUNT_INCOMPLETE: "WARNING",
    Event.ACCOUNT_PARKED: "WARNING",
    Event.ACCOUNT_BROKEN: "ERROR",
    Event.ACCOUNT_DISCONNECTED: "ERROR",
    Event.ACCOUNT_MISCONFIGURED: "ERROR",
    Event.NOTICE_FAILED: "WARNING",
    Event.NOTICE_MISCONFIGURED: "ERROR",
    Event.GUARD_TRIPPED: "ERROR",
    Event.QUOTA_REFUSED: "WARNING",
    Event.QUOTA_EXHAUSTED: "ERROR",
    Event.LABEL_NOT_RENAMED: "WARNING",
    Event.LEDGER_REBUILT: "WARNING",
    Event.LEDGER_RESTORED: "WARNING",
    Event.NIGHT_INCOMPLETE: "WARNING",
    Event.NIGHT_MISSED: "ERROR",
    Event.NIGHT_STALLED: "ERROR",
    Event.WISP_DELETED: "WARNING",
    Event.WISP_OVERDUE: "ERROR",
    Event.LEASE_STUCK: "ERROR",
    Event.ACCOUNT_DEAD: "ERROR",
    Event.GUARD_WAITING: "ERROR",
    Event.WATCH_FAILED: "ERROR",
    Event.CALL_REFUSED: "WARNING",
    Event.CALL_FAILED: "WARNING",
    Event.CALL_MISCONFIGURED: "ERROR",
    Event.LIBRARY_REPORTED: "WARNING",
    Event.INTERNAL_ERROR: "ERROR",
}


def severity(event: Event) -> str:
    """Return Cloud Logging's severity of an event."""
    return _SEVERITY.get(event, "INFO")


@contextmanager
def about(**fields: str) -> Iterator[None]:
    """Add fields to every line within the context: ids such as ``request``, ``run`` or ``wisp``.

    A thread has them too if it runs in a copy of the context (`contextvars.copy_context`).
    """
    before = _CONTEXT.set({**_CONTEXT.get(), **fields})
    try:
        yield
    finally:
        _CONTEXT.reset(before)


def also_about(**fields: str) -> None:
    """Add fields to every line from now to the end of the innermost `about`."""
    _CONTEXT.set({**_CONTEXT.get(), **fields})


def context() -> Mapping[str, str]:
    """Return the fields that every line has here."""
    return _CONTEXT.get()


def log(event: Event, message: str, **fields: Any) -> None:
    """Log one event."""
    extra = {"event": event, "fields": fields}
    LOGGER.log(logging.getLevelNamesMapping()[severity(event)], message, extra=extra, stacklevel=2)


def log_internal_error(message: str, error: BaseException, **fields: Any) -> None:
    """Log an unexpected error with its stack trace, but without its text."""
    extra = {"event": Event.INTERNAL_ERROR, "fields": fields}
    LOGGER.error(message, exc_info=error, extra=extra, stacklevel=2)
