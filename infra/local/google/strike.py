"""What a planned fault does to a call."""

import threading
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from infra.local.google.answer import json_answer
from infra.local.google.faults import Fault, What
from infra.local.google.server import NoAnswer


def perform_under(
    fault: Fault | None, request: Request, stopping: threading.Event, perform: Callable[[], Response]
) -> Response:
    """Carry out a call while a fault strikes it, before or after its effect, or none does.

    Raises:
        NoAnswer: The connection is to end without an answer.
    """
    if fault is None:
        return perform()
    if fault.when == "before":
        return _strike(fault.what, request, stopping) or perform()
    response = perform()
    return _strike(fault.what, request, stopping) or response


def _strike(what: What, request: Request, stopping: threading.Event) -> Response | None:
    """The answer in place of the usual one; None, when the fault is only a delay."""
    if what.hang and stopping.wait(what.hang):
        raise NoAnswer(reset=False)
    if what.close or what.reset:
        raise NoAnswer(reset=what.reset)
    answer = what.answer()
    if answer is None:
        return None
    http, body, headers = answer
    return json_answer(request, http, body, headers)
