"""Tasks: work for later."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from shared.errors import Trouble
from shared.ports.state import Document


class Task(msgspec.Struct, frozen=True):
    """Work for later: a call of one of our own functions.

    Attributes:
        function: The entry point's name, e.g. ``sync_wisp``.
        body: Its JSON body.
        name: A second task of the same name within hours is not enqueued. None: enqueue it in any case.
        delay: Seconds before it may start.
        urgent: Whether somebody pressed a button and waits for it. Such tasks wait for no others.
    """

    function: str
    body: Document
    name: str | None = None
    delay: float = 0
    urgent: bool = False


class TaskQueue(Protocol):
    """A queue that calls one of our functions for each task, and retries until it answers 2xx."""

    def enqueue(self, task: Task) -> bool:
        """Accept the task; return False if one of that name was accepted already.

        Raises:
            RetryLater: The queue cannot be reached.
        """

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept many tasks, as fast as the queue takes them; raise for none.

        Returns:
            For each task, in order, what `enqueue` would have returned or raised. If the queue keeps failing,
            the remaining tasks are not sent, and get the same trouble.
        """
