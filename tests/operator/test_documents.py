"""The operator's command that reads every document: what somebody changed by hand is named."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.ports import Put
from shared.usecases.base import documents
from shared.usecases.base.leases import lease_of
from shared.usecases.customers.press_queue import store
from shared.usecases.operations.documents import LOOKED_BACK_AT, READERS, check_documents
from shared.usecases.runs.watchdog import watch
from tests.operator.commands import operate, refuse
from tests.world import World, a_world, customer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A WISP with two accounts that were filled and changed, and a press that waits."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)], accounts=2) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "087 9999999"})
        world.run()
        store(world.services, "acme", "2", "mary@example.com")
        watch(world.services)
        yield world


def kinds(world: World) -> dict[str, str]:
    """Return a path of each kind of document that there is."""
    with closing(sqlite3.connect(world.database)) as connection:
        rows = connection.execute("SELECT collection, id FROM documents").fetchall()
    paths = [f"{collection}/{id_}" for collection, id_ in rows]
    return {re.sub(r"/[^/]+(?=/|$)(?:(?=/)|$)", _starred, path): path for path in paths}


def _starred(match: re.Match[str]) -> str:
    """Replace each second name of a path."""
    return "/*" if match.string[: match.end()].count("/") % 2 else match[0]


def test_every_kind_of_document_has_its_reader() -> None:
    """The paths that the module of our documents lists, but for leases, which their own store reads."""
    listed = re.findall(r"``([a-z]+/[\w/]+)``", documents.__doc__ or "")
    starred = {re.sub(r"/[^/]+(?=/|$)(?:(?=/)|$)", _starred, path) for path in listed}

    assert starred - {"leases/*"} == READERS.keys()


def test_what_the_service_writes_can_be_read(world: World) -> None:
    """All of it: of one WISP, and of all, where only what is looked back at is left out."""
    assert kinds(world).keys() >= {"wisps/*/presses/*", "ledgers/*/before/*/parts/*", "paces/*"}
    one, all_ = check_documents(world.services, "acme"), check_documents(world.services, "")

    assert one.unreadable == all_.unreadable == ()
    assert one.read > 20
    assert operate(world.services, "documents", "check").endswith("unreadable: 0.\n")
    assert check_documents(world.services, "nobody").read == 2
    assert check_documents(world.services, "../acme").read == 2


def test_each_that_was_changed_by_hand_is_named(world: World) -> None:
    """With the member that is wrong; all others are read."""
    paths = {kind: path for kind, path in kinds(world).items() if kind not in ("used/*", "links/*")}
    for path in paths.values():
        world.services.state.write(
            Put(path, {"at": 7, "time_zone": 7, "zones": 7, "listed": "7", "parked": "7"})
        )
    one = {each.path for each in check_documents(world.services, "acme").unreadable}
    all_ = {each.path for each in check_documents(world.services, "").unreadable}
    back = {path for kind, path in paths.items() if kind in LOOKED_BACK_AT}
    elsewhere = {path for path in paths.values() if path.startswith(("paces/", "watched/"))}

    assert one == set(paths.values()) - elsewhere
    assert all_ == set(paths.values()) - back
    assert "wisps/acme: the document wisps/acme is not valid: " in refuse(
        world.services, "documents", "check"
    )


def test_a_lease_and_anothers_settings_are_named(world: World) -> None:
    """What no type alone tells: a copy that kept its id, and a record of the other table."""
    acme = world.services.state.get("wisps/acme")
    assert acme is not None
    world.services.state.write(Put("wisps/copy", acme))
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE leases SET token = 'x' WHERE name = ?", (lease_of("acme"),))

    assert {each.path for each in check_documents(world.services, "").unreadable} == {
        "wisps/copy",
        "leases/wisp-acme",
    }
