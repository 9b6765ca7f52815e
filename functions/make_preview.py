"""`make_preview`: makes a preview that somebody asked for; Cloud Tasks calls it.

It answers 200 whatever the preview came to: whoever waits for it finds that in its document. Only what could
not be written there asks the queue for another try.
"""

from typing import Annotated

from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from shared.usecases.base.services import Services
from shared.usecases.runs.preview_task import MakePreview, make_preview

LARGEST = 2**63 - 1
"""The largest integer that our databases store."""


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body, as our own functions enqueue it; see `MakePreview`."""

    preview: Annotated[str, Meta(pattern="^preview-[0-9]{8}T[0-9]{6}-[0-9a-f]{8}$")]
    owner: Annotated[str, Meta(max_length=500)]
    token: Annotated[int, Meta(ge=0, le=LARGEST)]


def handle(call: Call) -> Response:
    """Answer 200 with whether the preview is ready."""
    return call.answer(Body, lambda body: _made(body, call.services))


def _made(body: Body, services: Services) -> Reply:
    state = make_preview(services, MakePreview(body.wisp, body.preview, body.owner, body.token))
    return Reply({"wisp": body.wisp, "preview": body.preview, "state": state})
