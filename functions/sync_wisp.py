"""`sync_wisp`: does a wisp's run, or the part of it that fits its deadline; Cloud Tasks calls it.

The status is a message to the queue. 2xx ends the task: what is left to do has a task of its own by then.
Another status asks for another try, and slows the queue down for everybody; so none is given to a trouble of
one wisp.
"""

from typing import Annotated

from flask import Response
from msgspec import Meta
from msgspec.structs import asdict

from functions.endpoint import Call, ForWisp, Reply
from shared.domain.model.preview import LONGEST_PERMIT
from shared.domain.model.schedule import NIGHTLY
from shared.errors import Trouble
from shared.usecases.base.documents import to_document
from shared.usecases.runs.run import MOST_ATTEMPTS, SyncWisp, log_abandoned
from shared.usecases.runs.work import work

Text = Annotated[str, Meta(max_length=500)]
RunId = Annotated[str, Meta(pattern="^([0-9]{8}T[0-9]{6}-[0-9a-f]{8})?$")]

LARGEST = 2**63 - 1
"""The largest integer that our databases store."""


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body, as our own functions enqueue it; see `SyncWisp`."""

    by: Text = NIGHTLY
    attempt: Annotated[int, Meta(ge=1, le=LARGEST)] = 1
    tries: Annotated[int, Meta(ge=1, le=LARGEST)] = 1
    waits: Annotated[int, Meta(ge=0, le=LARGEST)] = 0
    since: Text = ""
    told: bool = False
    run: RunId = ""
    owner: Text = ""
    token: Annotated[int, Meta(ge=0, le=LARGEST)] = 0
    allow: Annotated[str, Meta(max_length=LONGEST_PERMIT)] = ""
    undo: Text = ""
    account: Text = ""


RETRIES = "X-CloudTasks-TaskRetryCount"
"""The number of earlier tries of a task: the header of Cloud Tasks ("Create HTTP target tasks")."""


def handle(call: Call) -> Response:
    """Answer 200 with what the run did, or with why there was none."""
    return call.answer(Body, lambda body: _work(body, call))


def _work(body: Body, call: Call) -> Reply:
    try:
        return Reply(to_document(work(call.services, SyncWisp(**asdict(body)))))
    except Trouble as trouble:
        tries = call.request.headers.get(RETRIES, type=int, default=0) + 1
        if tries >= MOST_ATTEMPTS:
            why = f"a task was tried {tries} times and is not tried again: {trouble.message}"
            log_abandoned(why, body.wisp, body.run, trouble.reason)
        raise
