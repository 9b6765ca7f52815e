"""A run that dies after any of its requests or state writes, at once or with its request on the way."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shared.usecases.base.leases import TTL
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.missing import LAG
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.nights import customers_held
from tests.world import LABEL, World, a_world, customer

EVERYBODY = {str(number): 1 for number in range(1, 8)}
CHUNKS = 4
MOST = 60
"""More steps than a run of these few customers has."""


def the_first_fill(world: World) -> None:
    """Change nothing: the account has never been filled."""
    world.simpler.state.customers.add(customer(7))
    world.simpler.state.customers.delete("8")


def a_busy_night(world: World) -> None:
    """Add a customer, change one, let one leave, and take the label off one."""
    world.run()
    world.user().unlabel(world.labelled()["3"]["resourceName"], world.user().label(LABEL))
    world.simpler.state.customers.patch("2", {"mobile": "086 222 2222"})
    the_first_fill(world)


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("before", [the_first_fill, a_busy_night])
def test_after_a_death_anywhere_two_calm_runs_have_everybody_once(
    tmp_path: Path, before: Callable[[World], None], chunk: int
) -> None:
    """Nobody is lost, nobody doubled, nobody else's contact changed; a third run writes nothing."""
    for step in range(chunk, MOST, CHUNKS):
        folder = tmp_path / str(step)
        folder.mkdir()
        with a_world(folder, [customer(n) for n in (1, 2, 3, 4, 5, 6, 8)]) as world:
            world.add_own_contacts(1)
            before(world)
            friends, dying = world.own_contacts(), DyingProcess(step)
            with suppress(Died):
                sync_wisp(dying.services(world.services), SyncWisp("acme"))
            if not dying.died:
                return
            world.expire(TTL)
            for _ in range(2):
                world.clock.advance(LAG)
                world.run()

            assert world.run().accounts[0].writes == 0, (step, dying.died)
            assert customers_held(world) == EVERYBODY, (step, dying.died)
            assert world.own_contacts() == friends, (step, dying.died)
    pytest.fail("the run has more steps than were tried")
