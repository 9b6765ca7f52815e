"""A customer's page in SIMPLer: Google Contacts Sync and vCard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import LABEL, Person


def _add(person: Person, name: str, mobile: str) -> None:
    """Add a customer to SIMPLer, whose page is shown then."""
    person.page.goto(f"{person.box.simpler}/customers/new")
    person.page.get_by_label("Name", exact=True).fill(name)
    person.page.get_by_label("Mobile").fill(mobile)
    person.press("Save")
    expect(person.page.get_by_role("heading", level=1)).to_have_text(name)


def test_one_customer_goes_to_google_and_is_in_the_address_book(mary: Person, connected: str) -> None:
    """A new customer is made there, with number and label; a changed one gets the new number."""
    _add(mary, "Zenobia Quirke", "087 999 1234")
    page = mary.page.url
    mary.press("Google Contacts Sync")
    mary.sees(f"Google Contacts: {connected}: the contact was created")
    mary.open_contacts(connected, "zenobia")
    row = mary.page.get_by_role("row", name="Zenobia Quirke")
    expect(row).to_contain_text(re.compile(f"353 87 999 1234.*{LABEL}", re.DOTALL))

    mary.page.goto(f"{page}/edit")
    mary.page.get_by_label("Mobile").fill("087 999 4321")
    mary.press("Save")
    mary.press("Google Contacts Sync")
    mary.sees(f"Google Contacts: {connected}: the contact was updated")
    mary.open_contacts(connected, "zenobia")
    expect(row).to_contain_text("353 87 999 4321")


def test_a_customer_is_looked_up_and_brought_up_to_date(mary: Person, connected: str) -> None:
    """By their number, from the console: not there yet, then there since a moment ago."""
    _add(mary, "Xanthe Quirke", "087 999 7777")
    mary.open_console()
    mary.page.get_by_role("link", name="Customers", exact=True).click()
    mary.page.get_by_role("searchbox").fill("+353 87 9997777")
    mary.press("Look up")
    mary.page.get_by_role("link", name="Xanthe Quirke").click()
    mary.sees("The next run creates the contact.")
    mary.press("Bring up to date")
    mary.sees("Done: ")

    mary.sees(re.compile(f"{re.escape(connected)}\\s*In Google, up to date"))
    mary.sees("There since")


@pytest.mark.parametrize("name", ["Fionnuala Ní Bhriain", 'Ólafur "Óli" O\'Neill; Söhne, 株式会社'])
def test_a_vcard_arrives_in_the_outbox(mary: Person, name: str, tmp_path: Path) -> None:
    """By mail to whoever pressed, who can take the card from it, whatever the customer is called."""
    _add(mary, name, "087 999 5678")
    mary.press("vCard")
    mary.sees("The vCard is on its way to mary@corkwireless.example.")
    mary.page.goto(f"{mary.box.mail}/outbox/")
    mary.page.get_by_role("row").nth(1).get_by_role("link").click()

    mary.sees("mary@corkwireless.example")
    with mary.page.expect_download() as download:
        mary.page.get_by_role("link", name=re.compile(r"Download .*\.vcf")).click()
    download.value.save_as(tmp_path / "card.vcf")
    card = (tmp_path / "card.vcf").read_text(encoding="utf-8")
    assert [card.startswith("BEGIN:VCARD"), "+353879995678" in card.replace(" ", "")] == [True, True]


def test_a_technicians_day_comes_in_one_mail(mary: Person, connected: str) -> None:
    """Ticked in the console, or in SIMPLer's own list; one file, and a page to print."""
    _add(mary, "Xavier Day", "087 999 1111")
    _add(mary, "Yvonne Day", "087 999 2222")
    mary.open_console("Customers")
    mary.page.get_by_role("searchbox").fill("day")
    mary.press("Look up")
    for name in ("Xavier Day", "Yvonne Day"):
        mary.page.get_by_role("checkbox", name=name).check()
    mary.press("Send me the vCards")
    mary.sees("2 vCards in one mail: on the way to mary@corkwireless.example")
    mary.page.goto(f"{mary.box.simpler}/customers/?q=Xavier Day")
    mary.page.get_by_role("checkbox", name="Xavier Day").check()
    mary.press("vCards of those who are ticked")
    mary.sees("1 vCard was sent to mary@corkwireless.example.")

    mary.page.goto(f"{mary.box.mail}/outbox/")
    mary.page.get_by_role("row").nth(2).get_by_role("link").click()
    page = mary.page.frame_locator("iframe")
    expect(page.get_by_text("Xavier Day").first).to_be_visible()
    expect(page.get_by_role("img")).to_have_count(2)


def test_whom_to_tell_when_a_site_is_down(mary: Person, connected: str, tmp_path: Path) -> None:
    """By its name, in the console: every number, to copy and as a file; and in SIMPLer."""
    for name, mobile in (("Xena Hill", "087 999 3333"), ("Zeno Hill", "087 999 4444")):
        _add(mary, name, mobile)
        mary.page.goto(f"{mary.page.url}/edit")
        mary.page.get_by_label("Site").fill("Quirke Hill")
        mary.press("Save")
    mary.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mary.open_console("Outage")
    mary.page.get_by_role("searchbox").fill("quirke")
    mary.press("Find")
    mary.page.get_by_role("link", name="Quirke Hill").click()
    mary.sees("2 customers, as read from SIMPLer")
    mary.page.get_by_role("link", name="Copy all numbers").click()
    expect(mary.page.get_by_role("link", name="Copied")).to_be_visible()
    assert mary.page.evaluate("navigator.clipboard.readText()") == "+353879993333\n+353879994444\n"
    with mary.page.expect_download() as download:
        mary.page.get_by_role("link", name="Download as CSV").click()
    download.value.save_as(tmp_path / "outage.csv")
    assert "Zeno Hill,Mobile +353 87 999 4444" in (tmp_path / "outage.csv").read_text(encoding="utf-8-sig")

    mary.page.add_init_script("delete Navigator.prototype.clipboard")  # as where it is not allowed
    mary.page.reload()
    mary.page.get_by_role("link", name="Copy all numbers").click()
    mary.page.wait_for_url("**/outage.txt*")

    mary.page.goto(f"{mary.box.simpler}/customers/outage?site=Quirke Hill&ap=")
    mary.sees("Zeno Hill")
