"""What must not be written when SIMPLer or an account is not well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.standins.simpler.failure import Failure
from shared.errors import Misconfigured
from shared.usecases.base.documents import load_accounts
from shared.usecases.base.run_documents import load_runs
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two filled accounts, from a list that comes in pages of ten."""
    with a_world(tmp_path, [customer(n) for n in range(1, 31)], accounts=2, paging="page") as made:
        made.run()
        yield made


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure("down"), "simpler.down"),
        (Failure("denied"), "simpler.denied"),
        (Failure("html"), "simpler.not_json"),
        (Failure("truncated"), "simpler.truncated"),
        (Failure("gap", page=2), "simpler.incomplete"),
        (Failure("empty"), "simpler.empty"),
    ],
)
def test_a_listing_that_cannot_be_believed_writes_nothing(world: World, failure: Failure, code: str) -> None:
    """Google is only read; the run record says why."""
    before, written = world.snapshot(), world.counters()["writes"]
    world.simpler.state.failure = failure

    outcome = world.run()

    assert outcome.state == "failed"
    assert outcome.code == code
    assert outcome.reason
    assert world.snapshot() == before
    assert world.counters()["writes"] == written
    assert load_runs(world.services.state, "acme", newest=1)[0].code == code


def test_an_unknown_wisp_is_told(world: World) -> None:
    """A clear error, and no run."""
    with pytest.raises(Misconfigured, match=r"wisp\.unknown"):
        world.run("nobody")


def test_an_account_without_a_token_is_told_and_the_other_goes_on(world: World) -> None:
    """The account's outcome names what is missing."""
    world.services.secrets.destroy(world.accounts[0].secret)
    first, second = world.run().accounts

    assert first.state == "stopped"
    assert first.code == "secret.missing"
    assert second.state == "complete"


def test_a_dead_token_stops_its_account_until_it_works_again(world: World) -> None:
    """invalid_grant: the account needs a person, the other goes on; a new token heals it."""
    world.google.world.credentials.revoke("refresh-acme-0")
    first, second = world.run().accounts
    dead = load_accounts(world.services.state, "acme")[0]

    assert first.state == "stopped"
    assert first.code == "google.reconnect"
    assert second.state == "complete"
    assert dead.state == "reconnect"
    assert dead.reason
    assert dead.since
