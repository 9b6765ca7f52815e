"""Walk: through all that people see, in the order in which they come to see it, with a picture of each."""

import re
from collections import Counter
from collections.abc import Mapping

import requests
from playwright.sync_api import expect

from infra.local.sandbox.addresses import address
from infra.local.sandbox.seed import ACCOUNTS, OFFICE
from infra.local.screenshots.visitor import SYNC, Visitor

VAN = ACCOUNTS[1]

_TIMEOUT = 30
_USUAL = {"status": "current", "customer_type": "residential", "country": "Ireland"}


def see_users(mary: Visitor) -> None:
    """SIMPLer's users with their rights, and the way to the Google accounts."""
    mary.sign_in("Mary Murphy")
    mary.open_simpler("/users/")
    mary.take("users")


def connect(mary: Visitor) -> None:
    """Two accounts are connected; the first one's first fill is seen halfway."""
    mary.let_go()
    mary.hold("people.batchCreateContacts", nth=2)
    _consent(mary, OFFICE)
    mary.sees("Writing to Google Contacts: 200 of")
    mary.take("running")
    mary.let_go()
    mary.await_end()
    _consent(mary, VAN)
    mary.await_end()


def work_a_day(mary: Visitor) -> None:
    """Customers change in SIMPLer and contacts in Google; the preview says what comes of it."""
    changed, left, moved, edited = _ordinary(mary, 4)
    _patch(mary, changed, {"mobile": "087 321 4567", "product": "100M/20M"})
    _patch(mary, left, {"status": "disconnected"})
    _patch(mary, moved, {"address1": "4 Main Street", "city": "Kinsale"})
    _edit_contact(mary, edited)
    mary.open_console("Preview")
    for contact in mary.page.locator("details.contact").all()[:2]:
        contact.locator("summary").click()
    mary.page.locator("details.contact").first.evaluate("(part) => part.closest('section').scrollIntoView()")
    mary.take("preview")


def look_back(mary: Visitor) -> None:
    """The run that does it, when one account's access has been taken back; then how the accounts are."""
    mary.open_contacts(f"{VAN}/access")
    mary.page.get_by_role("button", name="Remove the access").click()
    mary.open_console()
    mary.press(SYNC)
    mary.sees("The synchronisation has been started.")
    mary.await_end()
    mary.take("accounts")
    mary.open_console("Runs")
    mary.take("runs")
    mary.page.get_by_role("table").get_by_role("link").first.click()
    mary.sees("Started by")
    mary.take("run")
    mary.open_console("Data quality")
    mary.sees("What to mend")
    mary.take("quality")


def see_one_customer(mary: Visitor) -> None:
    """A customer's two buttons in SIMPLer, the mail that one of them sends, and the contact in Google."""
    customer = _ordinary(mary, 1)[0]
    mary.open_simpler(f"/customers/{customer['customerid']}")
    mary.press("Google Contacts Sync")
    mary.sees("Google Contacts: ")
    mary.take("customer")
    mary.press("vCard")
    mary.sees("The vCard is on its way")
    mary.page.goto(f"{address(mary.ports.mail)}/outbox/")
    mary.follow(re.compile(customer["name"]))
    expect(mary.page.frame_locator("iframe").get_by_role("img").first).to_be_visible()
    mary.take("mail")
    mary.open_contacts(f"{OFFICE}/")
    mary.follow("Azotel SIMPLer - Cork Wireless")
    mary.take("contacts")
    mary.open_contacts(f"{OFFICE}/?q={customer['contact_last']}")
    mary.follow(customer["name"])
    mary.take("contact")


def see_it_taken(mary: Visitor, nora: Visitor) -> None:
    """The button is greyed out for Nora, while the run that Mary started is on."""
    mary.hold("people.connections.list")
    mary.open_console()
    mary.press(SYNC)
    nora.sign_in("Nora Byrne")
    nora.open_simpler("/customers/general")
    nora.sees("Started by")
    nora.take("general")
    mary.let_go()
    mary.await_end()


def see_it_on_a_phone(nora: Visitor) -> None:
    """The console's first page on a small screen."""
    nora.sign_in("Nora Byrne")
    nora.open_console()
    nora.take("phone")


def _consent(mary: Visitor, email: str) -> None:
    """From the console to Google and back; what Google asks is always seen in the same picture."""
    mary.open_console()
    mary.press("Connect a Google account")
    mary.press(email)
    mary.page.get_by_role("checkbox", name="contacts").check()
    mary.take("consent")
    mary.press("Continue")
    mary.sees(f"{email} is connected.")


def _ordinary(mary: Visitor, count: int) -> list[Mapping[str, str]]:
    """Some customers about whom nothing is odd."""
    records = requests.get(f"{address(mary.ports.simpler)}/standin/customers", timeout=_TIMEOUT).json()
    ids = Counter(record["customerid"] for record in records)
    found = [each for each in records if each.items() >= _USUAL.items() and ids[each["customerid"]] == 1]
    return [each for each in found if each["mobile"]][:count]


def _patch(mary: Visitor, customer: Mapping[str, str], members: Mapping[str, str]) -> None:
    """Change a customer in SIMPLer."""
    url = f"{address(mary.ports.simpler)}/standin/customers/{customer['customerid']}"
    requests.patch(url, json=members, timeout=_TIMEOUT).raise_for_status()


def _edit_contact(mary: Visitor, customer: Mapping[str, str]) -> None:
    """Write another name over a contact in Google, which the service puts right again."""
    mary.open_contacts(f"{OFFICE}/?q={customer['contact_last']}")
    mary.follow(customer["name"])
    mary.follow("Edit")
    mary.page.get_by_label("Given name").fill("Somebody")
    mary.press("Save")
