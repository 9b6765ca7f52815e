"""SIMPLer and Google are asked at the same time, and nothing is decided before SIMPLer's list is complete."""

import threading
from pathlib import Path
from typing import Any

from shared.errors import StopRun
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.hooked import Hooked, then, with_book, with_source
from tests.world import LABEL, a_world, customer

PATIENCE = 10.0


def test_google_is_asked_while_simpler_makes_its_list(tmp_path: Path) -> None:
    """What changed in the account is known before SIMPLer has answered."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        for _ in range(2):  # the second one reads what the first one wrote
            world.run()
        told = threading.Event()

        def slow(source: Any) -> Any:
            return Hooked(source, customers=lambda: told.wait(PATIENCE) and source.customers())

        services = with_source(world.services, slow)
        services = with_book(services, lambda _, book: Hooked(book, changes=then(book.changes, told.set)))
        outcome = sync_wisp(services, SyncWisp("acme"))

        assert (outcome.state, outcome.accounts[0].unchanged) == ("complete", 3)


def test_without_simplers_list_nothing_is_made_in_google(tmp_path: Path) -> None:
    """A new account is signed in to and looked at; when SIMPLer fails it has no label."""

    def failing() -> None:
        raise StopRun("simpler.down", "HTTP 503", "SIMPLer did not answer.")

    with a_world(tmp_path, [customer(1)]) as world:
        services = with_source(world.services, lambda source: Hooked(source, customers=failing))
        outcome = sync_wisp(services, SyncWisp("acme"))

        assert (outcome.state, outcome.code, outcome.accounts) == ("failed", "simpler.down", [])
        groups = world.snapshot()["groups"].values()
        assert (world.snapshot()["contacts"], LABEL in {group["name"] for group in groups}) == ({}, False)
