"""`sync_wisp`: does a wisp's run, or the part of it that fits its deadline; Cloud Tasks calls it.

The status is a message to the queue. 2xx ends the task, even if a part of the work failed for good: the run's
record and the log say so. 409, 502 and 503 ask for another try.
"""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from shared.domain.model.run import RunOutcome
from shared.domain.sync.guard import LONGEST_PERMIT
from shared.errors import LeaseHeld, LeaseLost, StopRun, Trouble
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.runs.run import MOST_ATTEMPTS, SyncWisp, log_abandoned, sync_wisp

Text = Annotated[str, Meta(max_length=500)]
RunId = Annotated[str, Meta(pattern="^([0-9]{8}T[0-9]{6}-[0-9a-f]{8})?$")]

LARGEST = 2**63 - 1
"""The largest integer that our databases store."""


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body, as our own functions enqueue it; see `SyncWisp`."""

    by: Text = "nightly run"
    attempt: Annotated[int, Meta(ge=1, le=LARGEST)] = 1
    run: RunId = ""
    owner: Text = ""
    token: Annotated[int, Meta(ge=0, le=LARGEST)] = 0
    allow: Annotated[str, Meta(max_length=LONGEST_PERMIT)] = ""


RETRIES = "X-CloudTasks-TaskRetryCount"
"""The number of earlier tries of a task: the header of Cloud Tasks ("Create HTTP target tasks")."""


def handle(call: Call) -> Response:
    """Answer 200 with what the run did."""
    return call.answer(Body, lambda body: _run(body, call))


def _run(body: Body, call: Call) -> Reply:
    try:
        return _done(body, call.services)
    except LeaseHeld:
        raise  # the run that is on does the work
    except Trouble as trouble:
        tries = call.request.headers.get(RETRIES, type=int, default=0) + 1
        if tries >= MOST_ATTEMPTS:
            why = f"a task was tried {tries} times and is not tried again: {trouble.message}"
            log_abandoned(why, body.wisp, body.run, trouble.reason)
        raise


def _done(body: Body, services: Services) -> Reply:
    request = SyncWisp(
        body.wisp,
        body.by,
        body.attempt,
        run=body.run,
        owner=body.owner,
        token=body.token,
        allow=body.allow,
    )
    try:
        return Reply(_answer(sync_wisp(services, request)))
    except LeaseLost:
        return Reply({"wisp": body.wisp, "run": body.run, "state": "superseded"})


def _answer(outcome: RunOutcome) -> dict[str, object]:
    if outcome.state == "failed":
        raise StopRun(outcome.code, outcome.reason, outcome.reason)
    return to_document(outcome)
