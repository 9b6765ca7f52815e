"""SIMPLer is read first and whole: nobody asks Google anything before."""

from pathlib import Path

from shared.errors import StopRun
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.hooked import Hooked, with_source
from tests.world import LABEL, a_world, customer


def test_without_simplers_list_nothing_is_made_in_google(tmp_path: Path) -> None:
    """When SIMPLer fails, an account is not even asked, and a new one has no label."""

    def failing() -> None:
        raise StopRun("simpler.down", "HTTP 503", "SIMPLer did not answer.")

    with a_world(tmp_path, [customer(1)]) as world:
        services = with_source(world.services, lambda source: Hooked(source, customers=failing))
        outcome = sync_wisp(services, SyncWisp("acme"))

        assert outcome.state == "failed"
        assert outcome.code == "simpler.down"
        assert outcome.accounts == []
        groups = world.snapshot()["groups"].values()
        assert world.people_requests() == 0
        assert world.snapshot()["contacts"] == {}
        assert LABEL not in {group["name"] for group in groups}
