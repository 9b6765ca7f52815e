"""Disconnecting an account: what goes, what stays, and what happens when it is interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.local.simpler.failure import Failure
from shared.domain.account import Account
from shared.domain.lease import Claim
from shared.errors import Denied, LeaseHeld, Misconfigured, RetryLater, StopAccount
from shared.ports import ContactBook
from shared.usecases.disconnect_account import DEADLINE, Disconnected, disconnect
from shared.usecases.preview import preview_sync
from shared.usecases.records import account_put, load_accounts, wisp_put
from shared.usecases.services import Gate, Services
from shared.usecases.start_sync import start_sync
from shared.usecases.status import status
from shared.usecases.sync_customer import sync_customer
from shared.usecases.waiting import store
from tests.end_to_end.at_google import person, stored
from tests.mortal import Died, Mortal
from tests.world import LABEL, World, a_world, customer

REMOVE = "people.batchDeleteContacts"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five customers in two accounts, in the first of which its user has contacts too."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=2) as made:
        made.add_own_contacts(3)
        made.run()
        yield made


def leave(world: World, *, remove: bool, services: Services | None = None) -> Disconnected:
    """Disconnect the first account."""
    id_ = world.accounts[0].id
    return disconnect(
        services or world.services, wisp="acme", account=id_, remove=remove, by="mary@example.com"
    )


def accounts(world: World) -> dict[str, str]:
    """The wisp's accounts and their states."""
    return {account.id: account.state for account in load_accounts(world.services.state, "acme")}


def traces(world: World, account: str = "acme-0") -> list[str]:
    """Where the database still knows an account, but for what runs did in it."""
    state = world.services.state
    places = [f"wisps/acme/{kind}" for kind in ("accounts", "progress", "synced", "notices")]
    found = [
        f"{place}/{id_}" for place in (*places, "ledgers") for id_, _ in state.find(place) if id_ == account
    ]
    return found + [id_ for id_, _ in state.find(f"ledgers/{account}/shards")]


def is_revoked(world: World, token: str = "refresh-acme-0") -> bool:
    """Whether Google no longer takes a token."""
    return world.google.world.credentials.grants[token].revoked


def reason(call: Any, kind: type[Exception]) -> str:
    """Why it did not go through."""
    with pytest.raises(kind) as caught:
        call()
    found: str = caught.value.reason  # type: ignore[attr-defined]  # every error of ours has one
    return found


def test_contacts_are_removed_with_a_count_as_proof(world: World) -> None:
    """Exactly ours and the label go, the user's own stay byte for byte; nothing is left of the account."""
    own, other = world.own_contacts(), world.snapshot(1)
    done = leave(world, remove=True)

    assert done == Disconnected(removed=5, kept=0, label_removed=True)
    assert world.snapshot()["contacts"] == own
    assert LABEL not in [group["name"] for group in world.snapshot()["groups"].values()]
    assert (is_revoked(world), stored(world), traces(world)) == (True, {"token-1": "refresh-acme-1"}, [])
    assert (accounts(world), world.snapshot(1)) == ({"acme-1": "connected"}, other)
    assert [a.account for a in world.run().accounts] == ["acme-1"]


def test_contacts_can_be_kept(world: World) -> None:
    """Nothing in the account is touched, nor even asked for; the consent and the token are gone."""
    before, asked = world.snapshot(), world.people_requests()
    done = leave(world, remove=False)

    assert done == Disconnected(removed=0, kept=5, label_removed=False)
    assert (world.snapshot(), world.people_requests()) == (before, asked)
    assert (is_revoked(world), "token-0" in stored(world), traces(world)) == (True, False, [])


def test_a_label_with_something_else_in_it_stays(world: World) -> None:
    """A user's own contact under our label keeps the label, and is not touched."""
    user = world.user()
    name = user.add(names=[{"givenName": "Plumber"}])
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToAdd": [name]})
    own = world.own_contacts()
    done = leave(world, remove=True)

    assert done == Disconnected(removed=5, kept=0, label_removed=False)
    assert world.snapshot()["contacts"] == own
    assert user.everything()["groups"][user.label(LABEL)]["members"] == [name]


def test_contacts_whose_label_was_taken_off_stay(world: World) -> None:
    """The user has made them his own."""
    user, ours = world.user(), world.labelled()
    names = [ours["1"]["resourceName"], ours["2"]["resourceName"]]
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToRemove": names})
    before = world.snapshot()["contacts"]
    done = leave(world, remove=True)

    assert done == Disconnected(removed=3, kept=2, label_removed=True)
    gone = {person["resourceName"] for number, person in ours.items() if number in "345"}
    assert world.snapshot()["contacts"] == {n: p for n, p in before.items() if n not in gone}


def test_a_label_that_the_user_deleted_is_not_made_again(world: World) -> None:
    """Then none of the contacts has our label, and all stay."""
    user = world.user()
    user.call("DELETE", user.label(LABEL))
    before = world.snapshot()
    assert leave(world, remove=True) == Disconnected(removed=0, kept=5, label_removed=True)
    assert world.snapshot() == before


def test_an_account_that_was_never_filled_can_be_disconnected(tmp_path: Path) -> None:
    """No label, no contacts, no ledger."""
    with a_world(tmp_path, [customer(1)]) as world:
        assert leave(world, remove=True) == Disconnected(removed=0, kept=0, label_removed=True)
        assert (accounts(world), traces(world)) == ({}, [])


def test_a_run_that_is_on_goes_first(world: World) -> None:
    """Whoever runs is named; nothing has begun."""
    start_sync(world.services, "acme", "joe@example.com")
    with pytest.raises(LeaseHeld) as held:
        leave(world, remove=True)

    assert held.value.holder == "joe@example.com"
    assert accounts(world) == {"acme-0": "connected", "acme-1": "connected"}
    world.work()
    assert leave(world, remove=True).removed == 5


def test_a_run_of_another_wisp_in_the_same_google_account_goes_first(world: World) -> None:
    """Nothing has begun either."""
    lease = world.accounts[0].lease
    world.services.leases.acquire(lease, Claim("o", "r", "nightly run"), 600)
    assert reason(lambda: leave(world, remove=False), LeaseHeld) == "lease.held"
    assert accounts(world)["acme-0"] == "connected"


def test_a_consent_that_another_wisp_lives_on_is_not_ended(world: World) -> None:
    """Two wisps may share a Google account; revoking would end the other's token too."""
    shared = replace(world.accounts[0], id="mike-0", wisp="mike", secret="token-mike")
    world.services.secrets.put("token-mike", "refresh-acme-0")
    world.services.state.write(wisp_put(replace(world.wisp, id="mike")), account_put(shared))
    leave(world, remove=True)

    assert (is_revoked(world), "token-0" in stored(world)) == (False, False)
    disconnect(world.services, wisp="mike", account="mike-0", remove=False, by="mike@example.com")
    assert (is_revoked(world), stored(world)) == (True, {"token-1": "refresh-acme-1"})


def test_a_dead_token_keeps_contacts_from_being_removed(world: World) -> None:
    """It says what to do: keep them, or connect again first."""
    world.google.world.credentials.revoke("refresh-acme-0")
    with pytest.raises(StopAccount) as stop:
        leave(world, remove=True)

    assert "connect it again first, or disconnect it and keep the contacts" in stop.value.caller
    assert accounts(world)["acme-0"] == "disconnecting"
    assert leave(world, remove=False) == Disconnected(removed=0, kept=5, label_removed=False)
    assert traces(world) == []


def test_connecting_again_takes_an_interrupted_decision_back(world: World) -> None:
    """The later decision counts: the account is connected, and the next run makes it whole."""
    world.google.world.credentials.revoke("refresh-acme-0")
    with suppress(StopAccount):
        leave(world, remove=True)
    again = person(world).connect("office0@example.com")

    assert (again.new, again.account.id, again.account.state, again.account.leaving) == (
        False,
        "acme-0",
        "connected",
        None,
    )
    assert world.work().state == "complete"
    assert leave(world, remove=True).removed == 5


def test_connecting_waits_for_a_disconnection_that_is_under_way(world: World) -> None:
    """Both at once would end in a token that is revoked as soon as it is there."""
    with suppress(Died):
        leave(world, remove=True, services=Mortal(14, late=False).services(world.services))
    assert accounts(world)["acme-0"] == "disconnecting"
    assert reason(lambda: person(world).connect("office0@example.com"), RetryLater) == "account.busy"


def test_who_connects_again_while_it_is_being_removed_stays_connected(world: World) -> None:
    """Should both meet all the same, the token is neither revoked nor destroyed."""

    def meanwhile() -> None:
        world.services.state.write(account_put(world.accounts[0]))

    services = _once_before(world.services, "remove", meanwhile)
    assert reason(lambda: leave(world, remove=True, services=services), Denied) == "account.reconnected"
    assert (is_revoked(world), "token-0" in stored(world)) == (False, True)
    assert world.run().accounts[0].created == 5


def test_a_contact_that_changes_at_the_last_moment_is_looked_at_again(world: World) -> None:
    """It is ours and labelled still, so it goes in the next pass, and is counted once."""
    name = world.labelled()["3"]["resourceName"]
    services = _once_before(
        world.services, "look", lambda: world.user().edit(name, nicknames=[{"value": "changed"}])
    )
    own = world.own_contacts()

    assert leave(world, remove=True, services=services) == Disconnected(5, 0, label_removed=True)
    assert world.snapshot()["contacts"] == own


def test_a_contact_that_leaves_the_label_at_the_last_moment_stays(world: World) -> None:
    """The second look sees it."""
    user, name = world.user(), world.labelled()["3"]["resourceName"]
    path, away = f"{user.label(LABEL)}/members:modify", {"resourceNamesToRemove": [name]}
    services = _once_before(world.services, "look", lambda: user.call("POST", path, away))

    assert leave(world, remove=True, services=services) == Disconnected(4, 1, label_removed=True)
    assert name in world.snapshot()["contacts"]


def test_a_google_that_gives_no_answer_is_gone_on_with_by_a_task(world: World) -> None:
    """The press says that it goes on by itself; and so it does."""
    own = world.own_contacts()
    world.fault(method=REMOVE, times=None, what={"ready": "internal"})
    told = reason(lambda: leave(world, remove=True), RetryLater)
    world.google.world.faults.clear()
    outcome = world.work()

    assert told == "disconnect.unfinished"
    assert [(a.account, a.state) for a in outcome.accounts] == [
        ("acme-0", "complete"),
        ("acme-1", "complete"),
    ]
    assert (outcome.accounts[0].removed, world.snapshot()["contacts"]) == (5, own)
    assert (accounts(world), traces(world), is_revoked(world)) == ({"acme-1": "connected"}, [], True)


def test_a_disconnection_out_of_time_is_gone_on_with_by_a_task(world: World) -> None:
    """A person is not kept waiting for longer than some minutes."""
    world.clock.tick = DEADLINE
    told = reason(lambda: leave(world, remove=True), RetryLater)
    world.clock.tick = 0
    world.work()
    assert (told, accounts(world)) == ("run.deadline", {"acme-1": "connected"})


@pytest.mark.parametrize("what", [{"close": True}, {"status": 503}])
def test_a_consent_that_cannot_be_ended_keeps_the_token(world: World, what: dict[str, Any]) -> None:
    """The contacts are gone already; the next press ends the rest, and still knows the count."""
    world.fault(method="oauth2.revoke", what=what)
    told = reason(lambda: leave(world, remove=True), RetryLater)
    kept = "token-0" in stored(world)

    assert (told, kept) == ("connect.google_down", True)
    assert leave(world, remove=True) == Disconnected(5, 0, label_removed=True)
    assert (is_revoked(world), "token-0" in stored(world)) == (True, False)


def test_the_next_run_goes_on_even_while_simpler_is_down(world: World) -> None:
    """A disconnection needs nothing of SIMPLer."""
    _interrupt(world)
    world.simpler.state.failure = Failure("down")
    outcome = world.run()
    assert (outcome.state, outcome.code) == ("failed", "simpler.down")
    assert (accounts(world), traces(world)) == ({"acme-1": "connected"}, [])


def test_an_account_that_is_being_disconnected_receives_nothing(world: World) -> None:
    """Not from the button, not from a customer's, and no preview shows it; the status tells."""
    _interrupt(world)
    world.simpler.state.customers.patch("1", {"mobile": "086 999 9999"})
    before = world.snapshot()
    pressed = sync_customer(world.services, "acme", "1", "joe@example.com")
    found = status(world.services, "acme", has_right=True)

    assert [outcome.account for outcome in pressed.accounts] == ["acme-1"]
    assert [preview.account for preview in preview_sync(world.services, "acme").accounts] == ["acme-1"]
    assert world.snapshot() == before
    assert [(h.account, h.state) for h in found.accounts] == [
        ("acme-0", "disconnecting"),
        ("acme-1", "connected"),
    ]
    assert found.accounts[0].reason


def test_the_last_account_can_be_gone_on_with(tmp_path: Path) -> None:
    """There is nothing to synchronise, and yet a run ends it; the button says that no account is left."""
    with a_world(tmp_path, [customer(1)]) as world:
        world.run()
        _interrupt(world)
        assert status(world.services, "acme", has_right=True).code == "no_account"
        assert reason(lambda: start_sync(world.services, "acme", "joe"), Misconfigured) == "wisp.no_account"
        assert (world.run().state, accounts(world)) == ("complete", {})
        assert reason(world.run, Misconfigured) == "wisp.no_account"


def test_customers_whose_button_was_pressed_meanwhile_are_not_forgotten(world: World) -> None:
    """They are worked off as after a run, in the accounts that stay."""
    world.simpler.state.customers.patch("1", {"mobile": "086 999 9999"})
    store(world.services, "acme", "1", "joe@example.com")
    leave(world, remove=False)

    assert world.services.state.find("wisps/acme/presses") == []
    assert world.labelled(1)["1"]["phoneNumbers"][0]["value"] == "+353 86 999 9999"


def test_an_account_is_disconnected_once(world: World) -> None:
    """A second press, and a name that is a path, find nothing."""
    leave(world, remove=True)
    assert reason(lambda: leave(world, remove=True), Denied) == "account.unknown"
    for name in ("acme-none", "../wisps", ""):
        call = lambda n=name: disconnect(world.services, wisp="acme", account=n, remove=True, by="m")  # noqa: E731  one line says it
        assert reason(call, Denied) == "account.unknown"


@pytest.mark.parametrize("late", [False, True], ids=["before the call", "after it"])
@pytest.mark.parametrize("remove", [False, True], ids=["kept", "removed"])
def test_a_process_that_dies_at_any_step_is_gone_on_with(tmp_path: Path, remove: bool, late: bool) -> None:
    """By the next press or run: the same end, the same proof, and never a token without its account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.add_own_contacts(2)
        own = world.own_contacts()
        for calls in count():
            _fill(world)
            filled = world.snapshot()["contacts"]
            mortal = Mortal(calls, late=late)
            with suppress(Died):
                leave(world, remove=remove, services=mortal.services(world.services))
            world.expire(600)
            here = load_accounts(world.services.state, "acme")
            assert bool(stored(world)) <= bool(here), mortal.died
            _go_on(world, here, remove=remove, by_run=bool(calls % 2))
            assert world.snapshot()["contacts"] == (own if remove else filled), mortal.died
            assert (accounts(world), stored(world), traces(world)) == ({}, {}, []), mortal.died
            if not mortal.died:
                return


def _fill(world: World) -> None:
    """The account connected, as if nothing had been, and filled."""
    world.google.world.credentials.grants["refresh-acme-0"].revoked = False
    world.services.secrets.put("token-0", "refresh-acme-0")
    world.services.state.write(account_put(world.accounts[0]))
    assert world.run().state == "complete"


def _go_on(world: World, here: Any, *, remove: bool, by_run: bool) -> None:
    """Whatever comes next; before the decision was recorded that is a press."""
    if not here:
        return
    if by_run and here[0].state == "disconnecting":
        assert world.run().state == "complete"
        return
    done = leave(world, remove=remove)
    assert done == (
        Disconnected(3, 0, label_removed=True) if remove else Disconnected(0, 3, label_removed=False)
    )


def _interrupt(world: World) -> None:
    """Begin to disconnect the first account, and die before the first contact is removed."""
    world.fault(method=REMOVE, times=None, what={"ready": "internal"})
    with suppress(RetryLater):
        leave(world, remove=True)
    world.google.world.faults.clear()
    world.tasks.tasks.clear()
    assert accounts(world)["acme-0"] == "disconnecting"


def _once_before(services: Services, method: str, action: Any) -> Services:
    """Services in whose books something happens before the first call of one method."""
    actions = [action]

    class Book:
        def __init__(self, book: ContactBook) -> None:
            self._book = book

        def __getattr__(self, name: str) -> Any:
            if name == method and actions:
                actions.pop()()
            return getattr(self._book, name)

    @contextmanager
    def book(account: Account, gate: Gate) -> Iterator[ContactBook]:
        with services.book(account, gate) as found:
            wrapped: Any = Book(found)
            yield wrapped

    return replace(services, book=book)
