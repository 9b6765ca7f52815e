"""Ports of which single calls are another's, so that something happens at just that moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.domain.model.account import Account
from shared.ports import ContactBook, Gate
from shared.replace import replace
from shared.usecases.base.services import Services


class Hooked:
    """A port whose named calls are replaced; all others are its own."""

    def __init__(self, port: Any, **calls: Callable[..., Any]) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._port, name)


def then(call: Callable[..., Any], action: Callable[[], Any]) -> Callable[..., Any]:
    """Return a call that acts before it hands its result over."""

    def both(*arguments: Any, **named: Any) -> Any:
        result = call(*arguments, **named)
        action()
        return result

    return both


class Shown:
    """A listing of contacts as somebody else hands it on, with the token of the one that was read."""

    def __init__(self, shown: Iterator[Any], read: Any) -> None:
        self._shown = shown
        self._read = read

    def __iter__(self) -> Iterator[Any]:
        return self._shown

    @property
    def token(self) -> str:
        """Asks for what changes from here on."""
        return str(self._read.token)


def then_listed(call: Callable[..., Any], action: Callable[[], Any]) -> Callable[..., Shown]:
    """Return a listing that acts after it was read, before anybody sees it."""

    def both(sync_token: str | None = None) -> Shown:
        read = call(sync_token)

        def shown() -> Iterator[Any]:
            persons = list(read)
            action()
            yield from persons

        return Shown(shown(), read)

    return both


def with_source(services: Services, hook: Callable[[Any], Any]) -> Services:
    """Return services with each customer source as the hook makes it."""
    return replace(services, source=lambda wisp: hook(services.source(wisp)))


def with_book(services: Services, hook: Callable[[Account, Any], Any]) -> Services:
    """Return services with each account's book as the hook makes it."""

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with services.book(account, gate) as opened:
            yield hook(account, opened)

    return replace(services, book=book)


def with_state(services: Services, **calls: Callable[..., Any]) -> Services:
    """Return services with these calls of the state store replaced."""
    state: Any = Hooked(services.state, **calls)
    return replace(services, state=state)
