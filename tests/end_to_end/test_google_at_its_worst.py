"""Each failure of Google's that is known, at each sort of request, before and after it took effect."""

import threading
from pathlib import Path

import pytest

from infra.standins.google import NewAccount, Rules
from infra.standins.google.deeds import do_deed
from infra.standins.google.faults import FaultPlan, Strike
from infra.standins.google.lag import Lag
from infra.standins.google.mishap import Mishap
from infra.standins.google.ready_faults import READY
from shared.usecases.sync.missing import LAG
from tests.end_to_end.nights import customers_held, numbers, pass_time
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

OWNERS = {"changes_undone", "contacts_copied"}
"""What owners do to their own contacts too, or to all of ours at each request: `make chaos` has both."""

CASES = [
    *((fault, "before") for fault in sorted(READY.keys() - SLOW - OWNERS - {CONSENT})),
    *((fault, "after") for fault in ("closed", "reset", "internal", "unavailable", "aborted")),
]
"""An answer that tells of a failure may come although the request took effect."""

LEFT = {"labels_deleted": {"14": 1}}
"""Whoever leaves while the label is away has a contact without it, which is the user's."""

HOURS = 13 * 3600
"""More than any account is left alone for."""


def a_busy_night(world: World) -> None:
    """Add seven customers, change six, let two leave, and take the label off one."""
    world.run()
    world.add_own_contacts(1)
    world.user().unlabel(world.labelled()["7"]["resourceName"], world.user().label(LABEL))
    for number in range(1, 7):
        world.simpler.state.customers.patch(str(number), {"mobile": f"086 {2_000_000 + number}"})
    world.leave(14)
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
    """End the faults, and run twice hours later, without trouble."""
    world.google.world.faults.clear()
    account = world.google.world.accounts[world.accounts[0].email]
    account.exhaust(0)
    for _ in range(2):
        world.clock.advance(HOURS)
        world.run()


def test_writes_that_show_minutes_later_are_not_done_twice(tmp_path: Path) -> None:
    """Lists and looks are five minutes old, and everything is listed time and again: nobody is made twice."""
    late = Rules(lag=Lag(sync=300, listing=300, get=300))
    with a_world(tmp_path, [customer(n) for n in range(1, 9)], rules=late) as world:
        outcomes = [world.run().accounts[0]]
        for seconds in (30, 30, 120, LAG):
            pass_time(world, seconds)
            account = world.google.world.accounts[world.accounts[0].email]
            do_deed("expire_sync_tokens", account, world.google.world.credentials)
            outcomes.append(world.run().accounts[0])

        assert [outcome.created for outcome in outcomes] == [8, 0, 0, 0, 0]
        assert outcomes[-1].state == "complete"
        assert customers_held(world) == {str(n): 1 for n in range(1, 9)}


def test_a_create_in_doubt_is_settled_by_a_plain_list(tmp_path: Path) -> None:
    """Lists that come with a token are an hour old, plain ones five minutes: nobody is made twice."""
    late = Rules(lag=Lag(sync=3600, listing=300, get=300))
    with a_world(tmp_path, [customer(n) for n in range(1, 9)], rules=late) as world:
        world.fault(method="people.batchCreateContacts", when="after", what={"ready": "closed"})
        outcomes = [world.run().accounts[0]]
        for seconds in (60, LAG, LAG, 2 * 3600):
            pass_time(world, seconds)
            outcomes.append(world.run().accounts[0])

        assert [outcome.created for outcome in outcomes] == [0] * 5
        assert [outcome.state for outcome in outcomes] == ["unfinished"] * 2 + ["complete"] * 3
        assert customers_held(world) == {str(n): 1 for n in range(1, 9)}


class Dawdling(FaultPlan):
    """Google, which takes three minutes over the first batch of creates, and whose answer is lost then."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._is_over = False

    def take(self, method: str, account: str | None) -> Strike | None:
        if self._is_over or method != "people.batchCreateContacts":
            return super().take(method, account)
        self._is_over = True
        self._world.clock.advance(180)
        return Strike(Mishap(close=True), "after", threading.Event())


def test_a_create_is_in_doubt_for_ten_minutes_from_when_it_was_given_up(tmp_path: Path) -> None:
    """Not from when it was begun: it may have taken effect as late as that, and shows minutes later."""
    late = Rules(lag=Lag(sync=590, listing=590, get=590))
    with a_world(tmp_path, [customer(9)], rules=late) as world:
        world.run()
        pass_time(world, LAG)
        for number in range(1, 9):
            world.simpler.state.customers.add(customer(number))
        world.google.world.faults = Dawdling(world)
        outcomes = [world.run().accounts[0]]
        for seconds in (450, 160, LAG):
            pass_time(world, seconds)
            outcomes.append(world.run().accounts[0])

        assert [outcome.created for outcome in outcomes] == [0] * 4
        assert customers_held(world) == {str(n): 1 for n in range(1, 10)}


def test_answers_and_items_in_any_order_make_no_difference(tmp_path: Path) -> None:
    """Answers are matched by key, items by what they are: nobody gets another's, and nothing is rewritten."""
    with a_world(
        tmp_path,
        [customer(n, email=f"a{n}@example.com, b{n}@example.com") for n in range(1, 31)],
        rules=Rules(shuffle_answers=True, shuffle_items=True),
    ) as world:
        world.run()
        for number in range(1, 31):
            world.simpler.state.customers.patch(str(number), {"mobile": f"086 {2_000_000 + number}"})
        changed, calm = world.run().accounts[0], world.run().accounts[0]

        assert changed.updated == 30
        assert calm.writes == 0
        assert {number: numbers(person) for number, person in world.labelled().items()} == {
            str(number): [f"+353 86 200 {number:04}"] for number in range(1, 31)
        }


def test_a_consent_that_ends_in_the_middle_stops_its_account_only(tmp_path: Path) -> None:
    """Somebody takes the consent back between two requests: told, and gone on with when it is given again."""
    with a_world(tmp_path, [customer(n) for n in range(1, 9)], accounts=2) as world:
        world.fault(
            method="people.batchCreateContacts",
            account="office0@example.com",
            what={"ready": CONSENT},
        )
        outcome = world.run()

        assert [account.code for account in outcome.accounts] == ["google.reconnect", ""]
        assert len(world.labelled(1)) == 8
        world.google.world.add_account(NewAccount("office0@example.com", refresh_tokens=["refresh-acme-0"]))
        world.clock.advance(LAG)
        assert world.run().state == "complete"
        assert customers_held(world) == {str(n): 1 for n in range(1, 9)}
