"""Platform: what Cloud Tasks, Cloud Scheduler and Service Usage say of a project of ours.

The APIs are reached over REST, by the descriptions that come with google-api-python-client.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from typing import Any

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from shared.adapters.error_table import Row, Sign, row_for
from shared.adapters.google.transport import Http, SendOnce
from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import JobState, QueueState
from shared.replace import replace
from shared.typed import from_plain

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_TIMEOUT = 20.0
_AWAY = Row(
    RetryLater, "platform.unreachable", "Google Cloud does not answer; the same call may succeed soon"
)
PLATFORM_ERRORS = (
    replace(_AWAY, signs=(OSError, TransportError)),
    replace(_AWAY, statuses=(408, 429, *range(500, 600))),
    Row(
        Misconfigured,
        "platform.forbidden",
        "this program may not look at queues, jobs and APIs; apply Terraform, which gives it the right",
    ),
)
"""Meanings of HTTP statuses and exceptions."""


class GoogleCloud:
    """The `Platform` port on a project of Google Cloud."""

    def __init__(self, connect: Callable[[], Http], place: str, queues: Sequence[str], endpoint: str) -> None:
        """Name a place.

        Args:
            connect: Makes a transport, which is closed after each look.
            place: ``projects/…/locations/…``.
            queues: The names of the queues that are ours.
            endpoint: The address of another Google; empty: Google's own addresses.
        """
        self._connect = connect
        self._place = place
        self._queues = queues
        self._endpoint = endpoint

    def queues(self) -> Sequence[QueueState]:
        """Return the queues that are ours.

        Raises:
            RetryLater: Google cannot be reached.
            Misconfigured: This program may not look.
        """
        found = self._all("cloudtasks", "v2", "queues", lambda api: api.projects().locations().queues())
        states = {each["name"].rpartition("/")[2]: str(each.get("state", "")) for each in found}
        return [QueueState(name, states.get(name, "")) for name in self._queues]

    def jobs(self) -> Sequence[JobState]:
        """Return all jobs; raise as `queues`."""
        found = self._all("cloudscheduler", "v1", "jobs", lambda api: api.projects().locations().jobs())
        return [
            JobState(
                each["name"].rpartition("/")[2],
                str(each.get("state", "")),
                _failed(from_plain(each.get("status") or {}, dict[str, Any])),
            )
            for each in found
        ]

    def services(self) -> Collection[str]:
        """Return the names of the services that are switched on; raise as `queues`."""
        parent = "/".join(self._place.split("/")[:2])
        found = self._all(
            "serviceusage",
            "v1",
            "services",
            lambda api: api.services(),
            parent=parent,
            filter="state:ENABLED",
        )
        return {each["name"].rpartition("/")[2] for each in found}

    def _all(
        self,
        api: str,
        version: str,
        members: str,
        resource: Callable[[Any], Any],
        parent: str = "",
        **asked: str,
    ) -> list[dict[str, Any]]:
        options = {"api_endpoint": self._endpoint} if self._endpoint else {}
        with closing(self._connect()) as http:
            transport: Any = http
            built: Any = build(api, version, http=transport, static_discovery=True, client_options=options)
            return list(_pages(resource(built), members, {"parent": parent or self._place, **asked}))


def _pages(resource: Any, members: str, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
    request = resource.list(**asked)
    while request is not None:
        try:
            answer = request.execute(num_retries=0)
        except HttpError as error:
            raise _meaning(status=error.status_code) from error
        except (OSError, GoogleAuthError) as error:
            raise _meaning(*type(error).__mro__) from error
        yield from answer.get(members, ())
        request = resource.list_next(request, answer)


def _failed(status: dict[str, Any]) -> str:
    """Return a ``google.rpc.Status`` in words; its code 0, or none, is success."""
    code = status.get("code", 0)
    return f"{_CODES.get(code, code)} {status.get('message', '')}".strip() if code else ""


_CODES = {
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    16: "UNAUTHENTICATED",
}
"""Names of those of google.rpc.Code that a call of ours can end by."""


def _meaning(*signs: Sign, status: int = 0) -> Trouble:
    row = row_for(PLATFORM_ERRORS, *signs, status=status)
    assert row is not None, "the last row fits everything"
    return row.trouble()


def open_google_cloud(queues: Sequence[str]) -> GoogleCloud:
    """Open the project and place of these queues, ``projects/…/locations/…/queues/…``; send nothing yet.

    Raises:
        Misconfigured: No Google credentials were found.
    """
    try:
        credentials, _ = google.auth.default(scopes=_SCOPES)
    except GoogleAuthError as error:
        raise PLATFORM_ERRORS[-1].trouble() from error
    session: Callable[..., requests.Session] = AuthorizedSession
    place = "/".join(queues[0].split("/")[:4])
    names = [queue.rpartition("/")[2] for queue in dict.fromkeys(queues)]
    return GoogleCloud(lambda: SendOnce(session(credentials), _TIMEOUT), place, names, "")
