"""A contact that users made their own is not removed."""

from pathlib import Path

from tests.end_to_end.at_google import copied
from tests.world import LABEL, a_world, customer


def test_a_second_contact_with_a_note_stays(tmp_path: Path) -> None:
    """A copy that differs from ours in nothing but the user's note is kept and told; one without it goes."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        user, copy = world.user(), copied(world.labelled()["1"])
        has_user_data = user.add(**copy, biographies=[{"value": "gate code 1234, dog bites"}])
        plain = user.add(**copy)
        body = {"resourceNamesToAdd": [has_user_data, plain]}
        user.call("POST", f"{user.label(LABEL)}/members:modify", body)
        world.run()

        assert has_user_data in world.snapshot()["contacts"]
        assert plain not in world.snapshot()["contacts"]


def test_a_leavers_contact_goes_with_what_its_user_added(tmp_path: Path) -> None:
    """Nobody is left to call; it lies in Google's trash for thirty days."""
    with a_world(tmp_path, [customer(1), customer(2)]) as world:
        world.run()
        name = world.labelled()["1"]["resourceName"]
        world.user().edit(name, biographies=[{"value": "gate code 1234, dog bites"}])
        world.leave(1)
        outcome = world.run().accounts[0]

        assert outcome.removed == 1
        assert name not in world.snapshot()["contacts"]
