"""What a former build has left in the database and in Google is taken over as it is."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.standins.google.contact import Contact, Content
from infra.standins.google.group import Group
from tests.world import World, a_world

DATA = Path(__file__).parents[1] / "data" / "former_build"
"""Made by the build of commit d20e5ae; `make.py` beside it says how."""


@contextmanager
def a_former_world(folder: Path) -> Iterator[World]:
    """Give the former build's database, its accounts in Google, and SIMPLer as it was."""
    kept = json.loads((DATA / "google.json").read_text(encoding="utf-8"))
    customers = json.loads((DATA / "customers.json").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(folder / "state.db")) as database:
        database.executescript((DATA / "state.sql").read_text(encoding="utf-8"))
        accounts = database.execute(
            "SELECT * FROM documents WHERE collection = 'wisps/acme/accounts'"
        ).fetchall()
    with a_world(folder, customers, accounts=2) as world:
        with closing(sqlite3.connect(world.database)) as database, database:  # a world writes them anew
            database.executemany("REPLACE INTO documents VALUES (?, ?, ?, ?)", accounts)
        for email, found in kept["accounts"].items():
            fill(world, email, found)
        last = max(contact[3] for found in kept["accounts"].values() for contact in found["contacts"])
        a_day_later = datetime.fromisoformat(last) + timedelta(days=1)
        world.google.clock.forward(a_day_later - datetime.now(UTC))
        world.clock.advance((datetime.fromisoformat(kept["at"]) - world.clock.now()).total_seconds() + 86_400)
        yield world


def fill(world: World, email: str, kept: Mapping[str, Any]) -> None:
    """Let Google's stand-in hold what it held, with the same names, etags and tokens."""
    contacts = []
    for name, id_, etag, updated, sequence, fields in kept["contacts"]:
        content = Content.of({field: with_metadata(items, id_) for field, items in fields.items()})
        contacts.append(Contact(name, id_, etag, updated, sequence, {}).holding(content))
    groups = [
        Group(
            name, label, label, system=False, etag=etag, updated=updated, sequence=sequence, client_data=data
        )
        for name, label, etag, updated, sequence, data in kept["groups"]
    ]
    world.google.world.accounts[email].fill(contacts, groups, kept["sequence"])


def with_metadata(items: Sequence[Mapping[str, Any]], source: str) -> list[dict[str, Any]]:
    """Return a field's items as Google has them: each tells its source, and whether it is the primary one."""
    of_contact = {"source": {"type": "CONTACT", "id": source}}
    primary = {"primary": True, **of_contact, "sourcePrimary": True}
    return [
        {member: value for member, value in item.items() if member != "primary"}
        | {"metadata": primary if "primary" in item else of_contact}
        for item in items
    ]


def snapshots(world: World) -> list[dict[str, Any]]:
    """Return everything that the two accounts hold."""
    return [world.snapshot(0), world.snapshot(1)]


def test_the_first_night_asks_what_changed_and_writes_nothing(tmp_path: Path) -> None:
    """One request an account, no listing of everything, and no contact differs in a byte."""
    with a_former_world(tmp_path) as world:
        before = snapshots(world)
        run = world.run()

        assert run.state == "complete"
        assert [account.requests for account in run.accounts] == [1, 1]
        assert [account.writes for account in run.accounts] == [0, 0]
        assert [account.unchanged for account in run.accounts] == [len(each["contacts"]) for each in before]
        assert snapshots(world) == before


def test_the_night_after_reads_no_record(tmp_path: Path) -> None:
    """The first night has noted the records' digests by the present rules."""
    with a_former_world(tmp_path) as world:
        world.run()
        noted = ledger(world)
        world.run()

        assert ledger(world) == noted


def test_a_changed_customer_is_the_one_contact_that_is_written(tmp_path: Path) -> None:
    """In both accounts; all others stay as they are, in every byte."""
    with a_former_world(tmp_path) as world:
        before = snapshots(world)
        world.simpler.state.customers.patch("1007", {"nickname": "changed"})
        run = world.run()

        assert [(account.updated, account.writes) for account in run.accounts] == [(1, 1), (1, 1)]
        for number, (then, now) in enumerate(zip(before, snapshots(world), strict=True)):
            written = world.labelled(number)["1007"]
            assert written["nicknames"][0]["value"] == "changed"
            others = now["contacts"].keys() - {written["resourceName"]}
            assert then["contacts"].keys() == now["contacts"].keys()
            assert {name: now["contacts"][name] for name in others} == {
                name: then["contacts"][name] for name in others
            }


def test_what_a_user_added_before_stays(tmp_path: Path) -> None:
    """The former build knew whose the added number is; the present one goes by that."""
    with a_former_world(tmp_path) as world:
        [owner] = [id_ for id_, person in world.labelled().items() if "+353 1 555 0000" in str(person)]
        world.simpler.state.customers.patch(owner, {"nickname": "changed"})
        world.run()

        numbers = [item["value"] for item in world.labelled()[owner]["phoneNumbers"]]
        assert "+353 1 555 0000" in numbers
        assert len(numbers) == len(set(numbers))


def ledger(world: World) -> list[tuple[Any, ...]]:
    """Return the stored shards of both ledgers."""
    shards = "SELECT * FROM documents WHERE collection LIKE 'ledgers/%/shards' ORDER BY collection, id"
    with closing(sqlite3.connect(world.database)) as database:
        return database.execute(shards).fetchall()
