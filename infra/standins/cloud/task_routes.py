"""The paths of Cloud Tasks v2's REST API, each with the method of `CloudTasks` that answers it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from grpc import StatusCode

from infra.standins.cloud.cloud_tasks import CloudTasks
from infra.standins.cloud.refusal import Refusal
from infra.standins.cloud.task_messages import CreateTask, Queue
from shared.typed import from_json

_PLACE = r"projects/[^/]+/locations/[^/]+"
_QUEUE = _PLACE + r"/queues/[^/:]+"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, as far as the routes look at it. `name` is the resource in its path."""

    name: str
    query: Mapping[str, str]
    body: bytes

    def read(self, kind: type[T]) -> T:
        """Return the body; raise `Refusal` if it is not of that form."""
        try:
            return from_json(self.body, kind)
        except msgspec.DecodeError as error:
            message = f"Invalid JSON payload received. {error}"
            raise Refusal(StatusCode.INVALID_ARGUMENT, message) from error


Answer = Callable[[Call], Any]


class Routes:
    """Finds who answers."""

    def __init__(self, tasks: CloudTasks) -> None:
        self._tasks = tasks
        self._table: tuple[tuple[str, str, Answer], ...] = (
            ("POST", f"v2/({_PLACE})/queues", lambda call: tasks.create_queue(call.name, call.read(Queue))),
            ("POST", f"v2/({_QUEUE}):pause", lambda call: tasks.pause_queue(call.name)),
            (
                "POST",
                f"v2/({_QUEUE})/tasks",
                lambda call: tasks.create_task(call.name, call.read(CreateTask)),
            ),
            ("GET", "oauth2/v1/(certs)", lambda _: tasks.signer.certificates),
        )

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Any:
        """Return the answer, ready to be written as JSON; raises `Refusal`."""
        for its_method, pattern, answer in self._table:
            match = re.fullmatch(pattern, path.removeprefix("/"))
            if match and method == its_method:
                return answer(Call(match[1], query, body))
        raise Refusal(StatusCode.NOT_FOUND, f"There is no {method} {path}.")
