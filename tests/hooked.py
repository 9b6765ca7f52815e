"""Ports of which single calls are another's, so that something happens at just that moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shared.domain.model.account import Account
from shared.ports import ContactBook, Gate
from shared.usecases.base.services import Services


class Hooked:
    """A port whose named calls are replaced; all others are its own."""

    def __init__(self, port: Any, **calls: Callable[..., Any]) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._port, name)


def then(call: Callable[..., Any], action: Callable[[], Any]) -> Callable[..., Any]:
    """The call, and before its result is handed over, the action."""

    def both(*arguments: Any, **named: Any) -> Any:
        result = call(*arguments, **named)
        action()
        return result

    return both


def with_source(services: Services, hook: Callable[[Any], Any]) -> Services:
    """The services, each customer source as the hook makes it."""
    return replace(services, source=lambda wisp: hook(services.source(wisp)))


def with_book(services: Services, hook: Callable[[Account, Any], Any]) -> Services:
    """The services, each account's book as the hook makes it."""

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with services.book(account, gate) as opened:
            yield hook(account, opened)

    return replace(services, book=book)


def with_state(services: Services, **calls: Callable[..., Any]) -> Services:
    """The services, these calls of the state store replaced."""
    state: Any = Hooked(services.state, **calls)
    return replace(services, state=state)
