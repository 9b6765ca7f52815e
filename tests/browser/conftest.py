"""One sandbox and one Chromium for each worker; a fresh browser profile, and an account, for each test."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple, NoReturn

import pytest
from playwright.sync_api import Browser, expect

from infra.sandbox.browser import CHROMIUM, chromium
from tests.browser.housekeeping import FEW, MANY, connect, customers, have_customers, heal, settle, tidy_up
from tests.browser.person import Person, watched
from tests.sandbox import Sandbox, sandbox

_PATIENCE = 20_000.0
"""Milliseconds that a page may take to show something, on a machine that is busy with other tests."""

_numbers = itertools.count(1)


class Ready(NamedTuple):
    """A sandbox, and the customers that SIMPLer had in it at first."""

    box: Sandbox
    customers: list[dict[str, Any]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's browser."""
    if not CHROMIUM.exists():
        without("Chromium was not found")
    expect.set_options(timeout=_PATIENCE)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """A sandbox without an account, in which Google answers at once."""
    with sandbox(tmp_path_factory.mktemp("sandbox") / "data") as running:
        heal(running)
        yield Ready(running, customers(running))


@pytest.fixture
def box(browser: Browser, ready: Ready) -> Iterator[Sandbox]:
    """The sandbox with few customers; what a test leaves behind is tidied up."""
    have_customers(ready.box, ready.customers[:FEW])
    yield ready.box
    tidy_up(ready.box)


@pytest.fixture
def crowd(box: Sandbox, ready: Ready) -> None:
    """SIMPLer has many customers, from before an account is connected."""
    have_customers(box, ready.customers[:MANY])


@pytest.fixture
def somebody(browser: Browser, box: Sandbox) -> Iterator[Callable[..., Person]]:
    """Seats people at their own browsers; at the end no browser may have complained."""
    people: list[Person] = []
    with ExitStack() as stack:

        def sit_down(name: str = "", **options: object) -> Person:
            context = browser.new_context(**options)  # type: ignore[arg-type]  # whatever Playwright takes
            stack.callback(context.close)
            context.set_default_timeout(_PATIENCE)
            people.append(watched(box, context))
            if name:
                people[-1].sign_in(name)
            return people[-1]

        yield sit_down
    assert [person.complaints for person in people] == [[] for _ in people]


@pytest.fixture
def mary(somebody: Callable[..., Person]) -> Person:
    """Mary, who has the right, in SIMPLer."""
    return somebody("mary")


@pytest.fixture
def email() -> str:
    """The address of a Google account that nobody has used yet."""
    return f"account{next(_numbers)}@corkwireless.example"


@pytest.fixture
def connected(mary: Person, email: str) -> str:
    """An account that Mary has connected, and the first run has filled; she is at the console."""
    connect(mary.box, email)
    settle(mary.box)
    mary.open_console()
    return email


def without(reason: str) -> NoReturn:
    """Skip a test for want of something; where CI=true nothing may be wanting."""
    reason += "; tests/browser/setup installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
