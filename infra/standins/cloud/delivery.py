"""Delivery: a task's HTTP request, as Cloud Tasks sends it ("Create HTTP target tasks", request headers)."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.standins.cloud.oidc import Signer
from infra.standins.cloud.task_messages import seconds
from infra.standins.cloud.task_queue import Entry

_OURS = ("host", "content-length", "user-agent")
_RESERVED = ("x-google-", "x-appengine-", "x-cloudtasks-")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request to send. `deadline` is in seconds."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    deadline: float


def delivery_of(entry: Entry, signer: Signer, now: float) -> Delivery:
    """Return the request that delivers a task."""
    request = entry.task.http_request
    headers = {name: value for name, value in request.headers.items() if not _is_reserved(name)}
    headers |= _own_headers(entry)
    if token := request.oidc_token:
        signed = signer.token(token.service_account_email, token.audience or request.url, now)
        headers["Authorization"] = f"Bearer {signed}"
    deadline = seconds(entry.task.dispatch_deadline)
    return Delivery(request.http_method, request.url, headers, request.body, deadline)


def send(delivery: Delivery) -> int | None:
    """Send it once; the answer's status, or None if there was none within the deadline."""
    address = urlsplit(delivery.url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=delivery.deadline)
    path = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    try:
        connection.request(delivery.method, path, delivery.body, dict(delivery.headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _is_reserved(name: str) -> bool:
    return name.lower() in _OURS or name.lower().startswith(_RESERVED)


def _own_headers(entry: Entry) -> dict[str, str]:
    queue, _, task = entry.task.name.partition("/tasks/")
    previous = {} if entry.previous is None else {"X-CloudTasks-TaskPreviousResponse": str(entry.previous)}
    return previous | {
        "X-CloudTasks-QueueName": queue.rpartition("/")[2],
        "X-CloudTasks-TaskName": task,
        "X-CloudTasks-TaskRetryCount": str(entry.task.dispatch_count - 1),
        "X-CloudTasks-TaskExecutionCount": str(entry.executed),
        "X-CloudTasks-TaskETA": f"{entry.due:.6f}",
        "User-Agent": "Google-Cloud-Tasks",
    }
