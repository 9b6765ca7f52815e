"""A port each of whose calls goes through somebody's hands."""

from collections.abc import Callable
from typing import Any

Around = Callable[[str, Callable[[], Any]], Any]
"""Gets a call's name and the call, and gives its result."""


class WatchedPort:
    """Another port; what is no call is its own."""

    def __init__(self, port: Any, around: Around) -> None:
        self._port = port
        self._around = around

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            return self._around(name, lambda: found(*arguments, **named))

        return call
