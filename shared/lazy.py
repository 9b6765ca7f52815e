"""Lazy: ports that import and build their adapters at first use, because few calls need all of them."""

from collections.abc import Callable, Sequence

from shared.errors import Trouble
from shared.once import Once
from shared.ports import SecretStore, Task, TaskQueue


class LazySecrets:
    """A `SecretStore` that is built at first use."""

    def __init__(self, build: Callable[[], SecretStore]) -> None:
        """Take a function that builds the store; it is called once, when a secret is first needed."""
        self._secrets = Once(build)

    def get(self, name: str) -> str:
        """Return the newest version's value."""
        return self._secrets().get(name)

    def put(self, name: str, value: str) -> None:
        """Store a new version, then destroy the older ones."""
        self._secrets().put(name, value)

    def destroy(self, name: str) -> None:
        """Destroy the secret with all its versions."""
        self._secrets().destroy(name)


class LazyTasks:
    """A `TaskQueue` that is built at first use."""

    def __init__(self, build: Callable[[], TaskQueue]) -> None:
        """Take a function that builds the queue; it is called once, for the first task."""
        self._tasks = Once(build)

    def enqueue(self, task: Task) -> bool:
        """Accept the task; return False if one of that name was accepted already."""
        return self._tasks().enqueue(task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept all tasks; return for each whether it is new, or why it was not accepted."""
        return self._tasks().enqueue_all(tasks)
