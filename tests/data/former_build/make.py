"""Make the data of this folder: what a build has left in its database and in Google.

Copy it into a checkout of the build whose data is wanted, and run it there as a module. It uses nothing but
`tests.world`, which every build has.

    python -m tests.data.former_build.make customers.json state.sql google.json
"""

import json
import sqlite3
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.world import World, a_world


def main(customers: Path, state: Path, google: Path) -> None:
    """Live through three nights with two accounts, and write down what there is then.

    Args:
        customers: SIMPLer's records; the last one leaves, and the second one changes.
        state: Where the database goes.
        google: Where the contents of the accounts go.
    """
    records = json.loads(customers.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder), records, accounts=2) as world:
        world.run()
        person = world.labelled()[str(records[0]["customerid"])]
        added = [{"value": item["value"], "type": item["type"]} for item in person["phoneNumbers"]]
        world.user().edit(person["resourceName"], phoneNumbers=[*added, {"value": "+353 1 555 0000"}])
        world.simpler.state.customers.patch(str(records[-1]["customerid"]), {"status": "post"})
        world.simpler.state.customers.patch(str(records[1]["customerid"]), {"nickname": "renamed"})
        world.run()
        world.run()
        state.write_text(_dump(world.database), encoding="utf-8")
        accounts = {account.email: _account(world, account.email) for account in world.accounts}
        kept = {"at": world.clock.now().isoformat(), "accounts": accounts}
        google.write_text(_text(kept), encoding="utf-8")
        customers.write_text(_text(world.simpler.state.customers.all()), encoding="utf-8")


def _text(value: object) -> str:
    """Return JSON, a line for each contact or customer."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace(',["people/', ',\n["people/').replace(',{"customerid"', ',\n{"customerid"') + "\n"


def _dump(database: Path) -> str:
    """Return the whole database as SQL."""
    with closing(sqlite3.connect(database)) as connection:
        [[version]] = connection.execute("PRAGMA user_version")
        return "\n".join([*connection.iterdump(), f"PRAGMA user_version = {version};", ""])


def _account(world: World, email: str) -> dict[str, Any]:
    """Return what Google's stand-in holds for an account, as it is stored."""
    account = world.google.world.accounts[email]
    contacts = [
        [each.resource_name, each.source_id, each.etag, each.updated, each.sequence, _fields(each.fields)]
        for each in account.contacts.values()
    ]
    groups = [
        [each.resource_name, each.name, each.etag, each.updated, each.sequence, each.client_data]
        for each in account.groups.values()
        if not each.system
    ]
    return {"sequence": account.sequence, "contacts": contacts, "groups": groups}


def _fields(fields: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the fields; of items' metadata only the primary one's, since the rest follows."""
    return {
        name: [
            {member: value for member, value in item.items() if member != "metadata"}
            | ({"primary": True} if item["metadata"].get("primary") else {})
            for item in items
        ]
        for name, items in fields.items()
    }


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
