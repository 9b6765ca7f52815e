"""What a WISP's staff set: which records are contacts, and how many removals need a person."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.domain.model.wisp import LeftOut
from shared.usecases.base.documents import load_wisp, wisp_put
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.preview import preview_sync
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

        assert (removed.removed, [note.why for note in removed.notes]) == (2, ["left", "left"])
        assert (back.created, len(world.labelled())) == (2, 6)

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

    assert (previewed.refused, outcome.refused, outcome.removed) == (1, 1, 0)


def test_a_wisps_own_limits_let_removals_through(tmp_path: Path) -> None:
    """Thirty of sixty would wait otherwise."""
    with a_world(tmp_path, [customer(n) for n in range(1, 61)]) as world:
        world.run()
        world.leave(*range(1, 31))
        held = world.run().accounts[0]
        set_up(world, guard_percent=50)
        let = world.run().accounts[0]

        assert (held.refused, held.removed) == (30, 0)
        assert (let.refused, let.removed) == (0, 30)
