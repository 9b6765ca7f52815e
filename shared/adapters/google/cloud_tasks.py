"""Cloud Tasks: hands work to our own functions over HTTPS, which retries it until it answers 2xx.

The API is reached over REST, by the description that comes with google-api-python-client.
"""

import base64
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

import google.auth
import msgspec
import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from shared.adapters.error_table import Row, Sign, row_for
from shared.adapters.google.transport import Http, SendOnce
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.loopback import is_loopback
from shared.ports import Clock, Task
from shared.replace import replace
from shared.retry_after import retry_after
from shared.typed import from_json

GOOGLE = "https://cloudtasks.googleapis.com/"

DISPATCH_DEADLINE = "1800s"
"""The most time for a function: all that Cloud Tasks allows (API description, ``dispatchDeadline``)."""

CONNECTIONS = 16
"""Connections over which many tasks are enqueued; at 30 ms a task that makes some 500 a second."""

MOST_FAILURES = 3
"""Failures in a row on one connection, after which the rest of its tasks is not tried."""

_TIMEOUT = 20.0
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)

_AWAY = Row(RetryLater, "tasks.unreachable", "Cloud Tasks cannot be reached; the same call may succeed soon")
_BARRED = Row(
    Misconfigured,
    "tasks.forbidden",
    "this program may not enqueue; grant it roles/cloudtasks.enqueuer on the queue, and"
    " roles/iam.serviceAccountUser on the service account of tasks",
)
TASK_ERRORS = (
    replace(_AWAY, signs=(OSError, TransportError)),
    replace(_BARRED, signs=(GoogleAuthError,)),
    replace(_BARRED, statuses=(401, 403)),
    Row(
        Misconfigured,
        "tasks.no_queue",
        "the queue does not exist; create it, or correct its name",
        statuses=(404,),
    ),
    Row(
        RetryLater,
        "tasks.quota",
        "Cloud Tasks is asked for too much; try again in a minute",
        statuses=(429,),
    ),
    replace(_AWAY, statuses=(409, *range(500, 600))),
    Row(
        Misconfigured,
        "tasks.refused",
        "Cloud Tasks refuses the task; check the functions' URL and the service account of tasks",
    ),
)
"""Meanings of HTTP statuses and exceptions."""


class TaskTarget(msgspec.Struct, frozen=True):
    """Where tasks go.

    Attributes:
        url: Of a function, with ``{function}`` for its name, or ``{service}`` for its name with hyphens
            (Cloud Run's service names have no underscores).
        service_account: The e-mail address of the account that tasks call as.
        audience: Of the OIDC token, with the same placeholders; empty: the function's URL.
    """

    url: str
    service_account: str
    audience: str = ""

    def url_of(self, function: str) -> str:
        """Return the function's own URL."""
        return _filled(self.url, function)

    def audience_of(self, function: str) -> str:
        """Return the audience of the token that a call of the function carries."""
        return _filled(self.audience or self.url, function)


class CloudTasksQueue:
    """The `TaskQueue` port on two queues of Cloud Tasks: what is urgent has its own, which no night fills.

    A request goes out once. If nobody knows what became of it, `RetryLater` is raised, and a second `enqueue`
    is safe. For a task with a name it then answers False. A task without a name may be there twice; our
    functions bear that, as they bear Cloud Tasks' own rare second deliveries.
    """

    def __init__(
        self,
        connect: Callable[[], Http],
        queue: str,
        target: TaskTarget,
        clock: Clock,
        endpoint: str = GOOGLE,
        *,
        urgent: str = "",
    ) -> None:
        """Name the queues.

        Args:
            connect: Makes a transport; each thread makes its own and closes it, so that none is shared.
            queue: ``projects/…/locations/…/queues/…``.
            target: Where its tasks go.
            clock: For delays.
            endpoint: The API's address.
            urgent: The queue of tasks that somebody waits for; empty: the same.
        """
        self._connect = connect
        self._queues = {False: queue, True: urgent or queue}
        self._target = target
        self._clock = clock
        self._endpoint = endpoint.rstrip("/") + "/"

    def enqueue(self, task: Task) -> bool:
        """Accept the task; False if one of that name was accepted within the last hours.

        Raises:
            RetryLater: Cloud Tasks cannot be reached, or it is not known whether it accepted.
            Misconfigured: There is no such queue, or this program may not use it.
        """
        with closing(self._connect()) as http:
            return self._sent(self._api(http), task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept them side by side; return for each, in order, what `enqueue` would have answered or raised.

        A connection on which three in a row fail gives up the rest of its tasks for the same reason. So a
        Cloud Tasks that does not answer costs a minute, not hours.
        """
        size = max(1, math.ceil(len(tasks) / CONNECTIONS))
        parts = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="enqueue") as pool:
            return [answer for part in pool.map(self._enqueue_part, parts) for answer in part]

    def _enqueue_part(self, tasks: Sequence[Task]) -> list[bool | Trouble]:
        answers: list[bool | Trouble] = []
        with closing(self._connect()) as http:
            api = self._api(http)
            for task in tasks:
                last = answers[-MOST_FAILURES:]
                if len(last) == MOST_FAILURES and all(isinstance(answer, Trouble) for answer in last):
                    answers.append(last[-1])
                else:
                    answers.append(self._tried(api, task))
        return answers

    def _tried(self, api: Any, task: Task) -> bool | Trouble:
        try:
            return self._sent(api, task)
        except Trouble as trouble:
            return trouble

    def _api(self, http: Http) -> Any:
        transport: Any = http
        options = {"api_endpoint": self._endpoint}
        api: Any = build("cloudtasks", "v2", http=transport, static_discovery=True, client_options=options)
        return api.projects().locations().queues().tasks()

    def _sent(self, api: Any, task: Task) -> bool:
        try:
            api.create(parent=self._queues[task.urgent], body={"task": self._body(task)}).execute(
                num_retries=0
            )
        except HttpError as error:
            if _has_status(error, "ALREADY_EXISTS"):
                return False
            asked = retry_after(error.resp.get("retry-after", ""), None)
            raise _meaning(status=error.status_code).trouble(after=asked) from error
        except (OSError, GoogleAuthError) as error:
            raise _meaning(*type(error).__mro__).trouble() from error
        return True

    def _body(self, task: Task) -> Mapping[str, Any]:
        request = {
            "url": self._target.url_of(task.function),
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json"},
            "body": base64.b64encode(msgspec.json.encode(dict(task.body))).decode(),
            "oidcToken": {
                "serviceAccountEmail": self._target.service_account,
                "audience": self._target.audience_of(task.function),
            },
        }
        body: dict[str, Any] = {"httpRequest": request, "dispatchDeadline": DISPATCH_DEADLINE}
        return body | self._identity(task) | self._schedule(task)

    def _identity(self, task: Task) -> dict[str, str]:
        if task.name is None:
            return {}
        # Hashed: names with sequential prefixes, such as dates, slow a queue (API description, tasks.create).
        return {"name": f"{self._queues[task.urgent]}/tasks/{hashlib.sha256(task.name.encode()).hexdigest()}"}

    def _schedule(self, task: Task) -> dict[str, str]:
        if not task.delay:
            return {}
        start = self._clock.now().astimezone(UTC) + timedelta(seconds=task.delay)
        return {"scheduleTime": start.replace(tzinfo=None).isoformat() + "Z"}


def open_cloud_tasks(
    queue: str, target: TaskTarget, clock: Clock, endpoint: str = GOOGLE, *, urgent: str = ""
) -> CloudTasksQueue:
    """Open queues as the settings name them; send nothing yet. An endpoint on loopback needs no credentials.

    Raises:
        Misconfigured: No Google credentials were found.
    """
    return CloudTasksQueue(_connector(endpoint), queue, target, clock, endpoint=endpoint, urgent=urgent)


def _connector(endpoint: str) -> Callable[[], Http]:
    if is_loopback(urlsplit(endpoint).hostname or ""):
        return lambda: SendOnce(requests.Session(), _TIMEOUT)
    try:
        credentials, _ = google.auth.default(scopes=_SCOPES)
    except GoogleAuthError as error:
        raise Misconfigured(
            "tasks.credentials",
            "no Google credentials were found for Cloud Tasks; run this on Google Cloud, or run"
            " gcloud auth application-default login",
        ) from error
    session: Callable[..., requests.Session] = AuthorizedSession
    return lambda: SendOnce(session(credentials), _TIMEOUT)


def _filled(template: str, function: str) -> str:
    return template.replace("{function}", function).replace("{service}", function.replace("_", "-"))


class _Error(msgspec.Struct):
    status: str = ""


class _Answer(msgspec.Struct):
    error: _Error


def _has_status(error: HttpError, status: str) -> bool:
    """Return whether Google's answer names this code of google.rpc.Code; ABORTED, too, is a 409."""
    try:
        return from_json(error.content, _Answer).error.status == status
    except msgspec.DecodeError:
        return False


def _meaning(*signs: Sign, status: int = 0) -> Row:
    row = row_for(TASK_ERRORS, *signs, status=status)
    assert row is not None, "the last row fits everything"
    return row
