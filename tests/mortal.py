"""Mortal: ports that work for so many calls; at the next one the process dies, as by a power cut."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shared.domain.account import Account
from shared.ports import ContactBook
from shared.usecases.services import Gate, Services


class Died(BaseException):
    """The end of the process: no code of ours catches it, and nothing that is done afterwards counts."""


class Mortal:
    """The world of one process. It may die at any call but one for a lease, which it then leaves as it is.

    Attributes:
        died: The name of the call at which it died; empty while it lives.
    """

    def __init__(self, calls: int, *, late: bool) -> None:
        """Live for so many calls; `late`: the last one takes effect, but nobody hears of it."""
        self._left = calls
        self._late = late
        self.died = ""

    def services(self, services: Services) -> Services:
        """The services as this process sees them."""

        @contextmanager
        def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
            with services.book(account, gate) as found:
                yield self._watched(found)

        return replace(
            services,
            state=self._watched(services.state),
            leases=_Watched(services.leases, self._call_if_alive),
            secrets=self._watched(services.secrets),
            tasks=self._watched(services.tasks),
            source=lambda wisp: self._watched(services.source(wisp)),
            consent=lambda: self._watched(services.consent()),
            book=book,
        )

    def _watched(self, port: Any) -> Any:
        return _Watched(port, self._call)

    def _call_if_alive(self, _: str, call: Callable[[], Any]) -> Any:
        if self.died:
            raise Died
        return call()

    def _call(self, name: str, call: Callable[[], Any]) -> Any:
        if self.died:
            raise Died
        self._left -= 1
        if self._left >= 0:
            return call()
        self.died = name
        if self._late:
            call()
        raise Died


class _Watched:
    def __init__(self, port: Any, call: Callable[[str, Callable[[], Any]], Any]) -> None:
        self._port = port
        self._call = call

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(name, lambda: found(*arguments, **named))

        return call
