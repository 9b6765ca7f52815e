"""`sync_all`: the nightly start, called by Cloud Scheduler at 05:00 of each time zone, or again by hand."""

from zoneinfo import available_timezones

import msgspec
from flask import Response

from functions.endpoint import Call, Reply
from functions.problems import BadRequest
from shared.usecases.base.services import Services
from shared.usecases.runs.nightly import Again, sync_all


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The call's body: an IANA time zone; and whose runs are started again on the same day, if any."""

    time_zone: str
    again: Again = ""


def handle(call: Call) -> Response:
    """Answer 202 with the wisps that got a run now, and when the last run will be done."""
    return call.answer(Body, lambda body: _start(body, call.services))


def _start(body: Body, services: Services) -> Reply:
    if body.time_zone not in available_timezones():
        raise BadRequest(400, "request.body", "The time zone is not known; please send an IANA name.")
    return Reply(msgspec.to_builtins(sync_all(services, body.time_zone, body.again)), 202)
