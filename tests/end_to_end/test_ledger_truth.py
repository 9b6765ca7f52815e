"""The ledger saves work; where it is wrong, short, lost or ahead of Google's list, nothing is doubled."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.model.account import Account
from shared.ports import Drop, SyncTokenExpired
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.end_to_end.nights import pass_time
from tests.hooked import Hooked, with_book
from tests.world import LABEL, World, a_world, customer

UPDATE = "people.updateContact"
PATIENCE = 20
"""Seconds after which an account goes on without the other one, so that a failing test ends."""


def ledger_of(world: World, number: int = 0) -> dict[str, str]:
    """Return the resource names that an account's ledger holds, by customer."""
    shards = world.services.state.find(f"ledgers/{world.accounts[number].id}/shards")
    found = [msgspec.json.decode(shard["entries"]) for _, shard in shards]
    return {customer: entry[0] for entries in found for customer, entry in entries.items()}


def forget_ledger(world: World) -> None:
    """Delete the account's ledger, as a restored backup may."""
    path, state = f"ledgers/{world.accounts[0].id}", world.services.state
    state.write(Drop(path), *(Drop(f"{path}/shards/{number}") for number, _ in state.find(f"{path}/shards")))


def held(world: World) -> list[str]:
    """Return the customer of each contact in the first account, doubled ones twice."""
    return sorted(person["externalIds"][0]["value"] for person in world.snapshot()["contacts"].values())


class Nobody(list[Any]):
    """A whole list of contacts that is empty."""

    token = ""


def list_nobody(sync_token: str | None = None) -> Nobody:
    """Return a listing of nobody; refuse every sync token as expired."""
    if sync_token:
        raise SyncTokenExpired
    return Nobody()


def a_failed_update(world: World) -> None:
    """Run while Google does not take customer 1's new number."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.fault(method=UPDATE, times=3, what={"status": 500})
    assert world.run().accounts[0].failed == 1


def an_update_without_quota(world: World) -> None:
    """Run to the end of the plan, before customer 1's new number is written."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.fault(method=UPDATE, times=5, what={"ready": "write_quota"})
    assert world.run().accounts[0].code == "google.quota"


def a_relabelling(world: World) -> None:
    """Run, and put customer 1 back into the label by it."""
    world.user().unlabel(world.labelled()["1"]["resourceName"], world.user().label(LABEL))
    assert world.run().accounts[0].relabelled == 1


def an_unusable_record(world: World) -> None:
    """Run while customer 1's record is empty, and fill it in afterwards."""
    world.simpler.state.customers.patch("1", {"name": "", "nickname": "", "mobile": ""})
    world.run()
    world.simpler.state.customers.patch("1", {"name": "Back", "mobile": "086 111 1111"})


@pytest.mark.parametrize(
    "night", [a_failed_update, an_update_without_quota, a_relabelling, an_unusable_record]
)
def test_a_press_after_a_night_without_a_ledger_doubles_nobody(
    tmp_path: Path, night: Callable[[World], None]
) -> None:
    """The ledger was lost, and the run that built it anew did not come to write customer 1."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        forget_ledger(world)
        night(world)
        sync_customer(world.services, "acme", "1", "mary@example.com")

        assert held(world) == ["1", "2", "3"]


def test_a_press_for_one_who_is_back_finds_the_contact_outside_the_label(tmp_path: Path) -> None:
    """A user took the label off, the customer left and came back: the contact is found by its mark."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.user().unlabel(world.labelled()["1"]["resourceName"], world.user().label(LABEL))
        world.leave(1)
        world.run()
        world.simpler.state.customers.patch("1", {"status": "current"})
        sync_customer(world.services, "acme", "1", "mary@example.com")

        assert held(world) == ["1", "2", "3"]
        assert sorted(world.labelled()) == ["1", "2", "3"]


@pytest.mark.parametrize("hours", [0, 8, 48, 24 * 8])
def test_a_press_finds_what_is_back_from_the_trash(tmp_path: Path, hours: int) -> None:
    """A user took a leaver's contact out of the trash; no run has seen that when the customer is back."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        name = world.labelled()["1"]["resourceName"]
        world.leave(1)
        world.run()
        world.user().restore(name)
        pass_time(world, hours * 3600)
        world.simpler.state.customers.patch("1", {"status": "current"})
        sync_customer(world.services, "acme", "1", "mary@example.com")

        assert held(world) == ["1", "2", "3"]
        assert not world.run().accounts[0].removed


def test_a_contact_that_google_does_not_list_yet_is_not_made_again(tmp_path: Path) -> None:
    """A run made it a minute ago and Google confirmed it; the next run's whole list is older than that."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        first = world.run().accounts[0]
        world.clock.advance(60)
        lagging = with_book(world.services, lambda _, book: Hooked(book, list=list_nobody))
        second = sync_wisp(lagging, SyncWisp("acme")).accounts[0]

        assert first.created == 3
        assert second.created == 0
        assert held(world) == ["1", "2", "3"]


def test_each_accounts_ledger_names_its_own_contacts(tmp_path: Path) -> None:
    """Two accounts that are filled side by side do not take each other's contacts for their own."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=2) as world:
        world.run()

        for number in range(2):
            assert set(ledger_of(world, number).values()) == world.snapshot(number)["contacts"].keys()


class Pace:
    """Holds the second account's settling of its ledger between the first account's two batches."""

    def __init__(self) -> None:
        self._one_batch, self._settled, self._done = threading.Event(), threading.Event(), threading.Event()
        self._batches = 0

    def book(self, account: Account, book: Any) -> Any:
        """Return the account's book, its calls held back."""
        if account.id == "acme-0":
            return Hooked(book, create=self._first(book))

        def list_(sync_token: str | None = None) -> Any:
            assert self._one_batch.wait(PATIENCE)
            return book.list(sync_token)

        def create(*arguments: Any) -> Any:
            self._settled.set()
            assert self._done.wait(PATIENCE)
            return book.create(*arguments)

        return Hooked(book, list=list_, create=create)

    def _first(self, book: Any) -> Callable[..., Any]:
        def create(*arguments: Any) -> Any:
            self._batches += 1
            if self._batches == 1:
                return book.create(*arguments)
            self._one_batch.set()
            assert self._settled.wait(PATIENCE)
            result = book.create(*arguments)
            self._done.set()
            return result

        return create


def test_an_account_that_settles_between_anothers_batches_takes_nothing_away(tmp_path: Path) -> None:
    """The first account's ledger is whole although the second one's was saved between its two batches."""
    with a_world(tmp_path, [customer(n) for n in range(1, 202)], accounts=2) as world:
        outcome = sync_wisp(with_book(world.services, Pace().book), SyncWisp("acme"))

        assert [account.created for account in outcome.accounts] == [201, 201]
        assert set(ledger_of(world).values()) == world.snapshot()["contacts"].keys()


def test_another_wisps_customers_are_not_in_the_ledger(tmp_path: Path) -> None:
    """One process serves two wisps in turn: the second one's first press stores its own customer only."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with a_world(folders[0], [customer(n) for n in range(1, 4)]) as one:
        one.run()
    with a_world(folders[1], [customer(777)]) as other:
        sync_customer(other.services, "acme", "777", "mary@example.com")

        assert list(ledger_of(other)) == ["777"]


def test_a_ledger_that_grows_into_more_shards_still_knows_everybody(tmp_path: Path) -> None:
    """From ten customers to several hundred: nothing is written twice, and a press finds its customer."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        world.run()
        for number in range(11, 521):
            world.simpler.state.customers.add(customer(number))
        grown, calm = world.run().accounts[0], world.run().accounts[0]
        world.simpler.state.customers.add(customer(600))
        pressed = sync_customer(world.services, "acme", "600", "mary@example.com")

        assert grown.created == 510
        assert calm.writes == 0
        assert pressed.accounts[0].result == "created"
        assert len(ledger_of(world)) == 521


def test_a_new_setting_rewrites_every_contact_once(tmp_path: Path) -> None:
    """Another country and name template change all cards; the run after that has nothing to do."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        changed = replace(world.wisp, country="GB", name_template="{name} #{id}")
        world.services.state.write(wisp_put(changed))
        rewritten, calm = world.run().accounts[0], world.run().accounts[0]

        assert rewritten.updated == 3
        assert rewritten.failed == 0
        assert calm.writes == 0
