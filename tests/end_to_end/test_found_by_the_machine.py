"""Stories that the state machine over the whole system found, each of which went wrong once."""

from datetime import timedelta
from pathlib import Path

from infra.standins.google import Lag, Rules
from shared.usecases.customers.press import sync_customer
from tests.world import World, a_world, customer

SLOW = Rules(lag=Lag(sync=300, listing=240, get=20))
"""A new contact shows in a listing after minutes, and by its own name after seconds."""


def come_right(world: World) -> None:
    """Let an hour pass, so that everything shows; the next run must find every customer once."""
    world.clock.advance(3600)
    world.google.clock.forward(timedelta(hours=1))
    outcome = world.run()

    assert outcome.state == "complete"
    marked = [person for person in world.snapshot()["contacts"].values() if "clientData" in person]
    assert len(marked) == len(world.labelled()) == 3


def test_the_button_of_a_customer_whose_contact_is_a_moment_old_makes_no_second_one(tmp_path: Path) -> None:
    """Mary runs the synchronisation and Joe presses a customer's button at once: Google shows nothing yet."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=SLOW) as world:
        world.run()
        world.clock.advance(1)
        pressed = sync_customer(world.services, "acme", "2", "joe@example.com")

        assert [(outcome.result, outcome.again) for outcome in pressed.accounts] == [("failed", True)]
        assert len(world.snapshot()["contacts"]) == 3
        come_right(world)


def test_a_run_right_after_the_first_that_must_list_everything_makes_no_second_contacts(
    tmp_path: Path,
) -> None:
    """The token is refused a second after the first run, and neither list nor names show the new contacts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=SLOW) as world:
        world.run()
        world.fault(method="people.connections.list", what={"ready": "expired_sync_token"})
        outcome = world.run()

        assert outcome.state == "unfinished"
        assert outcome.accounts[0].code == "google.unconfirmed"
        assert len(world.snapshot()["contacts"]) == 3
        come_right(world)


def test_a_new_contact_that_its_user_deleted_at_once_is_made_again_when_that_is_sure(tmp_path: Path) -> None:
    """The button waits while the contact may only be hidden; the next night makes it again."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], rules=SLOW) as world:
        world.run()
        new = world.snapshot()["contacts"]
        world.user().delete(next(iter(new)))
        world.clock.advance(1)
        gone = next(iter({"1", "2", "3"} - world.labelled().keys()))
        sync_customer(world.services, "acme", gone, "joe@example.com")

        assert len(world.snapshot()["contacts"]) == 2
        come_right(world)


def test_a_contact_that_was_merged_into_another_customers_is_not_taken_for_hidden(tmp_path: Path) -> None:
    """By the list it is the other's, by the ledger this one's, and a contact was created a moment ago."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        one, two = world.labelled()["1"], world.labelled()["2"]
        pairs = (*two["clientData"], *one["clientData"])
        both = [{"key": pair["key"], "value": pair["value"]} for pair in pairs]
        world.user().edit(one["resourceName"], clientData=both)
        world.user().delete(two["resourceName"])
        world.fault(method="people.connections.list", what={"ready": "expired_sync_token"})
        outcome = world.run()

        assert outcome.state == "complete"
        assert outcome.accounts[0].created == 1
        assert world.run().accounts[0].writes == 0
        come_right(world)
