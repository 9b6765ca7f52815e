"""Lazy: ports that import and build their adapters at first use; few calls need them all."""

from collections.abc import Callable, Sequence

from shared.errors import Trouble
from shared.once import Once
from shared.ports import SecretStore, Task, TaskQueue


class LazySecrets:
    """The `SecretStore` port."""

    def __init__(self, build: Callable[[], SecretStore]) -> None:
        """`build` is called once, when a secret is first wanted."""
        self._secrets = Once(build)

    def get(self, name: str) -> str:
        """The newest version's value."""
        return self._secrets().get(name)

    def put(self, name: str, value: str) -> None:
        """Store a new version, then destroy the older ones."""
        self._secrets().put(name, value)

    def destroy(self, name: str) -> None:
        """Destroy the secret with all its versions."""
        self._secrets().destroy(name)


class LazyTasks:
    """The `TaskQueue` port."""

    def __init__(self, build: Callable[[], TaskQueue]) -> None:
        """`build` is called once, when there is first something to hand on."""
        self._tasks = Once(build)

    def enqueue(self, task: Task) -> bool:
        """Accept the task; False if one of that name was already accepted."""
        return self._tasks().enqueue(task)

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        """Accept them all; for each whether it is new, or why it was not accepted."""
        return self._tasks().enqueue_all(tasks)
