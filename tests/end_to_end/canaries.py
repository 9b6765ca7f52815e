"""Canaries: values that stand nowhere but where they were put, and the search for them in the log."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from infra.standins.google.world import NewClient
from shared.events import Event
from tests.world import CONSOLE, World

CLIENT_SECRET = "the-client's-made-up-secret"
NAME = "canary"
"""In every text that a customer has."""

_KINDS = {"mobile": "087", "phone": "01", "work_phone": "021", "alt_phones": "086", "fax": "061"}
_START = 7_310_000
"""Of every number that a customer has, without its code."""

_BEGINNING = str(_START)[:5]
"""What all these numbers have in common: most lines do not have it, and are not searched for each."""

_EVENTS = frozenset(Event)

_TEXTS = (
    "company",
    "contact_first",
    "contact_last",
    "address1",
    "address2",
    "city",
    "county",
    "postcode",
    "billing_address1",
    "billing_city",
    "billing_county",
    "billing_postcode",
    "site",
    "ap_nickname",
    "product",
)


def canary_customer(number: int) -> dict[str, Any]:
    """Return a customer whose every value but the id and the status is a canary."""
    texts = {member: f"Canary {member} {number}" for member in _TEXTS}
    phones = {member: f"{code} {_START + number}" for member, code in _KINDS.items()}
    emails = {member: f"canary.{member}.{number}@example.org" for member in ("email", "billing_email")}
    names = {"name": f"Mag. Canary O'Name {number}", "nickname": f"canary-nick-{number}"}
    return {"customerid": number, "status": "current"} | names | texts | phones | emails


@cache
def numbers(count: int) -> list[str]:
    """Return the digits that show customers' numbers in any way of writing."""
    codes = [code.removeprefix("0") for code in _KINDS.values()]
    return [f"{code}{_START + number}" for code in codes for number in range(1, count + 1)]


@dataclass(slots=True)
class Search:
    """What a search of the log has found.

    Attributes:
        lines: How many lines there are.
        of_libraries: How many of them tell what a library reported.
        events: The events that were seen.
        odd: Lines that are not as docs/events.md promises.
        findings: Canaries, each with the line that it is in.
    """

    lines: int = 0
    of_libraries: int = 0
    events: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def through(self, written: str, canaries: list[str]) -> "Search":
        """Search what was written, line by line."""
        for line in written.splitlines():
            self.lines += 1
            self._form(line)
            self.findings += [(canary, line) for canary in canaries if canary in line]
            self.findings += [(NAME, line)] if NAME in line.lower() else []
            digits = re.sub(r"[\s().+-]", "", line)
            if _BEGINNING in digits:
                self.findings += [(number, line) for number in numbers(40) if number in digits]
        return self

    def _form(self, line: str) -> None:
        try:
            found = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            self.odd.append(line)
            return
        self.events.add(found.get("event", ""))
        self.of_libraries += found.get("event") == Event.LIBRARY_REPORTED
        if not ({"severity", "message"} <= found.keys() and found.get("event") in _EVENTS):
            self.odd.append(line)
        whose = {name: value for name, value in found.items() if name != "by"}
        self.findings += [("an address", line)] if "@example" in str(whose) else []


def disguise(world: World) -> None:
    """Give Google's client a secret that can be told from other words."""
    client = NewClient("client", CLIENT_SECRET, [f"{CONSOLE}/oauth/callback"], "SIMPLer")
    world.google.world.add_client(client)
    keys = {"client_id": "client", "client_secret": CLIENT_SECRET}
    world.services.secrets.put("oauth-client", msgspec.json.encode(keys).decode())


def secrets(world: World) -> list[str]:
    """Return every token, password, code and key that there is in a world."""
    known, state = world.google.world.credentials, world.simpler.state
    world.services.signed().sign("any", {})  # so that there is a key
    keys = [world.services.secrets.get(name) for name in ("signing-key", "sendgrid-key")]
    return [*known.grants, *known._access, state.api_username, state.api_password, CLIENT_SECRET, *keys]
