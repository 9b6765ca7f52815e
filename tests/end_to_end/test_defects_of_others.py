"""Defects that other programs of this kind had, where no other test is about them."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.domain.sync.mark import wrote
from shared.usecases.base.leases import TTL
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.sync.missing import LAG, UNDER_WAY
from tests.dying_process import Died
from tests.end_to_end.nights import Nights, customers_held, numbers
from tests.hooked import Hooked, with_book
from tests.world import World, a_world, customer

THREE = {str(number): 1 for number in range(1, 4)}


def an_edit(world: World) -> None:
    """Change customer 1's number, as the user."""
    world.user().edit(world.labelled()["1"]["resourceName"], phoneNumbers=[{"value": "+353 1 555 0000"}])


def a_deletion(world: World) -> None:
    """Delete customer 1's contact, as the user."""
    world.user().delete(world.labelled()["1"]["resourceName"])


def a_change(world: World) -> None:
    """Change customer 1's number, in SIMPLer."""
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})


def dies(world: World) -> None:
    """Run in a process that ends after the plan was saved and before any request."""

    def end(*_: Any) -> Any:
        raise Died

    dying = with_book(world.services, lambda _, book: Hooked(book, update=end, create=end))
    with suppress(Died):
        sync_wisp(dying, SyncWisp("acme"))
    world.expire(TTL)


def fails(world: World) -> None:
    """Have Google refuse the write; the run goes on, and so does its new token."""
    for method in ("people.updateContact", "people.createContact"):
        world.fault(method=method, times=2, what={"ready": "bad_person"})
    assert world.run().accounts[0].failed == 1


@pytest.mark.parametrize("night", [dies, fails])
@pytest.mark.parametrize("what", [an_edit, a_deletion, a_change])
def test_what_a_token_told_is_not_forgotten_before_it_is_done(
    tmp_path: Path, what: Callable[[World], None], night: Callable[[World], None]
) -> None:
    """Neither by a run that dies after it heard of a change, nor by one whose own write was refused."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        nights = Nights(world, whole=False)
        nights.run()
        world.clock.advance(LAG)
        what(world)
        night(world)
        world.google.world.faults.clear()
        world.clock.advance(UNDER_WAY + LAG)
        world.run()
        mended = world.labelled()["1"]

        assert world.run().accounts[0].writes == 0
        assert customers_held(world) == THREE
        assert numbers(mended)[0] == ("+353 86 111 1111" if what is a_change else "+353 87 100 0001")


def test_what_we_no_longer_write_leaves_no_entry_behind(tmp_path: Path) -> None:
    """A contact's client data is our mark and what it holds of us now; the old fingerprints are gone."""
    with a_world(tmp_path, [customer(1, email="a@example.com")]) as world:
        world.run()
        before = entries(world)
        world.simpler.state.customers.patch("1", {"email": None, "mobile": "086 111 1111"})
        world.run()
        after = entries(world)

        assert [key for key, _ in before] == [key for key, _ in after]
        assert [mark.rpartition("|")[0] for _, mark in (before[0], after[0])] == ["v1|acme|1"] * 2
        assert len(wrote(after, "acme")) == len(wrote(before, "acme")) - 1
        assert all(value and value != key for key, value in after)


def entries(world: World) -> tuple[tuple[str, str], ...]:
    """Return customer 1's client data."""
    return tuple((each["key"], each["value"]) for each in world.labelled()["1"]["clientData"])


def test_a_listing_of_googles_that_ends_too_soon_loses_and_doubles_nobody(tmp_path: Path) -> None:
    """Half of the contacts, and no token for a next page: who seems to be missing is looked at by name."""
    with a_world(tmp_path, [customer(n) for n in range(1, 11)]) as world:
        nights = Nights(world, whole=True)
        nights.run()
        mask = "clientData,memberships,metadata,names,phoneNumbers,externalIds,nicknames"
        listed = world.user().call("GET", "people/me/connections", personFields=mask, pageSize="1000")
        half = {**listed, "connections": listed["connections"][:5]}
        world.fault(method="people.connections.list", nth=2, what={"status": 200, "body": half})
        cut, calm = nights.run(), nights.run()

        assert cut.created == 0
        assert cut.removed == 0
        assert calm.writes == 0
        assert customers_held(world) == {str(n): 1 for n in range(1, 11)}
