"""A client that follows an account by sync tokens: nothing is lost to it, however late changes are seen."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.standins.google.account import Account
from infra.standins.google.contact import Content
from infra.standins.google.copying import copy
from infra.standins.google.lag import Lag
from infra.standins.google.merging import link, merge
from infra.standins.google.trash import take_out
from infra.standins.google.undoing import undo_changes
from tests.standins.google_kit import START

ACTIONS = ("create", "update", "delete", "restore", "link", "merge", "copy", "undo", "wait", "lag", "sync")
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9)), max_size=40)


class Play:
    """An account with a clock and a changing lag, and what a client knows of it."""

    def __init__(self) -> None:
        self.time: datetime = START
        self.lag = Lag()
        self.account = Account("jane@example.com", "IE", lambda: self.time, Random(1), lambda: self.lag)
        self.known: dict[str, str] = {}
        self.position = 0

    def do(self, action: str, number: int) -> None:
        """Do one step."""
        names = list(self.account.contacts)
        if action == "create":
            self.account.add(self.account.new_source_id(), Content.of({}))
        elif action == "wait":
            self.time += timedelta(minutes=number)
        elif action == "lag":
            self.lag = Lag(sync=60.0 * number)
        elif action == "sync":
            self.sync()
        elif action == "restore" and self.account.trash:
            found = list(self.account.trash.values())
            take_out(self.account, found[number % len(found)].resource_name)
        elif action == "undo":
            undo_changes(self.account, 60.0 * number)
        elif action == "merge" and len(names) > 1:
            merge(self.account, names[:2], new_name=number % 2 == 0)
        elif names:
            self.change(action, names[number % len(names)])

    def change(self, action: str, name: str) -> None:
        """Do a step about one contact."""
        contact = self.account.contact(name)
        if action == "update":
            self.account.change(contact, Content.of({}))
        elif action == "delete":
            self.account.delete(contact)
        elif action == "link":
            link(self.account, name)
        elif action == "copy":
            copy(self.account, name, client_data=False, labels=True)

    def sync(self) -> None:
        """Ask for what has changed, as a client does."""
        sight = self.account.sight("sync")
        position = sight.position(self.account.sequence)
        for contact in sight.changes(self.position, self.account.contacts, self.account.trash):
            for former in contact.former_names:
                self.known.pop(former, None)
            if contact.deleted_at is None:
                self.known[contact.resource_name] = contact.etag
            else:
                self.known.pop(contact.resource_name, None)
        self.position = position

    def truth(self) -> dict[str, Any]:
        """Return what the account holds."""
        return {name: contact.etag for name, contact in self.account.contacts.items()}


@settings(max_examples=150, deadline=None)
@given(STEPS)
@example([("create", 0), ("create", 0), ("merge", 1), ("restore", 0), ("update", 0)])
def test_a_replica_becomes_the_account(steps: list[tuple[str, int]]) -> None:
    """Whatever happens: once every change is due, following the tokens gives what the account holds."""
    play = Play()
    for action, number in steps:
        play.do(action, number)
    play.time += timedelta(hours=1)
    play.sync()
    assert play.known == play.truth()
