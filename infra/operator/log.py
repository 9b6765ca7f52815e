"""Log: what a command has done, where the functions' own lines are, or on standard error.

A command runs on somebody's machine, so nothing takes its lines to Cloud Logging by itself. They are written
by ``entries.write`` (Cloud Logging API, v2), under the name `NAME` and not as lines of a function. So no
alert and no metric counts them.
"""

import json
import logging
from collections.abc import Callable
from contextlib import closing
from getpass import getuser
from typing import Any, TextIO

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from shared.adapters.google.transport import Http, SendOnce
from shared.config import Settings
from shared.events import LOGGER
from shared.log_lines import JsonLines

NAME = "simpler-contacts-operator"
"""The log that has the command line's lines."""

_SCOPES = ("https://www.googleapis.com/auth/logging.write",)
_TIMEOUT = 10.0
_NOT_WRITTEN = "Cloud Logging, for which you need roles/logging.logWriter, did not take this line: "


class OnStandardError(logging.Handler):
    """Each line to whoever gave the command."""

    def __init__(self, errors: TextIO) -> None:
        """Take standard error."""
        super().__init__()
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._errors.write(f"{self.format(record)}\n")


class InCloudLogging(logging.Handler):
    """Each line to Cloud Logging, before the command goes on.

    One that cannot be written is told on standard error, and the command goes on: it is for mornings on which
    little works, and Google's audit logs have what it does to documents and secrets.
    """

    def __init__(self, connect: Callable[[], Http], project: str, errors: TextIO, endpoint: str = "") -> None:
        """Name a project.

        Args:
            connect: Makes a transport, which is closed after each line.
            project: The project's id.
            errors: Where it is told what could not be written.
            endpoint: The address of another Google; empty: Google's own.
        """
        super().__init__()
        self._connect = connect
        self._project = project
        self._errors = errors
        self._endpoint = endpoint

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        line = json.loads(self.format(record))
        entry = {
            "logName": f"projects/{self._project}/logs/{NAME}",
            "resource": {"type": "global", "labels": {"project_id": self._project}},
            "labels": {"login": getuser()},
            "severity": line.pop("severity"),
            "jsonPayload": line,
        }
        options = {"api_endpoint": self._endpoint} if self._endpoint else {}
        try:
            with closing(self._connect()) as http:
                transport: Any = http
                api: Any = build(
                    "logging", "v2", http=transport, static_discovery=True, client_options=options
                )
                api.entries().write(body={"entries": [entry]}).execute(num_retries=0)
        except (HttpError, OSError, GoogleAuthError):
            self._errors.write(f"{_NOT_WRITTEN}{json.dumps(entry)}\n")


def start_log(settings: Settings, errors: TextIO) -> None:
    """Send the log to Cloud Logging if the documents are in a project of Google's; else to standard error."""
    handler: logging.Handler = OnStandardError(errors)
    if settings.state_url.startswith("firestore://") and settings.google_cloud_project:
        try:
            credentials, _ = google.auth.default(scopes=_SCOPES)
        except GoogleAuthError:
            pass  # what the command needs of Google says so
        else:
            session: Callable[..., requests.Session] = AuthorizedSession
            handler = InCloudLogging(
                lambda: SendOnce(session(credentials), _TIMEOUT), settings.google_cloud_project, errors
            )
    handler.setFormatter(JsonLines(settings.google_cloud_project))
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
