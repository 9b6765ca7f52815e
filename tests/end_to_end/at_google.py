"""At Google: what a person does there while an account is being connected, in a browser of few words."""

from dataclasses import dataclass
from typing import Any

import requests

from shared.ports import CONTACTS
from shared.usecases.accounts import connect
from shared.usecases.accounts.connect import Connected
from shared.usecases.base.services import Services
from tests.standins.consent_kit import Browser
from tests.world import World

OFFICE = "office@example.com"
COPIED_FIELDS = ("names", "nicknames", "phoneNumbers", "externalIds", "clientData", "userDefined", "urls")
COPIED_MEMBERS = ("givenName", "familyName", "value", "type", "key")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who connects an account of the wisp ``acme``.

    Attributes:
        services: What the console uses.
        browser: What only this person's browser knows.
    """

    services: Services
    browser: str = "the value of a cookie"

    def begin(self, account: str = "") -> str:
        """Press Connect, or Reconnect; gives where the browser is sent."""
        return connect.begin(
            self.services, wisp="acme", by="mary@example.com", browser=self.browser, account=account
        )

    def decide(self, url: str, email: str = OFFICE, button: str = "Continue", *ticks: str) -> dict[str, str]:
        """Choose an account at Google and decide; gives what the browser brings back."""
        with requests.Session() as http:
            browser = Browser(http).open(url)
            if "Continue" in browser.page.buttons and email not in browser.page.text:
                browser.follow("Use another account")
            if email in browser.page.buttons:
                browser.press(email)
            elif "Next" in browser.page.buttons:
                browser.press("Next", account=email)
            return browser.press(button, *ticks).sent_back

    def finish(self, back: dict[str, str]) -> Connected:
        """Come back."""
        return connect.finish(
            self.services,
            state=back.get("state", ""),
            code=back.get("code", ""),
            error=back.get("error", ""),
            browser=self.browser,
        )

    def connect(self, email: str = OFFICE, account: str = "") -> Connected:
        """Connect an account, with every box ticked."""
        return self.finish(self.decide(self.begin(account), email, "Continue", CONTACTS))


def person(world: World) -> Person:
    """Return Mary."""
    return Person(world.services)


def stored(world: World) -> dict[str, str]:
    """Return the names and values of the refresh tokens in the secret store."""
    secrets = world.services.secrets._read()  # type: ignore[attr-defined]  # the world's store is the vault
    return {name: value for name, value in secrets.items() if name.startswith(("google-account-", "token-"))}


def copied(person: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a contact as a copy of it has them."""
    return {
        field: [
            {member: item[member] for member in COPIED_MEMBERS if member in item} for item in person[field]
        ]
        for field in COPIED_FIELDS
        if field in person
    }
