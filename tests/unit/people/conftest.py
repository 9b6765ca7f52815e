"""A book whose Google answers from a script."""

from collections.abc import Iterator

import pytest

from shared.adapters.google.people.contacts import PeopleBook
from tests.fake_clock import FakeClock
from tests.people_samples import book_at
from tests.scripted_server import ScriptedServer


@pytest.fixture
def book(server: ScriptedServer, clock: FakeClock) -> Iterator[PeopleBook]:
    """The book."""
    with book_at(server.url, clock) as opened:
        yield opened
