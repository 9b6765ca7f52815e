"""Run the demo; exits with 1 if anything is not as it must be."""

import argparse
import sys
from typing import Any, get_args

import requests
from rich.console import Console

from infra.sandbox.demo.acts import Damage, add_own_contacts, do_damage, labelled, live_a_day, own
from infra.sandbox.demo.buttons import MARY, press_all
from infra.sandbox.demo.show import mended, skipped, start_night, suggested, table, watch
from infra.sandbox.demo.stage import CUSTOMERS, Stage, set_up
from infra.standins.simpler.failure import Kind
from shared.domain.model.run import RunOutcome

TIMEOUT = 300
"""Seconds."""


class Demo:
    """The three acts, and what must hold after each."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._broken: list[str] = []
        self._runs = 0
        self._label = stage.wisp.label

    def play(self) -> bool:
        """Play all; whether everything was as it must be."""
        for user in self._stage.users[:1]:
            add_own_contacts(user)
        before = [own(user) for user in self._stage.users]
        self._fill()
        self._again()
        damage = self._mend()
        self._console.rule("(d) every button once, as SIMPLer's backend presses it")
        for what, holds in press_all(self._stage, self._console, labelled(self._stage.users[1], self._label)):
            self._must(holds, what)
        after = [own(user) for user in self._stage.users]
        self._must(before == after, "the users' own contacts are byte for byte the same")
        self._must(self._keeps(damage), "the number that a user added is still there")
        return not self._broken

    def fail(self, kind: str) -> bool:
        """Let SIMPLer fail; return whether nothing was written. The run itself must say why."""
        url = f"{self._stage.simpler}/standin/failure"
        requests.put(url, json={"kind": kind}, timeout=TIMEOUT).raise_for_status()
        answer = self._stage.call("sync_wisp", {"wisp": self._stage.wisp.id})
        self._console.print(f"sync_wisp answered {answer.status_code}: {answer.json()['reason']}")
        empty = not any(user.everything()["contacts"] for user in self._stage.users)
        self._must(empty, "nothing was written to Google")
        return not self._broken

    def _fill(self) -> None:
        self._console.rule("(a) 05:00: a first run fills both accounts")
        start_night(self._stage)
        outcome = self._watch()
        self._console.print(table(outcome, "First run"), skipped(outcome.accounts[0]))
        filled = all(account.created == outcome.contacts for account in outcome.accounts)
        self._must(filled, f"each account has all {outcome.contacts} customers who are contacts")

    def _again(self) -> None:
        self._console.rule("(b) again: nothing has changed")
        outcome = self._run()
        self._console.print(table(outcome, "Second run"))
        self._must(not any(account.writes for account in outcome.accounts), "the second run made 0 writes")

    def _mend(self) -> Damage:
        self._console.rule("(c) a day at SIMPLer, and mishaps in Google Contacts")
        damage = do_damage(self._stage.users[0], self._label)
        day = live_a_day(self._stage, damage)
        outcome = self._run()
        self._console.print(table(outcome, "Third run"), *map(mended, outcome.accounts))
        people = [labelled(user, self._label) for user in self._stage.users]
        self._must(people[0].keys() == people[1].keys(), "both accounts hold the same customers")
        self._must(
            {*day.joined, damage.deleted} <= people[0].keys(), "newcomers and the deleted contact are there"
        )
        self._must(not {*day.left} & people[0].keys(), "those who left are gone")
        self._suggest(damage)
        return damage

    def _suggest(self, damage: Damage) -> None:
        """Show what the user wrote over SIMPLer's values, as SIMPLer's backend asks for it."""
        body = {"wisp": self._stage.wisp.id, "user": MARY}
        answer = self._stage.call("suggestions", body)
        answer.raise_for_status()
        found = answer.json()["suggestions"]
        self._console.print(suggested(found))
        told = {each["customer"] for each in found}
        self._must(
            told == {damage.changed, damage.renamed} and len(found) == len(told),
            "what the user wrote over two values is told, and nothing else",
        )

    def _keeps(self, damage: Damage) -> bool:
        person = labelled(self._stage.users[0], self._label)[damage.added]
        return damage.number in [phone["value"] for phone in person["phoneNumbers"]]

    def _run(self) -> RunOutcome:
        """Run by the function that Cloud Tasks calls."""
        answer = self._stage.call("sync_wisp", {"wisp": self._stage.wisp.id})
        answer.raise_for_status()
        return self._watch()

    def _watch(self) -> RunOutcome:
        outcome = watch(self._stage, self._console, self._runs)
        self._runs += 1
        self._must(outcome.state == "complete", f"the run is complete {outcome.reason}")
        return outcome

    def _must(self, holds: Any, what: str) -> None:
        self._console.print(f"  [green]✔[/] {what}" if holds else f"  [bold red]✘ NOT: {what}[/]")
        if not holds:
            self._broken.append(what)


_FAILURE = "let SIMPLer fail in this way instead; ends with status 1 where nothing was written, as it must be"


def main() -> None:
    """Play the demo."""
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox.demo", description=__doc__)
    parser.add_argument("--failure", choices=get_args(Kind), help=_FAILURE)
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(f"An Irish WISP with {CUSTOMERS:,} customers and two Google accounts, on loopback.")
    with set_up() as stage:
        demo = Demo(stage, console)
        good = demo.fail(arguments.failure) if arguments.failure else demo.play()
    if not good:
        console.print("[bold red]Not as it should be.[/]")
        sys.exit(2)
    console.print("[bold green]All as it must be.[/]")
    if arguments.failure:
        console.print("SIMPLer failed, so nothing was brought up to date: exit status 1.")
        sys.exit(1)


if __name__ == "__main__":
    main()
