"""Cloud Tasks v2's methods, and the thread that dispatches what is due."""

import math
import threading
import uuid
from collections.abc import Callable, Sequence

import msgspec
from grpc import StatusCode

from infra.standins.cloud.delivery import Delivery, delivery_of, send
from infra.standins.cloud.oidc import Signer
from infra.standins.cloud.refusal import Refusal
from infra.standins.cloud.task_messages import CreateTask, Queue, Task, check_queue, check_task
from infra.standins.cloud.task_queue import Entry, TaskQueue
from shared.ports import Clock

_SETTLED_WITHIN = 120.0


class CloudTasks:
    """All queues. The methods are the API's; each raises `Refusal`, and threads may share them."""

    def __init__(self, clock: Clock, deliver: Callable[[Delivery], int | None] = send) -> None:
        """Start dispatching.

        Args:
            clock: For schedules, limits and pauses. After moving one that is not the system's, `settle`.
            deliver: Sends a request; None if no answer came.
        """
        self.signer = Signer()
        self._clock = clock
        self._deliver = deliver
        self._queues: dict[str, TaskQueue] = {}
        self._changed = threading.Condition()
        self._open = True
        self._pump = threading.Thread(target=self._dispatch_all, daemon=True)
        self._pump.start()

    def close(self) -> None:
        """Dispatch nothing more. What is under way is not waited for."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        self._pump.join()

    def settle(self) -> None:
        """Wait until all that may be dispatched at the clock's time has been, and was answered."""
        with self._changed:
            self._changed.notify_all()
            if not self._changed.wait_for(self._is_settled, _SETTLED_WITHIN):
                raise TimeoutError("tasks are still being dispatched")

    def seconds_to_next(self) -> float:
        """Return the seconds until the next dispatch; infinite if nothing waits."""
        with self._changed:
            now = self._now()
            return min((queue.next_due(now) - now for queue in self._queues.values()), default=math.inf)

    def create_queue(self, parent: str, queue: Queue) -> Queue:
        """Play queues.create."""
        check_queue(queue, parent)
        with self._changed:
            if queue.name in self._queues:
                raise Refusal(StatusCode.ALREADY_EXISTS, "Queue already exists")
            queue.state = "RUNNING"
            self._queues[queue.name] = TaskQueue(queue, self._now())
            return queue

    def pause_queue(self, name: str) -> Queue:
        """Play queues.pause."""
        with self._changed:
            queue = self._queue(name).queue
            queue.state = "PAUSED"
            return queue

    def create_task(self, parent: str, request: CreateTask) -> Task:
        """Play tasks.create."""
        task, now = request.task, self._clock.now()
        with self._changed:
            queue = self._queue(parent)
            check_task(task, parent, now)
            task.name = task.name or f"{parent}/tasks/{uuid.uuid4().int}"
            if task.name in queue.entries or queue.was_here(task.name, now.timestamp()):
                raise Refusal(StatusCode.ALREADY_EXISTS, "Requested entity already exists")
            task.schedule_time = max(task.schedule_time or now, now)
            task.create_time = now.replace(microsecond=0)
            task.dispatch_count = task.response_count = 0
            queue.add(task, task.schedule_time.timestamp())
            self._changed.notify_all()
            shown = msgspec.structs.replace(task.http_request, body=b"")
            return msgspec.structs.replace(task, http_request=shown)

    def names(self, queue: str) -> Sequence[str]:
        """Return the tasks that wait or run, by their names."""
        with self._changed:
            return sorted(self._queue(queue).entries)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _queue(self, name: str) -> TaskQueue:
        if name not in self._queues:
            raise Refusal(StatusCode.NOT_FOUND, "Queue does not exist.")
        return self._queues[name]

    def _dispatch_all(self) -> None:
        with self._changed:
            while self._open:
                now = self._now()
                for queue in self._queues.values():
                    for entry in queue.take(now):
                        delivery = delivery_of(entry, self.signer, now)
                        work = (queue, entry, delivery)
                        threading.Thread(target=self._dispatch, args=work, daemon=True).start()
                self._changed.wait(self._pause(now))

    def _pause(self, now: float) -> float | None:
        due = min((queue.next_due(now) for queue in self._queues.values()), default=math.inf)
        return None if due == math.inf else max(0.001, due - self._now())

    def _dispatch(self, queue: TaskQueue, entry: Entry, delivery: Delivery) -> None:
        status = self._deliver(delivery)
        with self._changed:
            queue.finish(entry, status, self._now())
            self._changed.notify_all()

    def _is_settled(self) -> bool:
        now = self._now()
        return not any(queue.running or queue.ready(now) for queue in self._queues.values())
