"""Every button, pressed once, as SIMPLer's backend would press it, and the answers."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from infra.sandbox.demo.acts import is_usual, labelled
from infra.sandbox.demo.stage import Stage

MARY = {"id": "17", "email": "mary@corkwireless.example", "rights": ["user->gcontact"]}
JOE = {"id": "18", "email": "joe@corkwireless.example", "rights": []}
PATIENCE = 60.0
"""Seconds that a run may take here."""


class Buttons:
    """The buttons and a table of their answers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.table = Table(title="Buttons", title_justify="left", title_style="bold")
        for column in ("button", "HTTP", "ms", "answer"):
            self.table.add_column(column, justify="right" if column in ("HTTP", "ms") else "left")

    def press(self, function: str, user: Mapping[str, Any] = MARY, accept: str = "", **body: Any) -> Any:
        """Call a function for a user; gives the answer."""
        begun = time.perf_counter()
        answer = self._stage.call(function, {"wisp": self._stage.wisp.id, "user": user, **body}, accept)
        took = f"{(time.perf_counter() - begun) * 1000:.0f}"
        self.table.add_row(function, str(answer.status_code), took, _said(answer))
        return answer

    def wait(self) -> None:
        """Wait until the button is available again."""
        end = time.monotonic() + PATIENCE
        body = {"wisp": self._stage.wisp.id, "user": MARY}
        while time.monotonic() < end and self._stage.call("sync_status", body).json()["running"]:
            time.sleep(0.1)


def _said(answer: requests.Response) -> str:
    if "json" not in answer.headers["Content-Type"]:
        return f"{answer.headers['Content-Type']}, {len(answer.content)} bytes"
    body = answer.json()
    if accounts := body.get("accounts") if "customer" in body else None:
        return ", ".join(f"{account['email']}: {account['result']}" for account in accounts)
    if "key" in body:
        return "a key for SIMPLer's triggers"
    if "contacts" in body:
        first = body["accounts"][0]
        counts = (f"{first[kind]} to {kind}" for kind in ("create", "update", "remove"))
        return f"{first['email']}: " + ", ".join(counts)
    if "sites" in body:
        return f"{len(body['sites'])} sites" + (f", {body['count']} customers" if body["customers"] else "")
    return str(
        body.get("detail") or body.get("message") or f"{body.get('state')} {body.get('run', '')}".strip()
    )


def _edit(stage: Stage, customer: str, mobile: str) -> None:
    """Give a customer another number in SIMPLer."""
    url = f"{stage.simpler}/standin/customers/{customer}"
    requests.patch(url, json={"mobile": mobile}, timeout=30).raise_for_status()


def press_all(stage: Stage, console: Console, people: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Press them all; what must hold, and whether it does."""
    buttons = Buttons(stage)
    customer, edited = [number for number, person in sorted(people.items()) if is_usual(person)][20:22]
    _edit(stage, customer, "085 700 7000")
    preview = buttons.press("preview_sync").json()
    one = buttons.press("sync_customer", customer=customer).json()
    _edit(stage, edited, "085 700 7001")
    key = buttons.press("wisp_settings", do="make_key").json()["key"]
    told = buttons.press("customer_changed", customer=edited, key=key)
    started = buttons.press("start_sync")
    second = buttons.press("start_sync", user=MARY | {"id": "19", "email": "ann@corkwireless.example"})
    buttons.press("sync_status")
    buttons.wait()
    buttons.press("sync_status")
    denied = buttons.press("start_sync", user=JOE)
    mailed = buttons.press("email_vcard", customer=customer)
    card = buttons.press("email_vcard", customer=customer, accept="text/vcard")
    others = [number for number in sorted(people) if number != customer][:3]
    listed = buttons.press("email_vcard", customers=[customer, *others])
    places = buttons.press("outage_list").json()["sites"]
    outage = buttons.press("outage_list", site=places[0]["name"]).json()
    console.print(buttons.table)
    console.print(f"The card of customer {customer}:", card.text, sep="\n", markup=False, highlight=False)
    mails = requests.get(f"{stage.mail}/standin/outbox", timeout=30).json()["mails"]
    yield "the preview showed the one change", [a["update"] for a in preview["accounts"]] == [1, 1]
    yield "the customer's button did it", [a["result"] for a in one["accounts"]] == ["updated", "updated"]
    yield "what a trigger tells was accepted", told.status_code == requests.codes.accepted
    numbers = [labelled(user, stage.wisp.label)[edited]["phoneNumbers"] for user in stage.users]
    arrived = ["+353857007001" in {each["value"].replace(" ", "") for each in some} for some in numbers]
    yield "and is in both accounts", arrived == [True, True]
    yield "the button was accepted", started.status_code == requests.codes.accepted
    yield "a second press was refused", second.status_code == requests.codes.conflict
    yield "without the right it was refused", denied.status_code == requests.codes.forbidden
    yield "the mail was accepted", mailed.status_code == requests.codes.accepted
    yield "the mail of several was accepted", listed.json()["customers"] == [customer, *others]
    yield "both are in the outbox, once", len(mails) == len([mailed, listed])
    yield "an outage's list has the whole site", len(outage["customers"]) == places[0]["contacts"]
