"""What people decide counts at once: during a run, over several tasks, whatever another account does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.account import Account
from shared.domain.model.run import AccountOutcome
from shared.domain.model.scope import Scope
from shared.ports import REMOVALS_AT_ONCE, ContactBook
from shared.replace import replace
from shared.usecases.accounts.restore import pause
from shared.usecases.base.documents import account_put, load_account
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.runs.status import status
from shared.usecases.runs.work import work
from tests.hooked import Hooked, then, with_book, with_source
from tests.world import World, a_world, customer

NUMBER = "086 900 0007"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two accounts that hold a hundred customers."""
    with a_world(tmp_path, [customer(n) for n in range(1, 101)], accounts=2) as world:
        world.run()
        world.clock.advance(1)
        yield world


def hold_up(world: World, act: Any) -> Any:
    """Return services with which something happens while a run reads SIMPLer."""
    return with_source(world.services, lambda source: Hooked(source, customers=then(source.customers, act)))


def has_number(world: World, account: int) -> bool:
    """Return whether customer 7 has the new number in an account."""
    return "900 0007" in str(world.labelled(account)["7"]["phoneNumbers"])


def change(world: World) -> None:
    """Give customer 7 the number in SIMPLer."""
    world.simpler.state.customers.patch("7", {"mobile": NUMBER})


def test_an_account_that_is_paused_before_a_run_begins_it_is_left_alone(world: World) -> None:
    """The run has read the list of accounts already; the other account is brought up to date."""
    change(world)
    outcome = sync_wisp(
        hold_up(world, lambda: pause(world.services, "acme", "acme-0", "moving", by="Olga")), SyncWisp("acme")
    )

    assert {each.account: each.code for each in outcome.accounts} == {
        "acme-0": "account.paused",
        "acme-1": "",
    }
    assert not has_number(world, 0)
    assert has_number(world, 1)


def test_a_press_after_the_pause_leaves_the_account_alone(world: World) -> None:
    """A run takes the press in, and began before the pause."""

    def act() -> None:
        pause(world.services, "acme", "acme-0", "moving", by="Olga")
        change(world)
        sync_customer(world.services, "acme", "7", "mary@example.com")

    sync_wisp(hold_up(world, act), SyncWisp("acme"))

    assert not has_number(world, 0)
    assert has_number(world, 1)


def test_what_an_account_is_to_hold_counts_from_when_it_is_chosen(world: World) -> None:
    """A run that is on makes nobody by what it was before."""
    for number, site in ((200, "Blarney"), (201, "Cobh")):
        world.simpler.state.customers.add(customer(number, site=site))

    def act() -> None:
        account = load_account(world.services.state, "acme", "acme-0")
        world.services.state.write(account_put(replace(account, scope=Scope(sites=("Cobh",)))))

    sync_wisp(hold_up(world, act), SyncWisp("acme"))

    assert {"200", "201"} & world.labelled(0).keys() == {"201"}
    assert {"200", "201"} <= world.labelled(1).keys()


def test_a_choice_that_a_run_met_is_told_as_done(tmp_path: Path) -> None:
    """The status compares it with what the run did, not with what it was when the run began."""
    with a_world(tmp_path, [customer(n, site="Cobh") for n in range(1, 10)]) as world:
        world.run()
        world.simpler.state.customers.add(customer(200, site="Blarney"))

        def act() -> None:
            account = load_account(world.services.state, "acme", "acme-0")
            world.services.state.write(account_put(replace(account, scope=Scope(sites=("Cobh",)))))

        world.clock.advance(1)
        sync_wisp(hold_up(world, act), SyncWisp("acme"))

        assert "200" not in world.labelled()
        assert not status(world.services, "acme", has_right=True).accounts[0].rescoped


COUNT = 2 * REMOVALS_AT_ONCE
"""Leavers of whom the first task of an approved run removes a half."""


@pytest.fixture
def half_done(tmp_path: Path) -> Iterator[tuple[World, SyncWisp, AccountOutcome]]:
    """Forty stay and `COUNT` leave; what a task that ran out of time left, and what it had done."""
    with a_world(tmp_path, [customer(n) for n in range(1, COUNT + 41)]) as world:
        world.run()
        world.leave(*range(1, COUNT + 1))
        world.run()
        token = preview_sync(world.services, "acme").token

        def book_of(account: Account, book: ContactBook) -> Any:
            return Hooked(book, remove=then(book.remove, lambda: world.clock.advance(26 * 60)))

        world.clock.advance(1)
        asked = SyncWisp("acme", by="mary@example.com", allow=token)
        first = sync_wisp(with_book(world.services, book_of), asked).accounts[0]
        [task] = world.tasks.tasks
        world.tasks.tasks.clear()
        world.clock.advance(task.delay)
        yield world, msgspec.convert(task.body, SyncWisp), first


def test_what_was_approved_is_approved_for_all_tasks_of_the_run(
    half_done: tuple[World, SyncWisp, AccountOutcome],
) -> None:
    """The first runs out of time half-way; the second removes the rest."""
    world, rest, first = half_done
    second = work(world.services, rest)

    assert first.state == "unfinished"
    assert 0 < first.removed < COUNT
    assert second.state == "complete"
    assert len(world.labelled()) == 40


def test_who_leaves_after_the_approval_needs_another_one(
    half_done: tuple[World, SyncWisp, AccountOutcome],
) -> None:
    """What is left may go on; more than that is another decision."""
    world, rest, _ = half_done
    world.leave(COUNT + 1)
    left = len(world.labelled())
    work(world.services, rest)

    assert len(world.labelled()) == left


def test_an_account_that_is_paused_keeps_no_removal_back_from_another(world: World) -> None:
    """Each account remembers which list of SIMPLer's it believed."""
    pause(world.services, "acme", "acme-1", "on holiday", by="Olga")
    for start in (1, 11, 21):
        for number in range(start, start + 10):
            world.simpler.state.customers.delete(str(number))
        world.clock.advance(timedelta(days=1).total_seconds())
        outcome = world.run().accounts[0]

        assert outcome.refused == 0
    assert len(world.labelled(0)) == 70
    assert len(world.labelled(1)) == 100
