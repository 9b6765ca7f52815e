"""Queue: Cloud Tasks in simulated time. The service's own adapter speaks to it, without a network between.

What may be dispatched when, and what becomes of a task, is the stand-in's own `TaskQueue`.
"""

import threading
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httplib2
import msgspec
from msgspec.structs import replace

from infra.standins.cloud.task_messages import CreateTask, Queue, RateLimits, RetryConfig, check_task
from infra.standins.cloud.task_queue import Entry, TaskQueue
from shared.adapters.google.cloud_tasks import CloudTasksQueue, TaskTarget
from shared.ports import Clock
from shared.typed import from_json

NAME = "projects/demo/locations/europe-west1/queues/runs"
URGENT = "projects/demo/locations/europe-west1/queues/urgent"
RATE = RateLimits(max_dispatches_per_second=10, max_concurrent_dispatches=100)
RETRIES = RetryConfig(max_attempts=12, min_backoff="60s", max_backoff="600s", max_doublings=4)
TARGET = TaskTarget("https://{function}.example/", "tasks@demo.iam.gserviceaccount.com")


class SimulatedQueue:
    """Both queues, and the transport under Google's client that leads to them."""

    def __init__(self, clock: Clock, rate: RateLimits = RATE) -> None:
        """Make empty queues.

        Args:
            clock: The simulated time.
            rate: How fast each dispatches.
        """
        self.created = 0
        self._clock = clock
        now = clock.now().timestamp()
        self._queues = {name: TaskQueue(Queue(name, replace(rate), RETRIES), now) for name in (NAME, URGENT)}
        self._lock = threading.Lock()

    def port(self, clock: Clock, urgent: str = URGENT) -> CloudTasksQueue:
        """Return the service's adapter on these queues, for a caller with its own time.

        Args:
            clock: The caller's.
            urgent: Where urgent tasks go.
        """
        return CloudTasksQueue(lambda: self, NAME, TARGET, clock, urgent=urgent)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        *_: Any,
        **__: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """Answer tasks.create, the one method that the adapter calls."""
        name = urlsplit(uri).path.removeprefix("/v2/").removesuffix("/tasks")
        assert method == "POST", "only tasks.create is known"
        with self._lock:
            self.created += 1
            return self._create(name, from_json(body or b"", CreateTask))

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def take(self, now: float) -> Sequence[Entry]:
        """Return what is dispatched now."""
        return [entry for queue in self._queues.values() for entry in queue.take(now)]

    def finish(self, entry: Entry, status: int, now: float) -> None:
        """Take in an answer."""
        self._queues[entry.task.name.partition("/tasks/")[0]].finish(entry, status, now)

    def next_due(self, now: float) -> float:
        """Return when the next dispatch may be possible."""
        return min(queue.next_due(now) for queue in self._queues.values())

    @property
    def running(self) -> int:
        """How many dispatches are under way."""
        return sum(queue.running for queue in self._queues.values())

    def _create(self, queue: str, request: CreateTask) -> tuple[httplib2.Response, bytes]:
        task, now, tasks = request.task, self._clock.now(), self._queues[queue]
        check_task(task, queue, now)
        if task.name in tasks.entries or tasks.was_here(task.name, now.timestamp()):
            error = {"code": 409, "status": "ALREADY_EXISTS", "message": "Requested entity already exists"}
            return _answer(HTTPStatus.CONFLICT, {"error": error})
        tasks.add(task, max(task.schedule_time or now, now).timestamp())
        return _answer(HTTPStatus.OK, {"name": task.name})


def _answer(status: HTTPStatus, content: Mapping[str, Any]) -> tuple[httplib2.Response, bytes]:
    head = {"status": str(status.value), "content-type": "application/json"}
    return httplib2.Response(head), msgspec.json.encode(content)
