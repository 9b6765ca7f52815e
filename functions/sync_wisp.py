"""`sync_wisp`: a wisp's run, or the part of it that fits its deadline; called by Cloud Tasks.

The status is a message to what retries: 2xx ends the task, also when another run is on or a part of the work
failed for good (the run record and the log tell); 503 and 502 ask for another try.
"""

import msgspec
from flask import Request, Response

from functions.endpoint import Reply, serve
from shared.domain.outcome import RunOutcome
from shared.errors import LeaseHeld, StopRun
from shared.usecases.records import plain
from shared.usecases.services import Services
from shared.usecases.sync_wisp import SyncWisp, sync_wisp


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The call's body."""

    wisp: str
    by: str = "nightly run"
    attempt: int = 1


def handle(request: Request, services: Services) -> Response:
    """200 with what the run did."""
    return serve(request, Body, lambda body: _run(body, services))


def _run(body: Body, services: Services) -> Reply:
    try:
        outcome = sync_wisp(services, SyncWisp(body.wisp, body.by, body.attempt))
    except LeaseHeld as held:
        return Reply({"state": "already_running", "run": held.run, "by": held.holder})
    return Reply(_told(outcome))


def _told(outcome: RunOutcome) -> dict[str, object]:
    if outcome.state == "failed":
        raise StopRun(outcome.code, outcome.reason)
    return plain(outcome)
