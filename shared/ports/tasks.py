"""Work for later."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.errors import Trouble
from shared.ports.state import Document


@dataclass(frozen=True, slots=True)
class Task:
    """Work for later: a call of one of our own functions.

    Attributes:
        function: The entry point's name, e.g. ``sync_wisp``.
        body: Its JSON body.
        name: What makes it unique: a second task of the same name within hours is not enqueued. None: always.
        delay: Seconds before it may start.
    """

    function: str
    body: Document
    name: str | None = None
    delay: float = 0


class TaskQueue(Protocol):
    """Hands work to another call, which retries it until it answers 2xx."""

    def enqueue(self, task: Task) -> bool:
        """Accept the task; False if one of that name was already accepted.

        Raises:
            RetryLater: The queue cannot be reached.
        """

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept many, as fast as the queue takes them, and raise for none.

        Returns:
            For each task, in order, what `enqueue` would have answered or raised. A queue that keeps failing
            is not asked for the rest, which then carry the same trouble.
        """
