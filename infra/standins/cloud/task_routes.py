"""The paths of Cloud Tasks v2's REST API, each with the method of `CloudTasks` that answers it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from grpc import StatusCode

from infra.standins.cloud.cloud_tasks import CloudTasks
from infra.standins.cloud.refusal import Refusal
from infra.standins.cloud.task_messages import CreateTask, Queue

_PLACE = r"projects/[^/]+/locations/[^/]+"
_QUEUE = _PLACE + r"/queues/[^/:]+"
_TASK = _QUEUE + r"/tasks/[^/:]+"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, as far as the routes look at it. `name` is the resource in its path."""

    name: str
    query: Mapping[str, str]
    body: bytes

    def read(self, kind: type[T]) -> T:
        """The body; raises `Refusal` if it is not of that form."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except msgspec.DecodeError as error:
            message = f"Invalid JSON payload received. {error}"
            raise Refusal(StatusCode.INVALID_ARGUMENT, message) from error

    @property
    def view(self) -> str:
        """Which view of a task is asked for."""
        return self.query.get("responseView", "BASIC")

    @property
    def paging(self) -> tuple[int, str]:
        """The page's size and token."""
        size = self.query.get("pageSize", "0")
        if not size.isdecimal():
            raise Refusal(StatusCode.INVALID_ARGUMENT, f"Invalid page size: {size}")
        return int(size), self.query.get("pageToken", "")


Answer = Callable[[Call], Any]


class Routes:
    """Finds who answers."""

    def __init__(self, tasks: CloudTasks) -> None:
        self._tasks = tasks
        self._table: tuple[tuple[str, str, Answer], ...] = (
            ("POST", f"v2/({_PLACE})/queues", lambda call: tasks.create_queue(call.name, call.read(Queue))),
            ("GET", f"v2/({_PLACE})/queues", self._list_queues),
            ("GET", f"v2/({_QUEUE})", lambda call: tasks.get_queue(call.name)),
            ("POST", f"v2/({_QUEUE}):pause", lambda call: tasks.pause_queue(call.name)),
            ("POST", f"v2/({_QUEUE}):resume", lambda call: tasks.resume_queue(call.name)),
            ("POST", f"v2/({_QUEUE}):purge", lambda call: tasks.purge_queue(call.name)),
            (
                "POST",
                f"v2/({_QUEUE})/tasks",
                lambda call: tasks.create_task(call.name, call.read(CreateTask)),
            ),
            ("GET", f"v2/({_QUEUE})/tasks", self._list_tasks),
            ("GET", f"v2/({_TASK})", lambda call: tasks.get_task(call.name, call.view)),
            ("DELETE", f"v2/({_TASK})", self._delete_task),
            ("POST", f"v2/({_TASK}):run", lambda call: tasks.run_task(call.name)),
            ("GET", "oauth2/v1/(certs)", lambda _: tasks.signer.certificates),
        )

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Any:
        """What is answered, ready to be written as JSON; raises `Refusal`."""
        for its_method, pattern, answer in self._table:
            match = re.fullmatch(pattern, path.removeprefix("/"))
            if match and method == its_method:
                return answer(Call(match[1], query, body))
        raise Refusal(StatusCode.NOT_FOUND, f"There is no {method} {path}.")

    def _list_queues(self, call: Call) -> Any:
        return _listed("queues", *self._tasks.list_queues(call.name, *call.paging))

    def _list_tasks(self, call: Call) -> Any:
        return _listed("tasks", *self._tasks.list_tasks(call.name, call.view, *call.paging))

    def _delete_task(self, call: Call) -> Any:
        self._tasks.delete_task(call.name)
        return {}


def _listed(members: str, found: Sequence[Any], token: str) -> Mapping[str, Any]:
    return {members: found} | ({"nextPageToken": token} if token else {})
