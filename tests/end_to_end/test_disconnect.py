"""Disconnecting an account: what goes, what stays, and what happens when it is interrupted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.model.lease import Claim
from shared.errors import Denied, LeaseHeld, RetryLater
from shared.replace import replace
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base.documents import account_put, load_account, wisp_put
from shared.usecases.customers.press_queue import store
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.start import start_sync
from tests.end_to_end.at_google import stored
from tests.end_to_end.leaving_kit import (
    accounts,
    is_revoked,
    keep,
    leave,
    once_before,
    reason,
    removed,
    traces,
)
from tests.world import LABEL, World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five customers in two accounts, in the first of which its user has contacts too."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=2) as made:
        made.add_own_contacts(3)
        made.run()
        yield made


def test_contacts_are_removed_with_a_count_as_proof(world: World) -> None:
    """Exactly ours and the label go, the user's own stay byte for byte; nothing is left of the account."""
    own, other = world.own_contacts(), world.snapshot(1)
    done = leave(world)

    assert done == removed(5)
    assert world.snapshot()["contacts"] == own
    assert LABEL not in [group["name"] for group in world.snapshot()["groups"].values()]
    assert is_revoked(world) is True
    assert stored(world) == {"token-1": "refresh-acme-1"}
    assert traces(world) == []
    assert accounts(world) == {"acme-1": "connected"}
    assert world.snapshot(1) == other
    assert [a.account for a in world.run().accounts] == ["acme-1"]


def test_contacts_can_be_kept(world: World) -> None:
    """Nothing in the account is touched, nor even asked for; the consent and the token are gone."""
    before, asked = world.snapshot(), world.people_requests()
    done = keep(world)

    assert done.kept == 5
    assert done.told() == "Its contacts stay in Google Contacts as they are."
    assert world.snapshot() == before
    assert world.people_requests() == asked
    assert is_revoked(world) is True
    assert "token-0" not in stored(world)
    assert traces(world) == []


def test_a_label_with_something_else_in_it_stays(world: World) -> None:
    """A user's own contact under our label keeps the label, and is not touched."""
    user = world.user()
    name = user.add(names=[{"givenName": "Plumber"}])
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToAdd": [name]})
    own = world.own_contacts()
    done = leave(world)

    assert done == removed(5, label_stays=True)
    assert world.snapshot()["contacts"] == own
    assert user.everything()["groups"][user.label(LABEL)]["members"] == [name]


def test_contacts_whose_label_was_taken_off_stay(world: World) -> None:
    """The user has made them their own."""
    user, ours = world.user(), world.labelled()
    names = [ours["1"]["resourceName"], ours["2"]["resourceName"]]
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToRemove": names})
    before = world.snapshot()["contacts"]
    done = leave(world)

    assert done == f"{removed(3)} 2 contacts stay because they were taken out of the label."
    gone = {person["resourceName"] for number, person in ours.items() if number in "345"}
    assert world.snapshot()["contacts"] == {n: p for n, p in before.items() if n not in gone}


def test_a_label_that_the_user_deleted_is_not_made_again(world: World) -> None:
    """Then none of the contacts has our label, and all stay."""
    user = world.user()
    user.call("DELETE", user.label(LABEL))
    before = world.snapshot()
    gone = "0 contacts were removed; the label no longer exists."
    assert leave(world) == f"{gone} 5 contacts stay because they were no longer in any label."
    assert world.snapshot() == before


def test_an_account_that_was_never_filled_can_be_disconnected(tmp_path: Path) -> None:
    """No label, no contacts, no ledger."""
    with a_world(tmp_path, [customer(1)]) as world:
        assert leave(world) == "0 contacts were removed; the label no longer exists."
        assert accounts(world) == {}
        assert traces(world) == []


def test_a_run_that_is_on_goes_first(world: World) -> None:
    """Whoever runs is named; nothing has begun."""
    start_sync(world.services, "acme", "joe@example.com")
    with pytest.raises(LeaseHeld) as held:
        leave(world)

    assert held.value.holder == "joe@example.com"
    assert accounts(world) == {"acme-0": "connected", "acme-1": "connected"}
    world.work()
    assert leave(world) == removed(5)


def test_a_run_of_another_wisp_in_the_same_google_account_goes_first(world: World) -> None:
    """Nothing has begun either."""
    lease = world.accounts[0].lease
    world.services.leases.acquire(lease, Claim("o", "r", "nightly run"), 600)
    assert reason(lambda: keep(world), RetryLater) == "google.account_in_use"
    assert accounts(world)["acme-0"] == "connected"


def test_a_consent_that_another_wisp_lives_on_is_not_ended(world: World) -> None:
    """Two wisps may share a Google account; revoking would end the other's token too."""
    shared = replace(world.accounts[0], id="mike-0", wisp="mike", secret="token-mike")
    world.services.secrets.put("token-mike", "refresh-acme-0")
    world.services.state.write(wisp_put(replace(world.wisp, id="mike")), account_put(shared))
    leave(world)

    assert is_revoked(world) is False
    assert "token-0" not in stored(world)
    disconnect(world.services, wisp="mike", account="mike-0", by="mike@example.com")
    assert is_revoked(world) is True
    assert stored(world) == {"token-1": "refresh-acme-1"}


def test_a_dead_token_keeps_contacts_from_being_removed(world: World) -> None:
    """It says what to do: keep them, or connect again first."""
    world.google.world.credentials.revoke("refresh-acme-0")
    stopped = leave(world)
    waiting = load_account(world.services.state, "acme", "acme-0")

    assert stopped == "google.reconnect"
    assert "connect it again first, or disconnect it and keep the contacts" in waiting.reason
    assert waiting.state == "disconnecting"
    assert keep(world).kept == 5
    assert traces(world) == []


def test_a_contact_that_changes_at_the_last_moment_is_looked_at_again(world: World) -> None:
    """It is ours and labelled still, so it goes in the next pass, and is counted once."""
    name = world.labelled()["3"]["resourceName"]
    services = once_before(
        world.services, "look", lambda: world.user().edit(name, nicknames=[{"value": "changed"}])
    )
    own = world.own_contacts()

    assert leave(world, services) == removed(5)
    assert world.snapshot()["contacts"] == own


def test_a_contact_that_leaves_the_label_at_the_last_moment_stays(world: World) -> None:
    """The second look sees it."""
    user, name = world.user(), world.labelled()["3"]["resourceName"]
    path, away = f"{user.label(LABEL)}/members:modify", {"resourceNamesToRemove": [name]}
    services = once_before(world.services, "look", lambda: user.call("POST", path, away))

    told = f"{removed(4)} 1 contact stays because it was taken out of the label."
    assert leave(world, services) == told
    assert name in world.snapshot()["contacts"]


def test_customers_whose_button_was_pressed_meanwhile_are_not_forgotten(world: World) -> None:
    """They are worked off as after a run, in the accounts that stay."""
    world.simpler.state.customers.patch("1", {"mobile": "086 999 9999"})
    store(world.services, "acme", "1", "joe@example.com")
    keep(world)

    assert world.services.state.find("wisps/acme/presses") == []
    assert world.labelled(1)["1"]["phoneNumbers"][0]["value"] == "+353 86 999 9999"


def test_an_account_is_disconnected_once(world: World) -> None:
    """A second press, and a name that is a path, find nothing."""
    leave(world)
    assert reason(lambda: leave(world), Denied) == "account.unknown"
    for name in ("acme-none", "../wisps", ""):
        for call in (
            lambda n=name: disconnect(world.services, wisp="acme", account=n, by="m"),
            lambda n=name: start_disconnecting(world.services, "acme", n, "m"),
        ):
            assert reason(call, Denied) == "account.unknown"
