"""`watchdog`: asks whether each wisp had its night; called by Cloud Scheduler every hour.

200 means "looked", whatever was found: what needs a person is in the log, and alerts are made of that.
"""

import msgspec
from flask import Response

from functions.endpoint import Call, Reply
from shared.usecases.base.documents import to_document
from shared.usecases.runs.watchdog import watch


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The call's body: an object with nothing in it."""


def handle(call: Call) -> Response:
    """Answer 200 with what needs a person."""
    return call.answer(Body, lambda _: Reply(to_document(watch(call.services))))
