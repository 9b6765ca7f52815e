"""A book whose Google answers from a script."""

from collections.abc import Iterator

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from tests.fake_clock import FakeClock
from tests.people_samples import book_at
from tests.scripted_server import ScriptedServer, scripted_server


@pytest.fixture
def clock() -> FakeClock:
    """A clock that goes only when it is told to."""
    return FakeClock()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Google, as scripted."""
    with scripted_server() as running:
        yield running


@pytest.fixture
def book(server: ScriptedServer, clock: FakeClock) -> Iterator[PeopleBook]:
    """The book."""
    with book_at(server.url, clock) as opened:
        yield opened
