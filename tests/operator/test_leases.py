"""The operator's commands for leases: who holds which, and taking one from a holder that does not end."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.domain.model.lease import Claim
from shared.errors import LeaseHeld, LeaseLost, Misconfigured
from shared.ports import Put
from shared.usecases.base.leases import TTL
from shared.usecases.runs.watchdog import LONGEST_HELD, watch
from tests.operator.commands import operate, refuse
from tests.world import World, a_world, customer

NIGHT = Claim("owner", "20260302T050000-00000000", "nightly run")
MAIL = "mail-00000000000000000000000000000000"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A WISP with an account."""
    with a_world(tmp_path, [customer(1)]) as world:
        yield world


def spoil(world: World, statement: str) -> None:
    """Change records of leases by hand."""
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute(f"UPDATE leases SET {statement}")


def rows(world: World) -> list[list[str]]:
    """Return what `leases list` prints of each lease, in words."""
    return [line.split() for line in operate(world.services, "leases", "list").splitlines()[1:]]


def test_leases_are_listed(world: World) -> None:
    """Each that has a holder, with what is wrong; none that was given back."""
    assert operate(world.services, "leases", "list") == "Nobody holds a lease.\n"
    world.run()
    world.services.leases.acquire("wisp-acme", NIGHT, TTL)
    world.services.leases.acquire("wisp-beta", NIGHT, 0)
    held, over = rows(world)

    assert held[:6] == ["wisp-acme", "held", "nightly", "run", "run", NIGHT.run]
    assert over[:2] == ["wisp-beta", "over"]


def test_a_lease_that_does_not_end_is_taken_from_its_holder(world: World) -> None:
    """Its old holder writes nothing more, and nobody begins while its last request may be under way."""
    services = world.services
    old = services.leases.acquire("wisp-acme", NIGHT, TTL)
    spoil(world, f"acquired_at = acquired_at - {LONGEST_HELD + 60}")
    assert rows(world)[0][1] == "stuck"
    said = operate(services, "leases", "free", "wisp-acme")
    with pytest.raises(LeaseLost):
        services.state.write(Put("wisps/acme/turn/run", {"until": 0}), fence=old)
    with pytest.raises(LeaseHeld, match="Olga"):
        world.run()
    assert operate(services, "leases", "free", "wisp-acme").endswith("; Olga has freed it before.\n")
    world.expire(TTL)

    assert "is taken from everybody until" in said
    assert world.run().state == "complete"


def test_a_lease_that_is_held_as_it_should_be_is_left_alone(world: World) -> None:
    """A run that is well is told, and when its lease ends by itself."""
    held = world.services.leases.acquire("wisp-acme", NIGHT, TTL)
    said = refuse(world.services, "leases", "free", "wisp-acme")

    assert said.startswith(
        "wisp-acme is held by nightly run for 20260302T050000-00000000: it ends by itself at "
    )
    assert world.services.leases.renew(held, TTL).claim == NIGHT


def test_a_free_lease_stays_free(world: World) -> None:
    """There is nothing to do, and nothing is done."""
    world.run()

    assert (
        operate(world.services, "leases", "free", "wisp-acme") == "wisp-acme is free: whoever asks gets it.\n"
    )
    assert world.run().state == "complete"


@pytest.mark.parametrize("name", ["wisp-nobody", "../wisps", "", "a/b/c"])
def test_a_lease_that_is_not_there(world: World, name: str) -> None:
    """A misspelt name is told."""
    with pytest.raises(Misconfigured, match="there is no lease"):
        operate(world.services, "leases", "free", name)


def test_a_broken_record_stops_its_own_wisp_and_the_watch_goes_on(world: World) -> None:
    """A time by hand that is none: the document is named, until it is freed."""
    world.services.leases.acquire("google-other", NIGHT, TTL)
    world.services.leases.release(world.services.leases.acquire("wisp-acme", NIGHT, TTL))
    spoil(world, "expires_at = 'now', owner = 'o', run = 'r', holder = 'h' WHERE name = 'wisp-acme'")
    with pytest.raises(Misconfigured, match=r"leases/wisp-acme is not valid.*leases free wisp-acme"):
        world.run()
    seen = watch(world.services)
    listed = operate(world.services, "leases", "list").splitlines()
    freed = operate(world.services, "leases", "free", "wisp-acme")
    world.expire(TTL)

    assert seen.unreadable == ["leases/wisp-acme"]
    assert listed[-1].startswith("wisp-acme     unreadable")
    assert listed[1].startswith("google-other  held")
    assert "could not be read, and is whole again" in freed
    assert world.run().state == "complete"


def test_what_nobody_needs_is_cleared_away(world: World) -> None:
    """An earlier build's notes of mails, addresses of holders that died; never a lease that may be held."""
    leases = world.services.leases
    leases.acquire(MAIL, Claim("o", "r", "mary@example.com"), 0)
    leases.acquire("wisp-dead", NIGHT, 0)
    spoil(world, f"expires_at = {time.time() - LONGEST_HELD - 60}")
    leases.acquire("wisp-asleep", NIGHT, 0)
    leases.acquire("wisp-acme", NIGHT, TTL)

    assert operate(world.services, "leases", "sweep") == "Records deleted: 1; leases given back: 1.\n"
    assert leases.names("") == ["wisp-acme", "wisp-asleep", "wisp-dead"]
    assert leases.held() == ["wisp-acme", "wisp-asleep"]
    assert leases.acquire("wisp-dead", NIGHT, TTL).token == 2
