"""Wisps and records that share what they may share: a Google account, a label's name, a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.model.lease import Claim
from shared.errors import Misconfigured
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import account_put, load_wisp, to_document, wisp_put
from shared.usecases.base.leases import TTL
from shared.usecases.customers.press import sync_customer
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three customers, one account, one run."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        yield world


def test_settings_with_another_wisps_id_are_refused(world: World) -> None:
    """A copied document whose id was forgotten would let its callers work in the other's accounts."""
    world.services.state.write(Put("wisps/beta", to_document(replace(world.wisp, name="Beta"))))

    with pytest.raises(Misconfigured) as caught:
        load_wisp(world.services.state, "beta")
    assert caught.value.reason == "document.invalid"


def test_another_wisps_user_is_not_named(world: World) -> None:
    """While another wisp writes to the shared Google account, the run waits and does not tell for whom."""
    world.services.leases.acquire(world.accounts[0].lease, Claim("o", "r", "mary@other.ie"), TTL)
    outcome = world.run()

    assert outcome.state == "unfinished"
    assert outcome.code == "google.account_in_use"
    assert "other.ie" not in str(outcome)


def test_two_wisps_of_one_name_leave_each_others_contacts_alone(world: World) -> None:
    """They share the account and the label's name: each has its three contacts, and both come to rest."""
    beta = replace(world.accounts[0], id="beta-0", wisp="beta")
    world.services.state.write(wisp_put(replace(world.wisp, id="beta")), account_put(beta))
    created = world.run("beta").accounts[0].created

    assert created == 3
    assert len(world.snapshot()["contacts"]) == 6
    assert [world.run(wisp).accounts[0].writes for wisp in ("acme", "beta")] == [0, 0]


def test_two_records_of_one_google_account_are_one_account(world: World) -> None:
    """It was connected twice: runs come to an end, and neither they nor a press double anybody."""
    world.services.state.write(account_put(replace(world.accounts[0], id="acme-twin")))
    states = [world.run().state for _ in range(2)]
    world.simpler.state.customers.add(customer(9))
    sync_customer(world.services, "acme", "9", "mary@example.com")

    assert states == ["complete", "complete"]
    contacts = world.snapshot()["contacts"].values()
    assert sorted(p["externalIds"][0]["value"] for p in contacts) == ["1", "2", "3", "9"]
