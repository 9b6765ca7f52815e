"""What the tests of functions share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.console_kit import Browser, Console, console_of
from tests.functions.served import Served, served
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Thirty customers and two accounts, not yet synchronised."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)], accounts=2) as made:
        yield made


@pytest.fixture
def functions(world: World) -> Iterator[Served]:
    """The functions of that world."""
    with served(world) as address:
        yield address


@pytest.fixture
def console(world: World) -> Iterator[Console]:
    """The console of that world."""
    with console_of(world) as made:
        yield made


@pytest.fixture
def mary(console: Console) -> Iterator[Browser]:
    """The browser of Mary, who has the right and has entered from SIMPLer."""
    with console.browser() as browser:
        yield browser.enter()
