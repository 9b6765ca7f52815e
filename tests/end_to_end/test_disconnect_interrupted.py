"""A disconnection that is interrupted: it is gone on with, or taken back."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.errors import Misconfigured, RetryLater
from shared.usecases.base.documents import account_put, load_accounts
from shared.usecases.base.leases import RUN_DEADLINE
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.status import status
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.at_google import person, stored
from tests.end_to_end.leaving_kit import (
    REMOVE,
    accounts,
    interrupt,
    is_revoked,
    keep,
    leave,
    once_before,
    reason,
    removed,
    traces,
)
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five customers in two accounts, in the first of which its user has contacts too."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=2) as made:
        made.add_own_contacts(3)
        made.run()
        yield made


def test_a_google_that_gives_no_answer_is_gone_on_with_by_a_task(world: World) -> None:
    """The run says that it goes on by itself; and so it does."""
    own = world.own_contacts()
    world.fault(method=REMOVE, times=None, what={"ready": "internal"})
    told = leave(world)
    world.google.world.faults.clear()
    outcome = world.work()

    assert told == "disconnect.unfinished"
    assert [(a.account, a.state) for a in outcome.accounts] == [
        ("acme-0", "complete"),
        ("acme-1", "complete"),
    ]
    assert outcome.accounts[0].removed == 5
    assert world.snapshot()["contacts"] == own
    assert accounts(world) == {"acme-1": "connected"}
    assert traces(world) == []
    assert is_revoked(world) is True


def test_a_disconnection_out_of_time_is_gone_on_with_by_a_task(world: World) -> None:
    """A run ends before its function is stopped."""
    world.clock.tick = RUN_DEADLINE
    told = leave(world)
    world.clock.tick = 0
    world.work()
    assert told == "run.deadline"
    assert accounts(world) == {"acme-1": "connected"}


@pytest.mark.parametrize("what", [{"close": True}, {"status": 503}])
def test_a_consent_that_cannot_be_ended_keeps_the_token(world: World, what: dict[str, Any]) -> None:
    """The contacts are gone already; the next press ends the rest, and still knows the count."""
    world.fault(method="oauth2.revoke", what=what)
    told = leave(world)
    kept = "token-0" in stored(world)

    assert told == "connect.google_down"
    assert kept is True
    assert leave(world) == removed(5)
    assert is_revoked(world) is True
    assert "token-0" not in stored(world)


def test_who_wants_them_removed_after_all_has_them_removed(world: World) -> None:
    """Google could not end the consent when they were to be kept, so the account is still known."""
    own = world.own_contacts()
    world.fault(method="oauth2.revoke", what={"status": 503})
    kept = reason(lambda: keep(world), RetryLater)
    world.tasks.tasks.clear()
    told = leave(world)

    assert kept == "connect.google_down"
    assert told == removed(5)
    assert world.snapshot()["contacts"] == own
    assert accounts(world) == {"acme-1": "connected"}
    assert is_revoked(world) is True


def test_who_wants_them_removed_after_the_connection_is_ended_is_told_so(world: World) -> None:
    """It does not go on by itself: the account is connected again, or its contacts stay."""
    world.fault(method="oauth2.revoke", what={"status": 503})
    with suppress(RetryLater):
        keep(world)
    world.services.secrets.destroy("token-0")
    world.tasks.tasks.clear()
    told = leave(world)
    reasons = [each.reason for each in load_accounts(world.services.state, "acme") if each.id == "acme-0"]
    done = keep(world)

    assert told == "secret.missing"
    assert "connect it again first" in reasons[0]
    assert done.kept == 5
    assert accounts(world) == {"acme-1": "connected"}


def test_what_is_removed_already_is_not_kept_after_all(world: World) -> None:
    """A later press to keep them brings it to its end, and people read what became of them."""
    own = world.own_contacts()
    world.fault(method="oauth2.revoke", what={"status": 503})
    leave(world)
    done = keep(world)

    assert done.told() == removed(5)
    assert world.snapshot()["contacts"] == own


def test_the_next_run_goes_on_even_while_simpler_is_down(world: World) -> None:
    """A disconnection needs nothing of SIMPLer."""
    interrupt(world)
    world.simpler.state.failure = Failure("down")
    outcome = world.run()
    assert outcome.state == "failed"
    assert outcome.code == "simpler.down"
    assert accounts(world) == {"acme-1": "connected"}
    assert traces(world) == []


def test_an_account_that_is_being_disconnected_receives_nothing(world: World) -> None:
    """Not from the button, not from a customer's, and no preview shows it; the status tells."""
    interrupt(world)
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
        interrupt(world)
        assert status(world.services, "acme", has_right=True).code == "no_account"
        assert reason(lambda: start_sync(world.services, "acme", "joe"), Misconfigured) == "wisp.no_account"
        assert world.run().state == "complete"
        assert accounts(world) == {}
        idle = world.run()
        assert idle.state == "complete"
        assert idle.accounts == []
        assert "No Google account" in idle.reason


@pytest.mark.parametrize("by_run", [False, True], ids=["by a press", "by a run"])
@pytest.mark.parametrize("remove", [False, True], ids=["kept", "removed"])
def test_a_process_that_dies_at_any_step_is_gone_on_with(tmp_path: Path, remove: bool, by_run: bool) -> None:
    """To the same end with the same proof, and there is never a token without its account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.add_own_contacts(2)
        own = world.own_contacts()
        for writes in count():
            _fill(world)
            filled = world.snapshot()["contacts"]
            dying = DyingProcess(writes)
            with suppress(Died):
                (leave if remove else keep)(world, dying.services(world.services))
            world.expire(600)
            here = load_accounts(world.services.state, "acme")
            assert bool(stored(world)) <= bool(here), dying.died
            _go_on(world, here, remove=remove, by_run=by_run)
            assert world.snapshot()["contacts"] == (own if remove else filled), dying.died
            assert accounts(world) == {}, dying.died
            assert stored(world) == {}, dying.died
            assert traces(world) == [], dying.died
            if not dying.died:
                assert writes > (6 if remove else 4)
                return


def _fill(world: World) -> None:
    """Connect the account anew, and fill it."""
    world.google.world.credentials.grants["refresh-acme-0"].revoked = False
    world.services.secrets.put("token-0", "refresh-acme-0")
    world.services.state.write(account_put(world.accounts[0]))
    assert world.run().state == "complete"


def _go_on(world: World, here: Any, *, remove: bool, by_run: bool) -> None:
    """Do whatever comes next: a press, if the decision was not recorded."""
    if not here:
        return
    if by_run and here[0].state == "disconnecting":
        assert world.run().state == "complete"
        return
    if remove:
        assert leave(world) == removed(3)
    else:
        assert keep(world).kept == 3


def test_connecting_again_takes_an_interrupted_decision_back(world: World) -> None:
    """The later decision counts: the account is connected, and the next run makes it whole."""
    world.google.world.credentials.revoke("refresh-acme-0")
    leave(world)
    again = person(world).connect("office0@example.com")

    assert again.new is False
    assert again.account.id == "acme-0"
    assert again.account.state == "connected"
    assert again.account.leaving is None
    assert world.work().state == "complete"
    assert leave(world) == removed(5)


def test_connecting_waits_for_a_disconnection_that_is_under_way(world: World) -> None:
    """Both at once would end in a token that is revoked as soon as it is there."""
    with suppress(Died):
        leave(world, DyingProcess(1).services(world.services))
    assert accounts(world)["acme-0"] == "disconnecting"
    assert reason(lambda: person(world).connect("office0@example.com"), RetryLater) == "account.busy"


def test_who_connects_again_while_it_is_being_removed_stays_connected(world: World) -> None:
    """Should both meet all the same, the token is neither revoked nor destroyed."""

    def meanwhile() -> None:
        world.services.state.write(account_put(world.accounts[0]))

    services = once_before(world.services, "remove", meanwhile)
    assert leave(world, services) == "account.reconnected"
    assert is_revoked(world) is False
    assert "token-0" in stored(world)
    assert world.run().accounts[0].created == 5
