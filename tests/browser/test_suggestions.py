"""Suggestions: from a contact that somebody edits to the words that are copied and dismissed."""

from playwright.sync_api import expect

from tests.browser.person import Person


def test_what_somebody_wrote_is_told_copied_and_dismissed(mary: Person, connected: str) -> None:
    """The contact is put right by the customer's button, and the words wait in the console."""
    mary.page.goto(f"{mary.box.simpler}/customers/new")
    mary.page.get_by_label("Name", exact=True).fill("Zita Quirke")
    mary.page.get_by_label("Mobile").fill("087 999 4444")
    mary.press("Save")
    customer = mary.page.url
    mary.press("Google Contacts Sync")
    mary.sees(f"Google Contacts: {connected}: the contact was created")
    mary.open_contacts(connected, "zita")
    mary.page.get_by_role("link", name="Zita Quirke").click()
    mary.page.get_by_role("link", name="Edit").click()
    mary.page.get_by_label("Given name").fill("Zoe")
    mary.press("Save")
    mary.page.goto(customer)
    mary.press("Google Contacts Sync")
    mary.sees(f"Google Contacts: {connected}: the contact was updated")
    mary.open_console()
    mary.page.get_by_role("link", name="1 suggestion from phones").click()
    row = mary.page.get_by_role("main").get_by_role("listitem")
    expect(row).to_contain_text("Zita Quirke")
    mary.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row.get_by_role("button", name="Copy").click()
    expect(row.get_by_role("button", name="Copied")).to_be_visible()

    assert "Zoe" in str(mary.page.evaluate("navigator.clipboard.readText()"))
    row.get_by_role("button", name="Dismiss").click()
    expect(mary.page.get_by_role("status")).to_contain_text("Dismissed.")
    mary.sees("There are none.")
