"""While SIMPLer hangs, nothing may take longer than a function may."""

from pathlib import Path

from shared.errors import StopRun
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.start import start_sync
from tests.hooked import Hooked, with_source
from tests.world import a_world, customer

FUNCTION = 29 * 60
"""Seconds that a function may take."""


def test_waiting_presses_do_not_all_wait_for_a_simpler_that_hangs(tmp_path: Path) -> None:
    """Forty presses wait, each lookup takes its whole minute: one more ends in time, and none is lost."""
    with a_world(tmp_path, [customer(n) for n in range(1, 51)]) as world:
        world.run()
        start_sync(world.services, "acme", "mary@example.com")
        for number in range(1, 41):
            sync_customer(world.services, "acme", str(number), "joe@example.com")
        world.expire(1000)

        def hang(_: str) -> None:
            world.clock.advance(60)
            raise StopRun("simpler.slow", "SIMPLer took too long")

        before = world.clock.monotonic()
        slow = with_source(world.services, lambda source: Hooked(source, customer=hang))
        pressed = sync_customer(slow, "acme", "50", "joe@example.com")

        assert world.clock.monotonic() - before < FUNCTION
        waiting = len(world.services.state.find("wisps/acme/presses"))
        assert waiting == (41 if pressed.state == "taken_in" else 40)
