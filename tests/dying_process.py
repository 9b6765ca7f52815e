"""Dying process: ports that work for a number of writes; then the process dies, as by a power cut."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.domain.model.account import Account
from shared.ports import ContactBook, Gate
from shared.replace import replace
from shared.usecases.base.services import Services
from tests.watched_port import WatchedPort

_READS = (
    *("get", "find", "customers", "customer"),
    *("look", "labels", "persons", "contacts", "changes", "label"),
)


class Died(BaseException):
    """The end of the process: no code of ours catches it, and nothing that is done afterwards counts."""


class DyingProcess:
    """The world of one process, which dies after a write whose effect is there, but nobody hears of it.

    To die before a write is to die after the one before it, and to die at a read is to die before the next
    write; so to die after each write is to die everywhere. Leases stay as they are at that moment.

    Attributes:
        died: The name of the write at which it died; empty while it lives.
    """

    def __init__(self, writes: int) -> None:
        """Live for a number of writes, and die at the next."""
        self._left = writes
        self.died = ""

    def services(self, services: Services) -> Services:
        """Return services as this process sees them."""

        @contextmanager
        def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
            with services.book(account, gate) as found:
                yield self._watched(found)

        return replace(
            services,
            state=self._watched(services.state),
            leases=WatchedPort(services.leases, self._read),
            secrets=self._watched(services.secrets),
            tasks=self._watched(services.tasks),
            source=lambda wisp: self._watched(services.source(wisp)),
            consent=lambda: self._watched(services.consent()),
            book=book,
        )

    def _watched(self, port: Any) -> Any:
        return WatchedPort(port, self._call)

    def _read(self, _: str, call: Callable[[], Any]) -> Any:
        if self.died:
            raise Died
        return call()

    def _call(self, name: str, call: Callable[[], Any]) -> Any:
        result = self._read(name, call)
        if name in _READS:
            return result
        self._left -= 1
        if self._left >= 0:
            return result
        self.died = name
        raise Died
