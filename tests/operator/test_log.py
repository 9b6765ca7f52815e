"""The command line's log: Cloud Logging has who did what, though no function was called."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import requests

from infra.operator.log import NAME, InCloudLogging
from shared.adapters.google.transport import SendOnce
from shared.events import LOGGER
from shared.log_lines import JsonLines
from shared.usecases.operations.operation import audited
from tests.scripted_server import Answer, Reset, ScriptedServer, Step


@pytest.fixture
def errors(server: ScriptedServer) -> Iterator[io.StringIO]:
    """Log to that server, and return what is told on standard error."""
    told, before = io.StringIO(), (LOGGER.handlers, LOGGER.level)
    handler = InCloudLogging(lambda: SendOnce(requests.Session(), 5), "acme-contacts", told, f"{server.url}/")
    handler.setFormatter(JsonLines("acme-contacts"))
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
    yield told
    LOGGER.handlers = before[0]
    LOGGER.setLevel(before[1])


def test_who_does_what_is_written_before_it_is_done(server: ScriptedServer, errors: io.StringIO) -> None:
    """In the members that the functions' lines have, and as no function's line."""
    server.will(Answer(), Answer())
    with audited("accounts pause", "Olga", wisp="acme", account="acme-0"):
        begun = server.requests[0].json["entries"][0]
    done = server.requests[1].json["entries"][0]

    assert server.asked == ["POST /v2/entries:write"] * 2
    assert begun["logName"] == f"projects/acme-contacts/logs/{NAME}"
    assert begun["resource"]["type"] == "global"
    assert begun["severity"] == "INFO"
    assert begun["labels"]["login"]
    assert begun["jsonPayload"]["event"] == "operator.acted"
    assert begun["jsonPayload"]["by"] == "Olga"
    assert begun["jsonPayload"]["wisp"] == "acme"
    assert begun["jsonPayload"]["state"] == "begun"
    assert done["jsonPayload"]["state"] == "done"
    assert errors.getvalue() == ""


@pytest.mark.parametrize("step", [Answer(403), Answer(503), Reset()], ids=["forbidden", "away", "cut off"])
def test_what_cannot_be_written_is_told_and_done(
    server: ScriptedServer, errors: io.StringIO, step: Step
) -> None:
    """The line is on standard error, with the role that may be missing."""
    server.will(step, Answer())
    with audited("leases sweep", "Olga"):
        said, _, line = errors.getvalue().partition(": ")

    assert "roles/logging.logWriter" in said
    assert json.loads(line)["jsonPayload"]["do"] == "leases sweep"
