"""A run, the button, and customers' buttons at once, in random orders of their calls to the world."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.domain.model.account import Account
from shared.errors import LeaseHeld
from shared.ports import ContactBook, Gate
from shared.replace import replace
from shared.usecases.base.services import Services
from shared.usecases.customers.press import Pressed, sync_customer
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.start import start_sync
from tests.interleaving import Interleaving
from tests.world import World, a_world, customer

SEEDS = int(os.environ.get("INTERLEAVINGS", "60"))


def watched(world: World, interleaving: Interleaving) -> Services:
    """Return services that let others go on before each of their calls."""
    services = world.services

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with services.book(account, gate) as found:
            yield interleaving.watched(found)

    return replace(
        services,
        state=interleaving.watched(services.state),
        leases=interleaving.watched(services.leases),
        source=lambda wisp: interleaving.watched(services.source(wisp)),
        book=book,
    )


def press(world: World, services: Services, number: int, mobile: str) -> Pressed:
    """Change a customer in SIMPLer, and press its button."""
    world.simpler.state.customers.patch(str(number), {"mobile": mobile})
    return sync_customer(services, "acme", str(number), "joe@example.com")


def button(services: Services) -> str:
    """Press the button, as Mary; the queue delivers the task at once."""
    try:
        outcome = start_sync(services, "acme", "mary@example.com")
    except LeaseHeld:
        return "refused"
    return outcome.run


def actors(world: World, services: Services) -> dict[str, Callable[[], Any]]:
    """Return the night, Mary, and three presses, two of them for one customer."""
    return {
        "night": partial(sync_wisp, services, SyncWisp("acme")),
        "mary": partial(button, services),
        "press 1": partial(press, world, services, 1, "086 100 0001"),
        "press 2": partial(press, world, services, 2, "086 100 0002"),
        "press 2 again": partial(press, world, services, 2, "086 100 0022"),
    }


@pytest.mark.parametrize("chunk", range(4))
def test_whatever_the_order_nothing_is_lost_and_nothing_doubled(tmp_path: Path, chunk: int) -> None:
    """Every accepted press is in Google when all have ended, each customer once, and no press left behind."""
    for seed in range(chunk, SEEDS, 4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with a_world(folder, [customer(n) for n in range(1, 5)]) as world:
            if seed % 3:
                world.run()
            interleaving = Interleaving(seed)
            services = watched(world, interleaving)
            ended = interleaving.play(actors(world, services))
            ran = seed % 3 or bool(world.tasks.tasks) or not isinstance(ended["night"], LeaseHeld)
            while world.tasks.tasks:
                world.work()
            _check(world, ended, ["1", "2", "3", "4"] if ran else ["1", "2"], seed)


def _check(world: World, ended: dict[str, Any], expected: list[str], seed: int) -> None:
    for name, result in ended.items():
        may_be_refused = name == "night" and isinstance(result, LeaseHeld)
        assert may_be_refused or not isinstance(result, Exception), (seed, name, result)
    assert world.services.state.find("wisps/acme/presses") == [], seed
    contacts = world.snapshot()["contacts"]
    held = sorted(person["externalIds"][0]["value"] for person in contacts.values())
    assert held == expected, seed
    numbers = {c: p["phoneNumbers"][0]["value"] for c, p in world.labelled().items()}
    latest = [f"+353 {r['mobile'].removeprefix('0')}" for r in world.simpler.state.customers.all()[:2]]
    assert [numbers["1"], numbers["2"]] == latest, seed
