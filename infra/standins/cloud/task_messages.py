"""Cloud Tasks v2's resources as they go over the wire in JSON (API description cloudtasks.v2).

An unknown member is refused, as Google does, and so is a value of the wrong type. App Engine tasks, a queue's
own HTTP target and its logging are not known here.
"""

import re
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from grpc import StatusCode

from infra.standins.cloud.refusal import Refusal

MAX_TASK = 100 * 1024
"""Bytes of a task, by the description of tasks.create; the page "Quotas and limits" allows 1 MB."""

MAX_URL = 2083
MAX_DELAY = timedelta(days=30)
DEADLINES = (15.0, 1800.0)

_QUEUE = re.compile(r"projects/[A-Za-z0-9:.-]+/locations/[a-z0-9-]+/queues/[A-Za-z0-9-]{1,100}")
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_DURATION = re.compile(r"(\d+(?:\.\d{1,9})?)s")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class _Wire(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A JSON object with Google's names."""


class OidcToken(_Wire):
    """For whom, and as whom, a token is made."""

    service_account_email: str
    audience: str = ""


class HttpRequest(_Wire, omit_defaults=True):
    """The request that a task sends."""

    url: str
    http_method: Literal["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] = "POST"
    headers: dict[str, str] = {}
    body: bytes = b""
    oidc_token: OidcToken | None = None


class Task(_Wire, omit_defaults=True):
    """A task. The counts and `create_time` are output only."""

    http_request: HttpRequest
    name: str = ""
    schedule_time: datetime | None = None
    create_time: datetime | None = None
    dispatch_deadline: str = "600s"
    dispatch_count: int = 0
    response_count: int = 0


class CreateTask(_Wire):
    """The body of tasks.create."""

    task: Task


class RateLimits(_Wire):
    """The rate at which a queue dispatches. `max_burst_size` is output only."""

    max_dispatches_per_second: float = 500
    max_burst_size: int = 0
    max_concurrent_dispatches: int = 1000


class RetryConfig(_Wire):
    """The number and the times of further tries of a failed task."""

    max_attempts: int = 100
    max_retry_duration: str = "0s"
    min_backoff: str = "0.100s"
    max_backoff: str = "3600s"
    max_doublings: int = 16

    def pause(self, failed: int) -> float:
        """Return the seconds before the next attempt, after this many failed ones."""
        first, longest = seconds(self.min_backoff), seconds(self.max_backoff)
        doubled: float = first * 2 ** min(failed - 1, self.max_doublings)
        linear = doubled * max(0, failed - 1 - self.max_doublings)
        return min(longest, doubled + linear)

    def is_over(self, failed: int, elapsed: float) -> bool:
        """Return whether no further attempt is made: all limits that are set have been reached."""
        limit = seconds(self.max_retry_duration)
        if self.max_attempts < 0:
            return 0 < limit <= elapsed
        return failed >= self.max_attempts and elapsed >= limit


class Queue(_Wire):
    """A queue. `state` is output only."""

    name: str
    rate_limits: RateLimits = msgspec.field(default_factory=RateLimits)
    retry_config: RetryConfig = msgspec.field(default_factory=RetryConfig)
    state: Literal["RUNNING", "PAUSED"] = "RUNNING"


def seconds(duration: str) -> float:
    """Return the seconds of a duration such as ``3.5s``; raise `Refusal` if it is none."""
    match = _DURATION.fullmatch(duration)
    if not match:
        raise _invalid(f"Invalid duration: {duration}")
    return float(match[1])


def check_queue(queue: Queue, parent: str) -> None:
    """Raise `Refusal` for a queue that cannot be made."""
    if not _QUEUE.fullmatch(queue.name) or not queue.name.startswith(f"{parent}/queues/"):
        raise _invalid(f"The queue name [{queue.name}] does not match the expected format.")
    retry = queue.retry_config
    for duration in (retry.min_backoff, retry.max_backoff, retry.max_retry_duration):
        seconds(duration)
    if queue.rate_limits.max_dispatches_per_second <= 0 or queue.rate_limits.max_concurrent_dispatches < 1:
        raise _invalid("The rate limits must be positive.")


def check_task(task: Task, queue: str, now: datetime) -> None:
    """Raise `Refusal` for a task that cannot be made."""
    request = task.http_request
    identifier = task.name.removeprefix(f"{queue}/tasks/")
    if task.name and not _TASK_ID.fullmatch(identifier):
        raise _invalid(f"The task name [{task.name}] does not match the expected format.")
    if not request.url.startswith(("http://", "https://")) or len(request.url) > MAX_URL:
        raise _invalid("HttpRequest.url must begin with http:// or https:// and be at most 2083 characters.")
    if request.body and request.http_method not in _WITH_BODY:
        raise _invalid(f"HttpRequest.body is not allowed with {request.http_method}.")
    if not DEADLINES[0] <= seconds(task.dispatch_deadline) <= DEADLINES[1]:
        raise _invalid("Task.dispatchDeadline must be between [15s, 30m].")
    if task.schedule_time and task.schedule_time > now + MAX_DELAY:
        raise _invalid("Task.scheduleTime is too far in the future: at most 30 days.")
    if len(msgspec.json.encode(task)) > MAX_TASK:
        raise _invalid(f"Task size too large: at most {MAX_TASK} bytes.")


def _invalid(message: str) -> Refusal:
    return Refusal(StatusCode.INVALID_ARGUMENT, message)
