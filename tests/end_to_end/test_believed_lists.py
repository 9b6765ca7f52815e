"""A list that may be short removes nobody, however often and whenever it comes."""

from pathlib import Path
from typing import Any

import pytest

from infra.standins.google import Lag, Rules
from infra.standins.google.deeds import do_deed
from infra.standins.simpler.failure import Failure
from shared.domain.model.run import AccountOutcome
from shared.domain.sync.ledger import LISTED_FOR
from shared.usecases.customers.press import sync_customer
from shared.usecases.sync.missing import LAG
from tests.end_to_end.nights import customers_held, pass_time
from tests.world import World, a_world, customer

LATE = Rules(lag=Lag(sync=300, listing=300, get=300))
"""What is written shows after five minutes."""

MONTH = 31
"""Nights, more than any window of remembered runs."""


def people() -> list[dict[str, Any]]:
    """Return ten customers, and forty who have left."""
    return [customer(n) for n in range(1, 11)] + [customer(n, status="post") for n in range(11, 51)]


def shrink(world: World) -> None:
    """Have SIMPLer answer with nine records instead of fifty."""
    for number in [1, *range(11, 51)]:
        world.simpler.state.customers.delete(str(number))


def test_a_short_list_is_refused_night_after_night(tmp_path: Path) -> None:
    """Refusing does not wear out: a list that was refused is not the measure of the next one."""
    with a_world(tmp_path, people()) as world:
        world.run()
        shrink(world)
        refused = [world.run().accounts[0].refused for _ in range(3)]

        assert refused == [1, 1, 1]
        assert len(world.labelled()) == 10


def test_failed_runs_do_not_make_the_guard_forget(tmp_path: Path) -> None:
    """SIMPLer is down for a month and then answers with a part of its customers."""
    with a_world(tmp_path, people()) as world:
        world.run()
        world.simpler.state.failure = Failure("denied")
        states = {world.run().state for _ in range(MONTH)}
        world.simpler.state.failure = None
        shrink(world)
        outcome = world.run().accounts[0]

        assert states == {"failed"}
        assert outcome.refused == 1
        assert outcome.removed == 0


def test_a_short_list_is_not_believed_for_a_night_without_google(tmp_path: Path) -> None:
    """No account could judge the first short list, so the second is compared with the last whole one."""
    with a_world(tmp_path, people()) as world:
        world.run()
        shrink(world)
        world.fault(method="people.connections.list", times=5, what={"ready": "read_quota"})
        without, outcome = world.run().accounts[0], world.run().accounts[0]

        assert without.code == "google.quota"
        assert outcome.refused == 1
        assert outcome.removed == 0


def test_an_empty_list_of_googles_is_not_believed(tmp_path: Path) -> None:
    """Google says that there are contacts and shows none: the account ends before its first write."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)]) as world:
        world.run()
        world.clock.advance(LISTED_FOR)
        body = {"connections": [], "totalItems": 5, "totalPeople": 5}
        world.fault(method="people.connections.list", what={"status": 200, "body": body})
        outcome = world.run().accounts[0]

        assert outcome.code == "google.incomplete"
        assert outcome.writes == 0
        assert len(world.snapshot()["contacts"]) == 5


def leave_in_doubt(world: World, *numbers: int) -> None:
    """Let Google not confirm a batch of creates, and its user delete the label."""
    for number in numbers:
        world.simpler.state.customers.add(customer(number))
    world.fault(method="people.batchCreateContacts", when="after", what={"ready": "closed"})
    world.run()
    pass_time(world, 2 * LAG)
    google = world.google.world
    do_deed("delete_labels", google.accounts[world.accounts[0].email], google.credentials)


def see_nobody(world: World) -> AccountOutcome:
    """Run while Google's next list is empty, though it should not be."""
    world.fault(method="people.connections.list", what={"ready": "contacts_left_out"})
    return world.run().accounts[0]


@pytest.mark.parametrize("known", [1, 0])
def test_an_empty_list_without_a_label_is_not_believed_while_a_create_is_in_doubt(
    tmp_path: Path, known: int
) -> None:
    """A batch of creates is not confirmed, the user deletes the label, and Google's next list is empty.

    No label is left whose members contradict the list. Where a contact is known, a look at it does; where
    none is, only a second list can. What one such time has left behind is no proof the next time.
    """
    with a_world(tmp_path, [customer(n) for n in range(1, 1 + known)], rules=LATE) as world:
        world.run()
        for first in (1 + known, 21):
            pass_time(world, LAG)
            leave_in_doubt(world, *range(first, first + 13))
            outcome = see_nobody(world)

            assert outcome.code == "google.incomplete"
            assert outcome.writes == 0
            pass_time(world, LAG)
            assert world.run().state == "complete"
        everybody = {*range(1, known + 14), *range(21, 34)}
        assert customers_held(world) == {str(n): 1 for n in everybody}


def test_an_account_that_is_empty_is_filled_once_a_second_list_says_so(tmp_path: Path) -> None:
    """Its user has deleted everything: that is told apart from a wrong list after ten minutes.

    What one such time has left behind is no proof the next time, also for a customer's button.
    """
    with a_world(tmp_path, [], rules=LATE) as world:
        world.run()
        leave_in_doubt(world, *range(1, 14))
        for name in world.snapshot()["contacts"]:
            world.user().delete(name)
        pass_time(world, LAG)
        first = world.run().accounts[0]
        pass_time(world, LAG)
        second = world.run().accounts[0]

        assert (first.code, first.created) == ("google.incomplete", 0)
        assert (second.state, second.created) == ("complete", 13)
        leave_in_doubt(world, *range(21, 34))
        world.fault(method="people.connections.list", what={"ready": "contacts_left_out"})
        (pressed,) = sync_customer(world.services, "acme", "21", "joe@example.com").accounts
        assert (pressed.result, pressed.again) == ("failed", True)
        pass_time(world, LAG)
        assert world.run().state == "complete"
        assert customers_held(world) == {str(n): 1 for n in (*range(1, 14), *range(21, 34))}


def test_a_label_that_is_younger_than_a_create_in_doubt_vouches_for_no_empty_list(tmp_path: Path) -> None:
    """A button has made the label again, and its user has deleted the one contact in it."""
    with a_world(tmp_path, [customer(1)], rules=LATE) as world:
        world.run()
        world.leave(1)
        world.run()
        pass_time(world, LAG)
        leave_in_doubt(world, *range(2, 15))
        before = world.snapshot()["contacts"]
        world.simpler.state.customers.add(customer(99))
        pass_time(world, LAG)
        sync_customer(world.services, "acme", "99", "joe@example.com")
        (new,) = world.snapshot()["contacts"].keys() - before.keys()
        world.user().delete(new)
        outcome = see_nobody(world)

        assert outcome.writes == 0
        pass_time(world, 2 * LAG)
        assert world.run().state == "complete"
        assert customers_held(world) == {str(n): 1 for n in (*range(2, 15), 99)}
