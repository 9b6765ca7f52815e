"""The acts: users' own contacts, a day at SIMPLer, and mishaps in Google Contacts."""

from dataclasses import dataclass
from typing import Any

import requests

from infra.sandbox.demo.stage import Stage
from infra.standins.google.user import User

TIMEOUT = 30
"""Seconds."""


def add_own_contacts(user: User) -> None:
    """Add forty contacts that have nothing to do with us, one with a number like a customer's."""
    for number in range(40):
        user.add(
            names=[{"givenName": f"Friend {number}", "familyName": "Own"}],
            phoneNumbers=[{"value": f"+353 85 555 {number:04}", "type": "mobile"}],
            biographies=[{"value": "Mine. Please do not touch.", "contentType": "TEXT_PLAIN"}],
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """The deeds of the first account's user, by the customer whose contact it hit.

    Attributes:
        deleted: Moved to the trash.
        changed: Its first number was overwritten.
        renamed: Its name was overwritten.
        unlabelled: Taken out of the label.
        added: The user added a number.
        number: That number.
    """

    deleted: str
    changed: str
    renamed: str
    unlabelled: str
    added: str
    number: str = "+353 21 999 0000"


def labelled(user: User, label: str) -> dict[str, dict[str, Any]]:
    """Return the contacts in the label, by the customer id that they show."""
    everything = user.everything()
    members = next(group["members"] for group in everything["groups"].values() if group["name"] == label)
    people = [everything["contacts"][name] for name in members]
    return {person["externalIds"][0]["value"]: person for person in people if "externalIds" in person}


def own(user: User) -> dict[str, Any]:
    """Return the user's own contacts, as they are stored."""
    contacts = user.everything()["contacts"]
    return {name: person for name, person in contacts.items() if "clientData" not in person}


def is_usual(person: dict[str, Any]) -> bool:
    """Return whether a contact has a nickname and one number."""
    return "nicknames" in person and len(person.get("phoneNumbers", ())) == 1


def do_damage(user: User, label: str) -> Damage:
    """Do five mishaps to five contacts with a number each."""
    people = {c: p for c, p in labelled(user, label).items() if is_usual(p)}
    deleted, changed, unlabelled, added, *others = sorted(people)
    renamed = next(customer for customer in others if "names" in people[customer])
    damage = Damage(deleted, changed, renamed, unlabelled, added)
    user.delete(people[deleted]["resourceName"])
    user.edit(people[changed]["resourceName"], phoneNumbers=[{"value": "+353 1 000 0000"}])
    user.edit(people[renamed]["resourceName"], names=[{"givenName": "Maggie", "familyName": "Kelleher"}])
    user.unlabel(people[unlabelled]["resourceName"], user.label(label))
    kept = {"value": people[added]["phoneNumbers"][0]["value"], "type": "mobile"}
    new = {"value": damage.number, "type": "home"}
    user.edit(people[added]["resourceName"], phoneNumbers=[kept, new])
    return damage


@dataclass(frozen=True, slots=True)
class Day:
    """The changes in SIMPLer, by customer.

    Attributes:
        moved: Got another mobile number; one of them has a number that a user added.
        left: Disconnected: no longer a contact.
        joined: New.
    """

    moved: tuple[str, ...]
    left: tuple[str, ...]
    joined: tuple[str, ...]


def live_a_day(stage: Stage, damage: Damage) -> Day:
    """Live through a day of five changes, two leavers and three newcomers."""
    present = labelled(stage.users[1], stage.wisp.label)
    hit = {damage.deleted, damage.changed, damage.renamed, damage.unlabelled, damage.added}
    others = [c for c, person in sorted(present.items()) if c not in hit and is_usual(person)]
    day = Day((damage.added, *others[:4]), tuple(others[10:12]), ("900001", "900002", "900003"))
    for number, customer in enumerate(day.moved):
        _patch(stage, customer, mobile=f"086 800 00{number:02}")
    for customer in day.left:
        _patch(stage, customer, status="post")
    for number, customer in enumerate(day.joined):
        new = {"customerid": int(customer), "name": f"Newcomer {number}", "status": "current"}
        new |= {"nickname": f"new{number}", "mobile": f"087 800 00{number:02}"}
        requests.post(f"{stage.simpler}/standin/customers", json=new, timeout=TIMEOUT).raise_for_status()
    return day


def _patch(stage: Stage, customer: str, **members: str) -> None:
    url = f"{stage.simpler}/standin/customers/{customer}"
    requests.patch(url, json=members, timeout=TIMEOUT).raise_for_status()
