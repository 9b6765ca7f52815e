"""What SIMPLer's triggers tell of: who changed is in Google soon, once, and nothing that was told is lost."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.standins.simpler.failure import Failure
from shared.domain.model.account import Account
from shared.domain.model.lease import Claim
from shared.domain.model.quota import PARKED, Pace
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseLost, RetryLater, Trouble
from shared.ports import MOST_WRITES, SKEW, ContactBook, Drop, Put, Task
from shared.replace import replace
from shared.usecases.base.documents import account_put, to_document
from shared.usecases.base.leases import TTL, hold, lease_of, new_claim
from shared.usecases.base.rate_limit import pace_path
from shared.usecases.customers.intake import take_up
from shared.usecases.customers.press_queue import BY_BUTTON, SOON, TOLD, TRIGGER, Press, queued
from shared.usecases.customers.told_change import tell_change
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.told import FEW_TOLD
from shared.usecases.runs.work import NoRun, work
from shared.usecases.sync.session import Run
from shared.usecases.wisps.trigger_key import make_key
from tests.hooked import Hooked, with_book
from tests.world import World, a_world, customer


class Away:
    """A queue that takes nothing."""

    def enqueue(self, task: Task) -> bool:
        raise RetryLater("tasks.unreachable", "no queue")

    def enqueue_all(self, tasks: Sequence[Task]) -> Sequence[bool | Trouble]:
        return []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A wisp whose twenty customers are contacts."""
    with a_world(tmp_path, [customer(n) for n in range(1, 21)]) as world:
        world.run()
        yield world


def change(world: World, *customers: int) -> None:
    """Change customers in SIMPLer, whose triggers tell."""
    for number in customers:
        world.simpler.state.customers.patch(str(number), {"mobile": f"086 900 00{number:02}"})
        tell_change(world.services, "acme", str(number))


def do_tasks(world: World, within: float = math.inf) -> list[RunOutcome | NoRun]:
    """Let the time pass until no task is due within these seconds, and do each as it is due."""
    done = []
    while due := [task for task in world.tasks.tasks if task.delay < within]:
        task = due[0]
        world.tasks.tasks.remove(task)
        world.clock.advance(task.delay)
        world.expire(task.delay)
        done.append(work(world.services, msgspec.convert(task.body, SyncWisp)))
    return done


def numbers_of(world: World) -> set[str]:
    """Return the customers whose contact has a number of `change`, however it is written."""
    return {
        id_
        for id_, person in world.labelled().items()
        if f"8690000{int(id_):02}" in "".join(c for c in str(person["phoneNumbers"]) if c.isdigit())
    }


def test_a_customer_is_in_google_within_two_minutes_however_often_they_are_told(world: World) -> None:
    """Ten calls make one press and one task, which asks SIMPLer for this one customer."""
    calls, began = len(world.simpler.state.calls), world.clock.now()
    change(world, *[7] * 10)
    urgent = [task.urgent for task in world.tasks.tasks]
    done = do_tasks(world)

    assert urgent == [True]  # it waits behind no night
    assert done == [NoRun("acme", "", "complete")]
    assert (world.clock.now() - began).total_seconds() <= SOON
    assert [call.path for call in world.simpler.state.calls[calls:]] == ["/restapi/getCustomerData"]
    assert numbers_of(world) == {"7"}
    assert queued(world.services, "acme") == {}
    assert world.services.state.find("wisps/acme/pressed") == []  # nobody asks what became of it


def test_many_are_taken_up_by_a_run(world: World) -> None:
    """More than a few customers: SIMPLer's list is read once, and no one of them by itself."""
    many = range(1, FEW_TOLD + 2)
    change(world, *many)
    calls = len(world.simpler.state.calls)
    done = do_tasks(world)

    assert [each.state for each in done] == ["complete"]
    assert "/restapi/getCustomerData" not in [call.path for call in world.simpler.state.calls[calls:]]
    assert numbers_of(world) == set(map(str, many))
    assert queued(world.services, "acme") == {}


def test_a_run_that_is_on_takes_up_what_is_told_meanwhile(world: World) -> None:
    """The task finds the lease held, and leaves the customer to whoever holds it."""
    lease = world.services.leases.acquire(lease_of("acme"), Claim("o", "r", "mary@example.com"), TTL)
    change(world, 3)
    task = world.tasks.tasks.pop()
    world.clock.advance(task.delay)
    told = work(world.services, msgspec.convert(task.body, SyncWisp))
    world.services.leases.release(lease)
    world.run()

    assert told == NoRun("acme", "", "complete")
    assert numbers_of(world) == {"3"}
    assert queued(world.services, "acme") == {}


def test_who_is_told_to_a_run_that_dies_is_taken_up_all_the_same(world: World) -> None:
    """The task looks again once the dead run's lease is over."""
    world.services.leases.acquire(lease_of("acme"), Claim("o", "r", "mary@example.com"), TTL)
    change(world, 3)
    do_tasks(world)

    assert numbers_of(world) == {"3"}
    assert queued(world.services, "acme") == {}


def test_what_is_told_after_it_was_taken_up_waits_again(world: World) -> None:
    """SIMPLer is read after taking up, so what is told by then is seen, and what is told later comes anew."""
    change(world, 5)
    with hold(world.services, lease_of("acme"), new_claim(world.services, "customers", "joe")) as held_lease:
        run = Run(world.services, world.wisp, held_lease, world.clock.monotonic() + 60)
        taken = take_up(run)
        change(world, 5)
        waiting = list(queued(world.services, "acme"))

    assert [press.customer for press in taken.values()] == ["5"]
    assert len(waiting) == 2
    assert sum(id_.startswith(TOLD) for id_ in waiting) == 1


def test_taking_up_without_the_lease_changes_nothing(world: World) -> None:
    """Whoever lost the lease leaves the change to its new holder."""
    change(world, 5)
    held_lease = hold(world.services, lease_of("acme"), new_claim(world.services, "customers", "joe"))
    world.expire(TTL + 1)
    world.services.leases.acquire(lease_of("acme"), Claim("o", "r", "nightly run"), TTL)
    with pytest.raises(LeaseLost):
        take_up(Run(world.services, world.wisp, held_lease, world.clock.monotonic() + 60))

    assert [id_.startswith(TOLD) for id_ in queued(world.services, "acme")] == [True]


def test_a_change_outlives_simplers_failure(world: World) -> None:
    """It waits, a run is handed on, and once SIMPLer answers the contact is right."""
    world.simpler.state.failure = Failure("down")
    change(world, 9)
    task = world.tasks.tasks.pop()
    work(world.services, msgspec.convert(task.body, SyncWisp))
    waiting = [press.customer for press in queued(world.services, "acme").values()]
    world.simpler.state.failure = None
    do_tasks(world)

    assert waiting == ["9"]
    assert numbers_of(world) == {"9"}
    assert queued(world.services, "acme") == {}


def test_a_change_whose_task_could_not_be_made_is_the_next_runs(world: World) -> None:
    """The caller is told to come again; nothing is lost if it does not."""
    with pytest.raises(RetryLater):
        tell_change(replace(world.services, tasks=Away()), "acme", "4")
    world.simpler.state.customers.patch("4", {"mobile": "086 900 0004"})
    world.run()

    assert numbers_of(world) == {"4"}
    assert queued(world.services, "acme") == {}


def test_a_second_call_makes_the_task_that_the_first_could_not(world: World) -> None:
    """SIMPLer repeats a call, or two triggers tell of the same customer: what is stored has a task then."""
    with pytest.raises(RetryLater):
        tell_change(replace(world.services, tasks=Away()), "acme", "4")
    change(world, 4)
    do_tasks(world)

    assert numbers_of(world) == {"4"}


def test_an_account_that_is_paused_costs_no_run(world: World) -> None:
    """It would come back with every trigger, read SIMPLer's whole list, and change nothing."""
    world.services.state.write(account_put(replace(world.accounts[0], paused="Paused by Olga.")))
    calls = len(world.simpler.state.calls)
    change(world, 4)
    done = do_tasks(world)

    assert done == [NoRun("acme", "", "complete")]
    assert [call.path for call in world.simpler.state.calls[calls:]] == ["/restapi/getCustomerData"]
    assert queued(world.services, "acme") == {}


@pytest.mark.parametrize("many", [1, FEW_TOLD + 1])
def test_an_account_that_google_limits_for_hours_costs_one_run_after_that(world: World, many: int) -> None:
    """Until then a trigger costs a look at its customer, and at nobody who was looked at before."""
    pace = Pace()
    pace.park(world.clock.now().timestamp(), until_tomorrow=False)
    world.services.state.write(Put(pace_path(world.accounts[0]), to_document(pace)))
    change(world, *range(1, many + 1))
    first = do_tasks(world, within=PARKED.total_seconds() / 2)
    waiting, calls = dict(queued(world.services, "acme")), len(world.simpler.state.calls)
    change(world, 20)
    do_tasks(world, within=PARKED.total_seconds() / 4)
    looks = [call.path for call in world.simpler.state.calls[calls:]]
    written = numbers_of(world)
    do_tasks(world)

    assert len(first) == 1
    assert waiting == {}
    assert looks == ["/restapi/getCustomerData"]
    assert written == set()
    assert numbers_of(world) == {*map(str, range(1, many + 1)), "20"}


def test_what_is_told_just_before_a_limit_ends_has_a_run_of_its_own(world: World) -> None:
    """By another machine's clock the run for that account may have begun, so nobody relies on it."""
    pace = Pace()
    pace.park(world.clock.now().timestamp(), until_tomorrow=False)
    world.services.state.write(Put(pace_path(world.accounts[0]), to_document(pace)))
    world.clock.advance(PARKED.total_seconds() - SKEW / 2)
    change(world, 4)
    work(world.services, msgspec.convert(world.tasks.tasks.pop().body, SyncWisp))

    assert [press.customer for press in queued(world.services, "acme").values()] == ["4"]
    assert [task.body for task in world.tasks.tasks] == [{"wisp": "acme", "by": BY_BUTTON}]


def test_what_is_told_beside_an_account_that_google_limits_is_not_forgotten(world: World) -> None:
    """Somebody else took it up just then, and died: nobody else has looked at it."""
    pace = Pace()
    pace.park(world.clock.now().timestamp(), until_tomorrow=False)
    world.services.state.write(Put(pace_path(world.accounts[0]), to_document(pace)))
    change(world, 4)
    (task,) = world.tasks.tasks
    told: list[str] = []

    def take_up_and_die(lease: Any) -> None:
        world.services.leases.release(lease)
        if lease.name == lease_of("acme") and not told:
            world.clock.advance(1)
            change(world, 4)
            claim = new_claim(world.services, "customers", "joe")
            run = Run(world.services, world.wisp, hold(world.services, lease_of("acme"), claim), math.inf)
            told.extend(take_up(run))

    services = replace(world.services, leases=Hooked(world.services.leases, release=take_up_and_die))
    work(services, msgspec.convert(task.body, SyncWisp))

    assert len(told) == 2  # one that was looked at, and its successor
    assert len(queued(world.services, "acme")) == 1


def test_what_is_told_of_a_wisp_that_is_gone_is_forgotten(world: World) -> None:
    """A trigger that called while the WISP was deleted leaves no customer's id behind."""
    change(world, 4)
    world.services.state.write(Drop("wisps/acme"))

    assert do_tasks(world) == [NoRun("acme", "", "complete")]
    assert queued(world.services, "acme") == {}


def test_a_night_says_how_many_changes_no_trigger_had_told(world: World) -> None:
    """Only where triggers tell at all: there is a key; and only of a night."""
    world.simpler.state.customers.patch("1", {"mobile": "086 900 0001"})
    without = world.run()
    make_key(world.services, "acme", "mary@example.com")
    world.simpler.state.customers.patch("2", {"mobile": "086 900 0002"})
    change(world, 3)
    night = world.run()
    pressed = sync_wisp(world.services, SyncWisp("acme", "mary@example.com"))

    assert without.untold is None
    assert night.untold == 1
    assert pressed.untold is None


def test_a_wisp_without_accounts_forgets_what_was_told(tmp_path: Path) -> None:
    """There is nothing that could be out of date."""
    with a_world(tmp_path, [customer(1)], accounts=0) as world:
        change(world, 1)
        many = range(MOST_WRITES)
        press = to_document(Press("1", TRIGGER, world.clock.now().isoformat()))
        world.services.state.write(*(Put(f"wisps/acme/presses/{n}", press) for n in many))
        done = do_tasks(world)

        assert done == [NoRun("acme", "", "complete")]
        assert queued(world.services, "acme") == {}


def test_a_google_account_that_another_run_takes_over_loses_nothing_that_was_told(world: World) -> None:
    """A run stalls, and a wisp that shares the account writes to it: the next task goes on."""
    change(world, 7)
    world.tasks.tasks.clear()
    taken: list[str] = []

    def book_of(account: Account, book: ContactBook) -> Any:
        def update(*arguments: Any, **named: Any) -> Any:
            if not taken:
                taken.append(account.id)
                world.expire(2 * TTL, account.lease)
                lease = world.services.leases.acquire(account.lease, Claim("o", "other", "beta"), TTL)
                world.services.leases.release(lease)
                world.clock.advance(TTL)
            return book.update(*arguments, **named)

        return Hooked(book, update=update)

    world.clock.advance(1)
    outcome = work(with_book(world.services, book_of), SyncWisp("acme"))
    do_tasks(world)

    assert taken == ["acme-0"]
    assert outcome.state == "unfinished"
    assert numbers_of(world) == {"7"}
    assert queued(world.services, "acme") == {}
