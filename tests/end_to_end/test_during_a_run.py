"""What may change under a run's feet: the label, the account's record, the clock, the database."""

from pathlib import Path
from typing import Any

import pytest

from shared.errors import RetryLater
from shared.ports import Drop, Put
from shared.usecases.base.documents import load_accounts
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.missing import LAG
from tests.end_to_end.leaving_kit import once_before
from tests.hooked import Hooked, then, with_book, with_source, with_state
from tests.world import LABEL, a_world, customer

ACCOUNT = "wisps/acme/accounts/acme-0"
DAY = 24 * 3600


@pytest.mark.parametrize("days", [0, 6], ids=["by what changed", "by a whole list"])
def test_a_label_that_is_deleted_after_it_was_found_is_made_again(tmp_path: Path, days: int) -> None:
    """The tasks that follow, or the next run, put everybody into the new label, each once."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.clock.advance(days * DAY)
        world.simpler.state.customers.add(customer(9))

        def delete() -> None:
            world.user().call("DELETE", world.user().label(LABEL))

        deleting = with_book(world.services, lambda _, book: Hooked(book, labels=then(book.labels, delete)))
        world.clock.advance(1)
        first = sync_wisp(deleting, SyncWisp("acme"))
        while world.tasks.tasks:
            world.clock.advance(LAG)
            world.work()
        world.run()

        assert first.state == "unfinished"
        assert world.run().accounts[0].writes == 0
        assert sorted(world.labelled()) == ["1", "2", "3", "9"]
        assert len(world.snapshot()["contacts"]) == 4


def test_an_account_that_is_forgotten_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    """A run that finds its sign-in ended does not write the record that somebody deleted since."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.google.world.credentials.revoke("refresh-acme-0")

        def forget() -> None:
            world.services.state.write(Drop(ACCOUNT))

        forgetting = with_source(
            world.services, lambda source: Hooked(source, customers=then(source.customers, forget))
        )
        sync_wisp(forgetting, SyncWisp("acme"))

        assert load_accounts(world.services.state, "acme") == []


def test_a_clock_that_was_ahead_leaves_no_create_unsure(tmp_path: Path) -> None:
    """An instance whose create stayed without an answer was a day ahead: ten minutes from when that shows."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.clock.advance(DAY)
        world.fault(method="people.createContact", what={"close": True})
        world.run()
        world.clock.advance(3600 - DAY)
        doubting = world.run()
        world.clock.advance(LAG)
        outcome = world.run()

        assert doubting.state == "unfinished"
        assert doubting.code == "google.unconfirmed"
        assert outcome.state == "complete"
        assert list(world.labelled()) == ["1"]


def test_an_old_run_that_cannot_be_read_stops_no_new_one(tmp_path: Path) -> None:
    """Its record is from another version of this service."""
    with a_world(tmp_path, [customer(1)]) as world:
        started = {"started": "2026-03-02T04:00:00+00:00", "by": "b", "state": "paused"}
        world.services.state.write(Put("wisps/acme/runs/x", {"run": "x", "wisp": "acme", **started}))

        assert world.run().state == "complete"


def test_a_busy_database_at_one_accounts_end_does_not_hide_the_other(tmp_path: Path) -> None:
    """That an account must be reconnected could not be noted: both accounts are in the outcome."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], accounts=2) as world:
        world.google.world.credentials.revoke("refresh-acme-0")

        def write(*writes: Put | Drop, **options: Any) -> None:
            if ACCOUNT in [one.path for one in writes]:
                raise RetryLater("state.busy", "the database is busy")
            world.services.state.write(*writes, **options)

        outcome = sync_wisp(with_state(world.services, write=write), SyncWisp("acme"))

        assert [account.code for account in outcome.accounts] == ["google.reconnect", ""]
        assert sorted(world.labelled(1)) == ["1", "2", "3"]


def test_a_leavers_contact_that_changes_before_its_removal_waits(tmp_path: Path) -> None:
    """The second look sees another contact than was planned; the next run decides on that one."""
    with a_world(tmp_path, [customer(1), customer(2)]) as world:
        world.run()
        name = world.labelled()["1"]["resourceName"]
        world.leave(1)
        services = once_before(
            world.services, "look", lambda: world.user().edit(name, nicknames=[{"value": "changed"}])
        )
        world.clock.advance(1)
        waits = sync_wisp(services, SyncWisp("acme")).accounts[0]
        there = name in world.snapshot()["contacts"]
        world.run()

        assert waits.removed == 0
        assert there is True
        assert name not in world.snapshot()["contacts"]
