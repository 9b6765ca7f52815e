"""An account's document is changed by runs, operators and people; nobody's change is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.model.account import Account
from shared.domain.model.lease import Claim
from shared.errors import RetryLater
from shared.ports import ContactBook, Document
from shared.usecases.accounts.restore import pause
from shared.usecases.base.documents import load_account
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.end_to_end.at_google import person
from tests.hooked import with_book, with_state
from tests.world import World, a_world, customer

ACCOUNT = "acme-0"
TOKEN = "refresh-acme-0"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two accounts, each equal to SIMPLer."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], accounts=2) as made:
        made.run()
        yield made


def dies(world: World) -> None:
    """Withdraw the account's consent: the next run notes that it must be connected again."""
    world.google.world.credentials.revoke(TOKEN)


def recovers(world: World) -> None:
    """Let an account work that was noted as dead: the next run notes that."""
    dies(world)
    world.run()
    world.google.world.credentials.grants[TOKEN].revoked = False


def account(world: World) -> Account:
    """Return the account as it is recorded."""
    return load_account(world.services.state, "acme", ACCOUNT)


def when_it_is_read(world: World, action: Callable[[], Any]) -> Services:
    """Return services that act once, just after the account's document was read again."""
    actions = [action]

    def get(path: str) -> Document | None:
        document = world.services.state.get(path)
        if path == f"wisps/acme/accounts/{ACCOUNT}" and actions:
            actions.pop()()
        return document

    return with_state(world.services, get=get)


@pytest.mark.parametrize(("what", "state"), [(dies, "reconnect"), (recovers, "connected")])
def test_an_operators_pause_is_not_lost_to_a_run(
    world: World, what: Callable[[World], None], state: str
) -> None:
    """Who pauses an account while a run notes how it is, is told to come again; then both are recorded."""
    what(world)
    told: list[str] = []

    def pause_it() -> None:
        try:
            pause(world.services, "acme", ACCOUNT, "For now", by="ops")
        except RetryLater as trouble:
            told.append(trouble.reason)

    sync_wisp(when_it_is_read(world, pause_it), SyncWisp("acme"))
    if told:
        assert told == ["account.busy"]
        assert account(world).paused == ""
        pause_it()

    assert account(world).state == state
    assert account(world).paused == "For now"


@pytest.mark.parametrize(("what", "state"), [(dies, "reconnect"), (recovers, "connected")])
def test_a_run_goes_on_while_somebody_changes_the_accounts(
    world: World, what: Callable[[World], None], state: str
) -> None:
    """How an account is cannot be noted: the run does its work all the same, and the next one notes it."""
    what(world)
    before = account(world)
    someone = Claim("o", "accounts-1", "joe@example.com", "accounts")
    lease = world.services.leases.acquire("accounts-acme", someone, 600)
    world.simpler.state.customers.add(customer(4))
    outcome = world.run()
    meanwhile = account(world)
    world.services.leases.release(lease)
    world.run()

    done = "stopped" if what is dies else "complete"
    assert [each.state for each in outcome.accounts] == [done, "complete"]
    assert sorted(world.labelled(1)) == ["1", "2", "3", "4"]
    assert meanwhile == before
    assert account(world).state == state


def test_accounts_of_one_run_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    """Four accounts die in one run, which writes them side by side: each is noted."""
    with a_world(tmp_path, [customer(1)], accounts=4) as world:
        for number in range(4):
            world.google.world.credentials.revoke(f"refresh-acme-{number}")
        world.run()
        states = [load_account(world.services.state, "acme", f"acme-{n}").state for n in range(4)]

    assert states == ["reconnect"] * 4


def test_an_account_that_is_connected_anew_during_a_run_stays_connected(world: World) -> None:
    """The run still has the token of before, which Google refuses: that says nothing of the new one."""
    dies(world)
    connected: list[Account] = []

    def hook(of: Account, book: ContactBook) -> ContactBook:
        if of.id == ACCOUNT:
            connected.append(person(world).connect(of.email, of.id).account)
        return book

    outcome = sync_wisp(with_book(world.services, hook), SyncWisp("acme"))

    assert [each.code for each in outcome.accounts] == ["google.reconnect", ""]
    assert connected == [account(world)]
    assert account(world).state == "connected"
