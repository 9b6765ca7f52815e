"""Disconnecting the first account of a world, and looking for what is left of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.domain.model.account import Account, Leaving
from shared.ports import ContactBook, Gate
from shared.replace import replace
from shared.typed import from_plain
from shared.usecases.accounts.disconnect import disconnect
from shared.usecases.base.documents import load_accounts, load_acts
from shared.usecases.base.services import Services
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.world import World

REMOVE = "people.deleteContact"
"""The request that removes a contact, when there are few."""


def leave(world: World, services: Services | None = None) -> str:
    """Have the first account disconnected with its contacts, as the console does, and do the run for it.

    Gives what people read of it afterwards (`removed`), or the code of what it waits for.
    """
    here, account = services or world.services, world.accounts[0].id
    start_disconnecting(here, "acme", account, "mary@example.com")
    world.clock.advance(1)
    outcome = sync_wisp(here, from_plain(world.tasks.tasks.pop().body, SyncWisp))
    [code] = [each.code for each in outcome.accounts if each.account == account]
    if code:
        return code
    return next(act.detail for act in load_acts(here.state, "acme", 5) if act.what == "disconnected")


def removed(count: int, *, label_stays: bool = False) -> str:
    """Return what people read when so many contacts are removed, and none stays."""
    stays, goes = ". The label stays because something else is in it.", ", and the label with them."
    return f"{count} contacts were removed{stays if label_stays else goes}"


def keep(world: World, services: Services | None = None) -> Leaving:
    """Disconnect the first account, and keep its contacts."""
    return disconnect(
        services or world.services, wisp="acme", account=world.accounts[0].id, by="mary@example.com"
    )


def accounts(world: World) -> dict[str, str]:
    """Return the wisp's accounts and their states."""
    return {account.id: account.state for account in load_accounts(world.services.state, "acme")}


def traces(world: World, account: str = "acme-0") -> list[str]:
    """Return where the database still knows an account, except in records of runs."""
    state = world.services.state
    places = [f"wisps/acme/{kind}" for kind in ("accounts", "progress", "synced", "notices")]
    found = [
        f"{place}/{id_}" for place in (*places, "ledgers") for id_, _ in state.find(place) if id_ == account
    ]
    kept = state.find(f"ledgers/{account}/before")
    parts = [state.find(f"ledgers/{account}/before/{run}/parts") for run, _ in kept]
    return found + [
        id_ for some in (state.find(f"ledgers/{account}/shards"), kept, *parts) for id_, _ in some
    ]


def is_revoked(world: World, token: str = "refresh-acme-0") -> bool:
    """Return whether Google no longer takes a token."""
    return world.google.world.credentials.grants[token].revoked


def reason(call: Any, kind: type[Exception]) -> str:
    """Return why it did not go through."""
    with pytest.raises(kind) as caught:
        call()
    found: str = caught.value.reason  # type: ignore[attr-defined]  # every error of ours has one
    return found


def interrupt(world: World) -> None:
    """Begin to disconnect the first account, and die before the first contact is removed."""
    world.fault(method=REMOVE, times=None, what={"ready": "internal"})
    assert leave(world) == "disconnect.unfinished"
    world.google.world.faults.clear()
    world.tasks.tasks.clear()
    assert accounts(world)["acme-0"] == "disconnecting"


def once_before(services: Services, method: str, action: Any) -> Services:
    """Return services whose books do something before the first call of one method."""
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
