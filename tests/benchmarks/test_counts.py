"""What a run asks for and writes, by kind of night: it must not grow unnoticed."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from infra.lab.meter import Meter, MeteredState
from shared.replace import replace
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.world import World, a_world, customer

CUSTOMERS = 1000


class Counts(NamedTuple):
    """What a night took.

    Attributes:
        writes: Contacts written.
        simpler: Requests to SIMPLer.
        people: Requests to the People API.
        read: Documents read.
        written: Documents written.
        commits: In how many writes.
    """

    writes: int
    simpler: int
    people: int
    read: int
    written: int
    commits: int


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A thousand customers and an empty account."""
    customers = [customer(number) for number in range(1, CUSTOMERS + 1)]
    with a_world(tmp_path_factory.mktemp("counts"), customers) as world:
        yield world


def night(world: World, days: float = 0.5) -> Counts:
    """Run once, some days after the last time; half a day is too short for a full listing."""
    world.clock.advance(days * 24 * 3600)
    counted = Meter()
    state = MeteredState(world.services.state, counted)
    asked, simpler = world.people_requests(), len(world.simpler.state.calls)
    outcome = sync_wisp(replace(world.services, state=state), SyncWisp("acme"))
    return Counts(
        sum(account.writes for account in outcome.accounts),
        len(world.simpler.state.calls) - simpler,
        world.people_requests() - asked,
        counted.read.total(),
        counted.written.total(),
        counted.commits,
    )


def change(world: World, count: int, generation: int) -> None:
    """Give customers another number."""
    for number in range(1, count + 1):
        world.simpler.state.customers.patch(str(number), {"mobile": f"08{generation} {3_000_000 + number}"})


def test_no_night_costs_more_than_it_did(world: World) -> None:
    """Requests and documents of each kind of night are these; whoever changes them knows why."""
    nights = {"first sync": night(world), "second night": night(world), "nothing changed": night(world)}
    for generation, count in enumerate((10, 100, 1000), 5):
        change(world, count, generation)
        nights[f"{count} changed"] = night(world)
        night(world)  # reads what that one wrote
    nights["everything listed"] = night(world, days=6)

    assert nights == {
        "first sync": Counts(1000, 1, 8, 18, 44, 17),
        "second night": Counts(0, 1, 1, 18, 14, 8),
        "nothing changed": Counts(0, 1, 1, 18, 14, 8),
        "10 changed": Counts(10, 1, 2, 24, 26, 10),
        "100 changed": Counts(100, 1, 2, 24, 26, 10),
        "1000 changed": Counts(1000, 1, 6, 24, 38, 14),
        "everything listed": Counts(0, 1, 2, 18, 14, 8),
    }
