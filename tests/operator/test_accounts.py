"""The operator's commands for accounts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.model.lease import Claim
from shared.errors import Denied
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import load_account
from shared.usecases.base.leases import TTL
from tests.operator.commands import operate
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two accounts, filled, with a number that was changed since."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], accounts=2) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "087 9999999"})
        world.run()
        yield world


def token(world: World, account: str = "acme-0") -> str:
    """Return the token by which the next run asks for changes."""
    return ledger_store.load_ledger(world.services.state, account).head.token


def number(world: World) -> str:
    """Return the number of the first customer in the first account."""
    found: str = world.labelled()["1"]["phoneNumbers"][0]["value"]
    return found


def test_accounts_are_listed(world: World) -> None:
    """Each with its address, its state and how many contacts it has."""
    operate(world.services, "accounts", "pause", "acme", "acme-1", "--why", "SIMPLer is moved")
    lines = operate(world.services, "accounts", "list", "acme").splitlines()

    assert lines[0].split() == ["account", "address", "state", "since", "contacts", "why"]
    assert lines[1].split() == ["acme-0", "office0@example.com", "connected", "-", "3", "-"]
    assert lines[2].endswith("  SIMPLer is moved")
    assert lines[2].split()[:5] == ["acme-1", "office1@example.com", "paused", "-", "3"]


def test_an_account_is_brought_back(world: World) -> None:
    """It is counted first; with --go the number is the old one, and the account is paused."""
    after, runs = number(world), operate(world.services, "accounts", "runs", "acme", "acme-0").splitlines()
    back = ("accounts", "restore", "acme", "acme-0", "--before", runs[-1].split()[0])
    counted = operate(world.services, *back)

    assert counted.splitlines()[0] == "0 contacts to make, 1 to change, 0 to remove."
    assert number(world) == after
    assert load_account(world.services.state, "acme", "acme-0").paused == ""
    assert "complete: made 0, changed 1" in operate(world.services, *back, "--go")
    assert number(world) != after
    assert "Olga" in load_account(world.services.state, "acme", "acme-0").paused


def test_runs_say_what_they_did(world: World) -> None:
    """The oldest first, with counts where there is a record of the run."""
    lines = operate(world.services, "accounts", "runs", "acme", "acme-0").splitlines()

    assert lines[0].split() == ["run", "when", "by", "created", "updated", "removed"]
    assert [line.split()[-3:] for line in lines[1:]] == [["3", "0", "0"], ["0", "1", "0"]]


def test_a_paused_account_is_left_alone(world: World) -> None:
    """Runs pass it over and say why; resumed, it is made equal again."""
    operate(world.services, "accounts", "pause", "acme", "acme-0", "--why", "SIMPLer is moved")
    world.simpler.state.customers.patch("1", {"mobile": "087 8888888"})
    before = number(world)
    paused = world.run().accounts[0]
    operate(world.services, "accounts", "resume", "acme", "acme-0")

    assert paused.code == "account.paused"
    assert "SIMPLer is moved" in paused.reason
    assert number(world) == before
    assert world.run().accounts[0].updated == 1


def test_an_account_is_listed_as_a_whole(world: World) -> None:
    """The next run reads everything in this account, and only changes in the other one."""
    operate(world.services, "accounts", "relist", "acme", "acme-0")
    assert token(world) == ""
    assert token(world, "acme-1")
    whole, changes = world.run().accounts

    assert whole.writes == 0
    assert whole.requests > changes.requests
    assert token(world) != ""


def test_all_accounts_are_listed_as_a_whole(world: World) -> None:
    """Without a name, every account of every wisp; a second time it says that there was no need."""
    operate(world.services, "accounts", "relist")

    assert token(world) == ""
    assert token(world, "acme-1") == ""
    assert operate(world.services, "accounts", "relist", "acme").count("anyway") == 2


def test_an_account_in_use_is_not_listed_anew(world: World) -> None:
    """A run keeps the token that it is given: the operator is told, and the other account is done."""
    world.services.leases.acquire(world.accounts[0].lease, Claim("o", "r", "nightly run"), TTL)
    with pytest.raises(AssertionError, match=r"acme-0: .*nightly run"):
        operate(world.services, "accounts", "relist")

    assert token(world)
    assert token(world, "acme-1") == ""


@pytest.mark.parametrize("verb", ["runs", "resume", "relist"])
def test_another_wisps_account_is_not_touched(world: World, verb: str) -> None:
    """Both names must fit."""
    with pytest.raises(Denied):
        operate(world.services, "accounts", verb, "beta", "acme-0")
