"""Disconnecting an account."""

import re

from playwright.sync_api import expect

from tests.browser.housekeeping import contacts
from tests.browser.person import LABEL, Person


def test_removal_takes_what_was_made_and_proves_it(mary: Person, connected: str) -> None:
    """The contacts and the label go, the owner's own contact stays, and Google lists no program any more."""
    made = contacts(mary.box, connected)
    mary.page.goto(f"{mary.box.google}/contacts/{connected}/new")
    mary.page.get_by_label("Given name").fill("Aoife")
    mary.press("Save")
    mary.open_console()
    mary.page.get_by_role("link", name=f"Disconnect {connected}").click()
    mary.page.get_by_role("radio", name="Remove the contacts").check()
    mary.press("Disconnect")

    mary.sees(f"{connected} is disconnected. {made} contacts were removed, and the label with them.")
    mary.sees("No Google account is connected yet.")
    mary.open_contacts(connected)
    expect(mary.page.get_by_role("status")).to_have_text("1 contact")
    expect(mary.page.get_by_role("link", name="Aoife")).to_be_visible()
    expect(mary.page.get_by_text(LABEL)).to_have_count(0)
    mary.page.get_by_role("link", name="Access").click()
    mary.sees("No program has access.")


def test_contacts_can_stay(mary: Person, connected: str) -> None:
    """It is what is proposed: the account is let go, and every contact is where it was."""
    made = contacts(mary.box, connected)
    mary.page.get_by_role("link", name=f"Disconnect {connected}").click()
    expect(mary.page.get_by_role("radio", name="Keep the contacts")).to_be_checked()
    mary.press("Disconnect")

    mary.sees(f"{connected} is disconnected. Its contacts stay in Google Contacts as they are.")
    mary.open_contacts(connected)
    expect(mary.page.get_by_role("link", name=re.compile(f"{LABEL} {made}"))).to_be_visible()
