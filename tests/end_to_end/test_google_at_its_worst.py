"""Each failure of Google's that is known, at each sort of request, before and after it took effect."""

from pathlib import Path

import pytest

from infra.local.google.ready_faults import READY
from tests.end_to_end.nights import customers_held
from tests.world import LABEL, World, a_world, customer

EVERYBODY = {str(number): 1 for number in (*range(1, 14), 15)}
METHODS = (
    "people.connections.list",
    "people.batchCreateContacts",
    "people.batchUpdateContacts",
    "people.getBatchGet",
    "people.batchDeleteContacts",
    "contactGroups.members.modify",
    "contactGroups.list",
    "oauth2.token",
)
CONSENT = "access_revoked"
"""The one failure that needs a person."""

SLOW = {"hang", "hang_and_close"}
"""Failures that take real time; `tests/unit/people` has them."""

CASES = [
    *((fault, "before") for fault in sorted(READY.keys() - SLOW - {CONSENT})),
    *((fault, "after") for fault in ("closed", "reset", "internal", "unavailable", "aborted")),
]
"""An answer that tells of a failure may come although the request took effect."""

LEFT = {"labels_deleted": {"14": 1}}
"""Whoever leaves while the label is away has a contact without it, which is the user's."""

HOURS = 13 * 3600
"""More than any account is left alone for."""


def a_busy_night(world: World) -> None:
    """Seven customers are new, six have changed, two left, one lost the label."""
    world.run()
    world.add_own_contacts(1)
    world.user().unlabel(world.labelled()["7"]["resourceName"], world.user().label(LABEL))
    for number in range(1, 7):
        world.simpler.state.customers.patch(str(number), {"mobile": f"086 {2_000_000 + number}"})
    world.simpler.state.customers.patch("14", {"status": "post"})
    for number in (9, 10, 11, 12, 13, 15):
        world.simpler.state.customers.add(customer(number))


@pytest.mark.parametrize(("fault", "when"), CASES)
def test_whatever_google_does_two_calm_runs_later_all_is_well(tmp_path: Path, fault: str, when: str) -> None:
    """Nobody lost, nobody doubled, nobody else's contact changed, and a third run writes nothing."""
    with a_world(tmp_path, [customer(n) for n in (*range(1, 9), 14)]) as world:
        a_busy_night(world)
        friends = world.own_contacts()
        for method in METHODS:
            world.fault(method=method, when=when, what={"ready": fault})
        world.run()
        calm(world)

        assert world.run().accounts[0].writes == 0
        assert customers_held(world) == EVERYBODY | LEFT.get(fault, {})
        assert world.own_contacts() == friends


def calm(world: World) -> None:
    """The faults are over; hours later two runs meet no trouble."""
    world.google.world.faults.clear()
    account = world.google.world.accounts[world.accounts[0].email]
    account.exhaust(0)
    for _ in range(2):
        world.clock.advance(HOURS)
        world.run()
