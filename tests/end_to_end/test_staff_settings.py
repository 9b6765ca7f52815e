"""What a WISP's staff set: which records are contacts, and how many removals need a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.model.wisp import LeftOut, ShownRow, WispSettings
from shared.replace import replace
from shared.usecases.base.documents import load_wisp, wisp_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
from shared.usecases.wisps.settings import Wish, check_settings, read_settings, save_settings
from tests.world import World, a_world, customer

STAFF = LeftOut("account.type", ("Staff", "1"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The wisp ``acme``, with six customers, of whom two are of its staff."""
    staff = [customer(5, account={"type": "staff "}), customer(6, account={"type": [1, "private"]})]
    with a_world(tmp_path, [*(customer(n) for n in range(1, 5)), *staff]) as world:
        yield world


def set_up(world: World, **settings: Any) -> None:
    """Let settings count, as if they had been checked."""
    world.services.state.write(wisp_put(replace(load_wisp(world.services.state, "acme"), **settings)))


class TestLeftOut:
    """Records that are no contacts, whatever their status."""

    def test_they_have_no_contact(self, world: World) -> None:
        """By any of a list's values, a number too, without case and white space."""
        set_up(world, left_out=(STAFF,))
        world.run()

        assert world.labelled().keys() == {"1", "2", "3", "4"}

    def test_a_rule_removes_contacts_and_its_end_brings_them_back(self, world: World) -> None:
        """As if their customers had left, and come back."""
        world.run()
        set_up(world, left_out=(STAFF,))
        removed = world.run().accounts[0]
        set_up(world, left_out=())
        back = world.run().accounts[0]

        assert removed.removed == 2
        assert [note.why for note in removed.notes] == ["left", "left"]
        assert back.created == 2
        assert len(world.labelled()) == 6

    def test_a_button_goes_by_it(self, world: World) -> None:
        """A press makes no contact of such a record."""
        set_up(world, left_out=(STAFF,))
        pressed = sync_customer(world.services, "acme", "5", "mary@example.com")

        assert [each.result for each in pressed.accounts] == ["skipped"]
        assert world.labelled() == {}


def test_a_wisps_own_limits_hold_removals_back(world: World) -> None:
    """A cautious WISP is asked from the first removal on; the preview says what the run will."""
    set_up(world, guard_count=0, guard_percent=10)
    world.run()
    world.leave(1)
    previewed = preview_sync(world.services, "acme").accounts[0]
    outcome = world.run().accounts[0]

    assert previewed.refused == 1
    assert outcome.refused == 1
    assert outcome.removed == 0


def test_a_wisps_own_limits_let_removals_through(tmp_path: Path) -> None:
    """Thirty of sixty would wait otherwise."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        world.leave(*range(1, 31))
        held = world.run().accounts[0]
        set_up(world, guard_percent=50)
        let = world.run().accounts[0]

        assert held.refused == 30
        assert held.removed == 0
        assert let.refused == 0
        assert let.removed == 30


MAP_ROW = ShownRow("Map", "latitude, geo.east")


def test_a_contact_shows_the_rows_that_a_wisp_wants(world: World) -> None:
    """As SIMPLer has them, also when only they change; they go with the setting, and a user's own stay."""
    world.run()
    world.user().edit(
        str(world.labelled()["5"]["resourceName"]), userDefined=[{"key": "Dog", "value": "bites"}]
    )
    set_up(world, rows=(ShownRow("Kind", "account.type"), ShownRow("Mast", "mast"), MAP_ROW))
    world.run()
    place = {"latitude": 51.9, "geo": {"east": "8.47 W"}}
    world.simpler.state.customers.patch("5", {"mast": ["North", 7], **place})
    changed = world.run().accounts[0]
    shown = _rows(world, "5")
    set_up(world, rows=())
    world.run()

    assert changed.updated == 1
    assert changed.unchanged == 5
    assert shown == {
        "Kind": "staff",
        "Mast": "North, 7",
        "Map": "https://www.google.com/maps/search/?api=1&query=51.9%2C-8.47",
        "Status": "current",
        "Dog": "bites",
    }
    assert _rows(world, "5") == {"Status": "current", "Dog": "bites"}


def _rows(world: World, customer_: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in world.labelled()[customer_]["userDefined"]}


CHANGES: tuple[dict[str, Any], ...] = (
    {"name_template": "{name} #{id}"},
    {"left_out": (STAFF,), "leavers": "former"},
    {"left_out": ()},
    {"statuses": ("waiting",)},
    {"leavers": "remove"},
    {"guard_count": 1, "guard_percent": 50, "left_out": (LeftOut("customerid", ("1", "2", "3", "4")),)},
    {"guard_count": 0, "guard_percent": 0},
    {"leavers": "keep"},
    {"rows": (ShownRow("Number", "customerid"),)},
)
"""Changes of settings, each made to what the one before has left."""


def test_what_a_check_tells_is_what_the_next_run_does(world: World) -> None:
    """How many contacts are made, changed, put back, moved, removed, or wait; Google is asked for nothing."""
    world.simpler.state.customers.add(customer(7, status="waiting"))
    world.run()
    for change in CHANGES:
        requests = world.people_requests()
        wish = Wish("acme", "mary@example.com", WispSettings(**change), revision=_revision(world))
        told = check_settings(world.services, wish)
        assert told.flaws == ()
        assert world.people_requests() == requests
        saved = save_settings(world.services, wish)
        [effect] = saved.effects
        outcome = world.run().accounts[0]

        assert told.effects == saved.effects
        assert effect.is_known is True, change
        assert effect.no_room == 0, change
        assert effect.refused == outcome.refused, change
        assert effect.create == outcome.created, change
        assert effect.update == outcome.updated, change
        assert effect.back == outcome.relabelled, change
        assert effect.remove + effect.retire == outcome.removed + outcome.retired + outcome.refused, change
        assert len(effect.removes) == effect.remove + effect.retire, change
        assert all(each.name.startswith("Customer") for each in effect.removes), change
        world.run()


def test_of_an_account_without_a_run_nothing_is_known(world: World) -> None:
    """Its first run fills it."""
    wish = Wish("acme", "mary@example.com", WispSettings(leavers="keep"), revision=_revision(world))
    [effect] = check_settings(world.services, wish).effects

    assert effect.is_known is False
    assert effect.create == 0


def _revision(world: World) -> str:
    return read_settings(world.services, "acme").revision
