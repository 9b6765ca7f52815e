"""`operate`: what an operator can have done, called by people of the operators' group.

Its callers look after the service. So an answer that something could not be done tells what an operator is
told; the answers of all other functions never do.
"""

from functools import partial
from typing import Any, Union

import msgspec
from flask import Response

from functions.caller import Caller
from functions.endpoint import Call, Reply
from functions.problems import BadRequest, problem, retry_after, status_of
from shared.errors import Trouble
from shared.usecases.operations.operation import OPERATIONS, Operation, operation_name, run_operation

Body: Any = Union[tuple(OPERATIONS.values())]  # noqa: UP007  its parts are known when it runs
"""The call's body: one of the operations; ``do`` is its name."""


def handle(call: Call) -> Response:
    """Answer 200 with what came of the operation."""
    try:
        return call.answer_to(Body, partial(_operate, call))
    except BadRequest as wrong:
        if wrong.reason != "request.body":
            raise
        known = f"The operations are: {', '.join(OPERATIONS)}."
        raise BadRequest(wrong.status, wrong.reason, f"{wrong.message} {known}") from wrong


def _operate(call: Call, asked: Operation, caller: Caller) -> Reply | Response:
    try:
        result = run_operation(call.services, asked, caller.email)
    except Trouble as trouble:
        answer = problem(status_of(trouble), trouble.reason, trouble.message, call.id)
        answer.headers.update(retry_after(trouble))
        return answer
    return Reply({"do": operation_name(asked), "result": msgspec.to_builtins(result)})
