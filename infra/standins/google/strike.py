"""What a planned fault does to a call."""

import threading
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from infra.standins.google.answer import json_answer
from infra.standins.google.deeds import Deed
from infra.standins.google.faults import Strike
from infra.standins.google.server import NoAnswer


def perform_under(
    strike: Strike | None,
    request: Request,
    stopping: threading.Event,
    perform: Callable[[], Response],
    do_deed: Callable[[Deed], None] | None = None,
) -> Response:
    """Carry out a call while a fault strikes it, before or after its effect, or none does.

    Args:
        strike: The fault; None for none.
        request: The request that is answered.
        stopping: Set when the server ends; a call that hangs is then not carried out any more.
        perform: Carries out the call.
        do_deed: Does a deed in the account that the call is about; None when it is about none.

    Raises:
        NoAnswer: The connection is to end without an answer.
    """
    if strike is None:
        return perform()
    if strike.when == "before":
        return _answer_instead(strike, request, stopping, do_deed) or perform()
    response = perform()
    return _answer_instead(strike, request, stopping, do_deed) or response


def _answer_instead(
    strike: Strike, request: Request, stopping: threading.Event, do_deed: Callable[[Deed], None] | None
) -> Response | None:
    """Return the answer in place of the usual one; None, when the fault has none."""
    what = strike.what
    if what.hang:
        strike.released.wait(what.hang)
    if stopping.is_set():
        raise NoAnswer(reset=False)
    if what.deed and do_deed:
        do_deed(what.deed)
    if what.close or what.reset:
        raise NoAnswer(reset=what.reset)
    answer = what.answer()
    if answer is None:
        return None
    http, body, headers = answer
    return json_answer(request, http, body, headers)
