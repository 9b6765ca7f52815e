"""Somebody at a browser: the ways through the pages that every test takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, expect

from tests.sandbox import Sandbox

LABEL = "Azotel SIMPLer - Cork Wireless"
SYNC = "Synchronize Google Contacts"

_HTTP_ERROR = "Failed to load resource: the server responded with a status of"
"""How Chromium tells of an answer like 403: no defect, where the answer is meant."""


@dataclass
class Person:
    """A person with their own browser.

    Attributes:
        box: The sandbox they are at.
        page: What they see.
        complaints: What the browser had to complain about: errors of scripts, violations of the
            Content-Security-Policy, and dialogs, of which no page has one.
    """

    box: Sandbox
    page: Page
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, name: str) -> None:
        """Tell SIMPLer who this is, as its page does, without looking at it."""
        url = f"{self.box.simpler}/sign-in"
        headers = {"Origin": self.box.simpler}
        self.page.context.request.post(url, form={"user": name}, headers=headers, max_redirects=0)

    def press(self, name: str) -> None:
        """Press the only button of that name."""
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """Return a button by all that it says."""
        return self.page.get_by_role("button", name=name, exact=True)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until something can be read on the page."""
        expect(self.page.locator("main")).to_contain_text(text)

    def open_general(self) -> None:
        """Open SIMPLer's page with the button: Customers → General."""
        self.page.goto(f"{self.box.simpler}/customers/general")

    def open_console(self, page: str = "") -> None:
        """Open the console as SIMPLer does; then one of its other pages."""
        self.page.goto(f"{self.box.simpler}/users/google-accounts")
        expect(self.page.get_by_role("heading", level=1, name="Google accounts")).to_be_visible()
        if page:
            self.page.get_by_role("link", name=page, exact=True).click()

    def open_contacts(self, email: str, search: str = "") -> None:
        """Look into an account's contacts as its owner."""
        self.page.goto(f"{self.box.google}/contacts/{email}/?q={search}")

    def choose(self, email: str) -> None:
        """Choose an account at Google; one that is not known there is made."""
        self.page.get_by_label("E-mail address").fill(email)
        self.press("Next")

    def consent(self) -> None:
        """Tick the box for contacts at Google, and go on."""
        self.page.get_by_role("checkbox", name="contacts").check()
        self.press("Continue")

    def card(self, email: str) -> Locator:
        """Return what the console tells of an account."""
        heading = self.page.get_by_role("heading", name=email)
        return self.page.get_by_role("listitem").filter(has=heading)


def watched(box: Sandbox, context: BrowserContext) -> Person:
    """Return a person with a new page, whose complaints are noted."""
    person = Person(box, context.new_page())
    person.page.on("console", _complaint(person))
    person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
    person.page.on("dialog", _dismissed(person))
    return person


def _complaint(person: Person) -> Callable[[ConsoleMessage], None]:
    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_HTTP_ERROR):
            person.complaints.append(message.text)

    return note


def _dismissed(person: Person) -> Callable[[Dialog], None]:
    def note(dialog: Dialog) -> None:
        person.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    return note
