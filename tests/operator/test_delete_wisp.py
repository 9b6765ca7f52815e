"""Deleting a wisp: nothing of it is left, others are untouched, and an interruption is gone on with."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infra.standins.google import NewAccount
from shared.domain.model.account import Account
from shared.errors import LeaseHeld, Misconfigured, RetryLater, StopAccount
from shared.ports import CONTACTS, Drop, Put
from shared.replace import replace
from shared.usecases.accounts.delete_wisp import Deleted, delete_wisp, left_of
from shared.usecases.base.documents import account_put, load_accounts, wisp_put
from shared.usecases.customers.press_queue import store
from shared.usecases.runs.kept_preview import wait_for
from shared.usecases.runs.start import start_sync
from tests.end_to_end.at_google import OFFICE, person
from tests.end_to_end.leaving_kit import is_revoked
from tests.world import World, a_world, customer

LEASES = {"wisp-acme", "accounts-acme", "preview-acme"}
"""What is never deleted, since a lease's token must only grow."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two wisps, each with its own account and one that they share, after two runs and a press."""
    with a_world(tmp_path, [customer(n) for n in range(1, 9)], accounts=2) as world:
        _add_beta(world)
        for wisp in ("acme", "beta"):
            world.run(wisp)
        world.simpler.state.customers.patch("3", {"mobile": "087 9999999", "name": ""})
        for wisp in ("acme", "beta"):
            world.run(wisp)
            store(world.services, wisp, "4", "mary@example.com")
            wait_for(world.services, wisp)
        person(world).begin()
        yield world


def _add_beta(world: World) -> None:
    """Add the wisp beta, whose first account is also acme's second."""
    google, services = world.google.world, world.services
    google.add_account(NewAccount("beta@example.com", refresh_tokens=["refresh-beta-0"]))
    services.secrets.put("token-beta-0", "refresh-beta-0")
    services.secrets.put("token-beta-1", "refresh-acme-1")
    own = Account(
        "beta-0", "beta", "beta@example.com", google.accounts["beta@example.com"].user_id, "token-beta-0"
    )
    shared = replace(world.accounts[1], id="beta-1", wisp="beta", secret="token-beta-1")
    keys = services.secrets.get(world.wisp.simpler_secret)
    services.secrets.put("simpler-beta", keys)
    beta = replace(world.wisp, id="beta", name="Beta", simpler_secret="simpler-beta")
    services.state.write(wisp_put(beta), account_put(own), account_put(shared))


def delete(world: World, *, remove: bool = True) -> Deleted:
    """Delete the wisp ``acme``."""
    return delete_wisp(world.services, "acme", remove=remove, by="Olga")


def documents(world: World) -> dict[str, str]:
    """Return every document by its path."""
    with closing(sqlite3.connect(world.database)) as connection:
        rows = connection.execute("SELECT collection, id, document FROM documents").fetchall()
    return {f"{collection}/{id_}": document for collection, id_, document in rows}


def leases(world: World) -> dict[str, tuple[Any, ...]]:
    """Return every lease by its name, without its times."""
    with closing(sqlite3.connect(world.database)) as connection:
        rows = connection.execute("SELECT name, token, owner, run, holder FROM leases").fetchall()
    return {name: tuple(rest) for name, *rest in rows}


def secrets(world: World) -> dict[str, str]:
    """Return every secret by its name."""
    found: dict[str, str] = world.services.secrets._read()  # type: ignore[attr-defined]  # it is the vault
    return found


def of(wisp: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return what names the wisp, or one of its accounts."""
    return {name: value for name, value in found.items() if wisp in f"{name} {value}".lower()}


@pytest.mark.parametrize("remove", [True, False], ids=["contacts removed", "contacts kept"])
def test_nothing_of_it_is_left(world: World, remove: bool) -> None:
    """Its id is nowhere in the database or the vault, but in the names of leases that nobody holds."""
    assert len(of("acme", documents(world))) > 20
    delete(world, remove=remove)

    assert of("acme", documents(world)) == {}
    assert of("acme", secrets(world)) == {"token-beta-1": "refresh-acme-1"}  # Google's word, and beta's token
    assert set(of("acme", leases(world))) == LEASES
    assert [rest[1:] for name, rest in leases(world).items() if name in LEASES] == [(None,) * 3] * 3
    assert f"paces/{world.accounts[0].lease}" not in documents(world)


def test_others_are_untouched(world: World) -> None:
    """Documents, secrets, contacts and consents of the other wisp, in the shared account as well."""
    before, known = documents(world), secrets(world)
    contacts = world.snapshot(1)["contacts"]
    delete(world)
    labelled = {n for n, p in contacts.items() if any("beta" in d["value"] for d in p["clientData"])}

    assert of("beta", documents(world)) == of("beta", before)
    assert {name: secrets(world)[name] for name in known if "beta" in name} == of("token-beta", known) | {
        "simpler-beta": known["simpler-beta"]
    }
    assert is_revoked(world) is True
    assert is_revoked(world, "refresh-acme-1") is False
    assert world.snapshot(1)["contacts"] == {n: contacts[n] for n in labelled}
    assert world.run("beta").state == "complete"


def test_contacts_are_counted(world: World) -> None:
    """The answer says what was done, to both accounts."""
    done = delete(world)

    assert done.accounts == 2
    assert done.removed == 16
    assert world.snapshot(0)["contacts"] == {}


def test_contacts_can_be_kept(world: World) -> None:
    """Nothing in the accounts is touched, nor even asked for."""
    before, asked = world.snapshot(), world.people_requests()

    assert delete(world, remove=False).removed == 0
    assert world.snapshot() == before
    assert world.people_requests() == asked


def test_a_password_that_others_use_too_stays(world: World) -> None:
    """Two wisps may name one secret for SIMPLer."""
    beta = replace(world.wisp, id="gamma", name="Gamma")
    world.services.state.write(wisp_put(beta))
    delete(world)

    assert "simpler-acme" in secrets(world)


def test_a_run_that_is_on_goes_first(world: World) -> None:
    """Whoever runs is named; nothing has begun."""
    before = secrets(world)
    start_sync(world.services, "acme", "joe@example.com")
    with pytest.raises(LeaseHeld) as held:
        delete(world)

    assert held.value.holder == "joe@example.com"
    assert secrets(world) == before
    assert [a.state for a in load_accounts(world.services.state, "acme")] == ["connected"] * 2


def test_what_google_interrupts_is_gone_on_with(world: World) -> None:
    """Everything of the account that could not be emptied is still there; a second time does the rest."""
    world.fault(method="people.batchDeleteContacts", times=None, what={"ready": "internal"})
    with pytest.raises(RetryLater):
        delete(world)
    assert load_accounts(world.services.state, "acme")[0].state == "disconnecting"
    world.google.world.faults.clear()
    world.clock.advance(3600)
    delete(world)

    assert of("acme", documents(world)) == {}


def test_an_account_that_google_no_longer_lets_in(world: World) -> None:
    """Its contacts cannot be removed, and the operator is told what to do; kept, it is deleted."""
    world.google.world.credentials.grants["refresh-acme-0"].revoked = True
    with pytest.raises(StopAccount, match=r"acme-0.*keep the contacts"):
        delete(world)
    delete(world, remove=False)

    assert of("acme", documents(world)) == {}


def test_documents_that_came_late_are_deleted_too(world: World) -> None:
    """A press that was stored while the wisp was deleted: a second time finds only that, and who pressed."""
    delete(world)
    store(world.services, "acme", "4", "mary@example.com")

    assert delete(world) == Deleted(0, 0, 2)
    assert left_of(world.services.state, "acme") == []


def test_who_comes_back_from_google_finds_no_wisp(world: World) -> None:
    """A consent that was begun before: no account and no token of the deleted wisp comes to be."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    used = dict(world.services.state.find("connects"))
    delete(world)
    for nonce, pending in used.items():
        world.services.state.write(Put(f"connects/{nonce}", pending))
    with pytest.raises(Misconfigured, match="no wisp"):
        mary.finish(back)

    assert load_accounts(world.services.state, "acme") == []


def test_an_account_that_cannot_be_read_is_not_forgotten(world: World) -> None:
    """Its document tells which token to destroy: it is named, and mended first."""
    account = world.accounts[1]
    world.services.state.write(Put(f"wisps/acme/accounts/{account.id}", {"id": account.id}))
    with pytest.raises(Misconfigured, match="acme-1"):
        delete(world)
    world.services.state.write(account_put(account))
    delete(world)

    assert of("acme", documents(world)) == {}


def test_accounts_without_a_wisp_are_not_forgotten(world: World) -> None:
    """Were the settings taken away first, tokens would be left that nobody knows of: they are asked for."""
    world.services.state.write(Drop("wisps/acme"))
    with pytest.raises(Misconfigured, match="no wisp"):
        delete(world)

    assert len(load_accounts(world.services.state, "acme")) == 2


@pytest.mark.parametrize("wisp", ["nobody", "../acme", ""])
def test_a_wisp_that_is_not_there(world: World, wisp: str) -> None:
    """A misspelt id is told, and leaves no lease behind."""
    before = leases(world)
    with pytest.raises(Misconfigured, match="no wisp"):
        delete_wisp(world.services, wisp, remove=True, by="Olga")

    assert leases(world) == before
