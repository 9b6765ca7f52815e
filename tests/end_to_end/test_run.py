"""Whole runs, from SIMPLer's REST API to Google's, over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import LABEL, World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Thirty customers and two accounts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)], accounts=2) as made:
        yield made


def test_a_first_run_fills_every_account_and_a_second_writes_nothing(world: World) -> None:
    """All customers in both accounts; then 0 writes, and as few requests as the design says."""
    first, second = world.run(), world.run()

    assert [(a.state, a.created, a.requests) for a in first.accounts] == [("complete", 30, 4)] * 2
    assert [(a.state, a.writes, a.unchanged, a.requests) for a in second.accounts] == [
        ("complete", 0, 30, 1)
    ] * 2
    assert sorted(world.labelled(0), key=int) == [str(n) for n in range(1, 31)]
    assert world.labelled(0).keys() == world.labelled(1).keys()


def test_a_run_mends_what_users_damaged_and_keeps_what_they_added(world: World) -> None:
    """A deleted contact, a changed number and the label are restored; an added number stays."""
    world.run()
    user, before = world.user(), world.labelled()
    user.delete(before["1"]["resourceName"])
    user.edit(before["2"]["resourceName"], phoneNumbers=[{"value": "+353 1 555 0000"}])
    both = [*before["3"]["phoneNumbers"], {"value": "+353 1 555 0001", "type": "home"}]
    user.edit(before["3"]["resourceName"], phoneNumbers=[{"value": p["value"]} for p in both])
    label = next(name for name, group in world.snapshot()["groups"].items() if group["name"] == LABEL)
    modify = {"resourceNamesToRemove": [before["4"]["resourceName"]]}
    user.call("POST", f"{label}/members:modify", modify)

    outcome = world.run().accounts[0]
    after = world.labelled()

    assert outcome.state == "complete"
    assert outcome.created == 1
    assert outcome.mended == 2
    assert outcome.relabelled == 1
    assert after.keys() == before.keys()
    assert [p["value"] for p in after["2"]["phoneNumbers"]] == ["+353 87 100 0002", "+353 1 555 0000"]
    assert [p["value"] for p in after["3"]["phoneNumbers"]] == ["+353 87 100 0003", "+353 1 555 0001"]
    assert world.run().accounts[0].writes == 0
