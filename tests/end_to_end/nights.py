"""Nights: runs that look at Google in the one way or in the other, and what must be so when they are over."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import requests

from infra.standins.google.deeds import do_deed
from shared.domain.model.run import AccountOutcome
from shared.usecases.sync.missing import LAG
from tests.world import World


@dataclass(frozen=True, slots=True)
class Nights:
    """The nights of the first account.

    Attributes:
        world: Everything.
        whole: Whether each run lists all contacts; otherwise it asks what has changed.
    """

    world: World
    whole: bool

    def run(self) -> AccountOutcome:
        """Run once, when earlier contacts are no longer new, and check its way of looking."""
        world, before = self.world, self._listed()
        world.clock.advance(LAG)
        if self.whole and before:
            account = world.google.world.accounts[world.accounts[0].email]
            do_deed("expire_sync_tokens", account, world.google.world.credentials)
        outcome = world.run().accounts[0]
        assert (self._listed() != before) == (self.whole or not before)
        return outcome

    def _listed(self) -> float:
        """Return when all contacts were listed last, 0 for never."""
        head = self.world.services.state.get(f"ledgers/{self.world.accounts[0].id}")
        found: float = head["listed"] if head else 0.0
        return found


def customers_held(world: World) -> dict[str, int]:
    """Return how many contacts each customer has in the first account, by our marks, in whatever label."""
    contacts = world.snapshot()["contacts"].values()
    return dict(Counter(customer for person in contacts for customer in marks_of(person)))


def marks_of(person: dict[str, Any]) -> set[str]:
    """Return the ids of the customers whose mark a contact carries."""
    values = [entry["value"] for entry in person.get("clientData", ()) if entry["key"] == "azotel-simpler"]
    return {value.split("|")[2] for value in values}


def numbers(person: dict[str, Any]) -> list[str]:
    """Return a contact's telephone numbers."""
    return [phone["value"] for phone in person.get("phoneNumbers", ())]


def documents(world: World) -> list[Any]:
    """Return everything that the database holds, leases left out."""
    with closing(sqlite3.connect(world.database)) as connection:
        return connection.execute("SELECT * FROM documents ORDER BY collection, id").fetchall()


def pass_time(world: World, seconds: float) -> None:
    """Let time pass, for us and for Google."""
    world.clock.advance(seconds)
    body = {"forward_seconds": seconds}
    requests.post(f"{world.google_url}/standin/clock", json=body, timeout=10).raise_for_status()
