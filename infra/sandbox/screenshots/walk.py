"""Walk: through all that people see, in the order in which they come to see it, with a picture of each."""

import re
from collections import Counter

import requests

from infra.sandbox.addresses import address
from infra.sandbox.screenshots.visitor import SYNC, Visitor
from infra.sandbox.seed import ACCOUNTS, OFFICE

VAN = ACCOUNTS[1]

Record = dict[str, str]
"""A customer as SIMPLer has it, as far as it matters here."""

_TIMEOUT = 30
_USUAL = {"status": "current", "customer_type": "residential", "country": "Ireland"}


def see_users(mary: Visitor) -> None:
    """See SIMPLer's users with their rights, and the way to the Google accounts."""
    mary.sign_in("Mary Murphy")
    mary.open_simpler("/users/")
    mary.take("users")


def connect(mary: Visitor) -> None:
    """Connect two accounts, and see the first one's first fill halfway."""
    mary.let_go()
    mary.hold("people.batchCreateContacts", nth=2)
    _go_to_google(mary, OFFICE)
    mary.take("consent")
    mary.press("Continue")
    mary.sees(re.compile(r"Writing to Google Contacts: [1-9]\d* of"))
    mary.take("running")
    mary.let_go()
    mary.await_end()
    _go_to_google(mary, VAN)
    mary.press("Continue")
    mary.sees(f"{VAN} is connected.")
    mary.await_end()


def see_one_customer(mary: Visitor) -> None:
    """See a customer's two buttons, the mail that one of them sends, and the contact in Google."""
    customer = _ordinary(mary)[0]
    _patch(mary, customer, {"mobile": "087 321 4567"})
    mary.open_simpler(f"/customers/{customer['customerid']}")
    mary.press("Google Contacts Sync")
    mary.sees("Google Contacts: ")
    mary.take("customer")
    mary.press("vCard")
    mary.sees("The vCard is on its way")
    mary.page.goto(f"{address(mary.ports.mail)}/outbox/")
    mary.follow(re.compile(customer["name"]))
    mary.page.frame_locator("iframe").get_by_role("img").first.wait_for()
    mary.take("mail", height=1320)
    mary.open_contacts(f"{OFFICE}/?q={customer['contact_last']}")
    mary.follow(customer["name"])
    mary.take("contact")


def see_the_label(mary: Visitor) -> None:
    """See the label in Google, with the customers whose names begin alike."""
    mary.open_contacts(f"{OFFICE}/")
    mary.follow("Azotel SIMPLer - Cork Wireless")
    mary.page.get_by_role("searchbox").fill("mac")
    mary.press("Search")
    mary.sees("found")
    mary.take("contacts", width=1200)


def see_it_taken(mary: Visitor, nora: Visitor) -> None:
    """See the button greyed out for Nora, while the run that Mary started is on."""
    _put(mary, [{**record, "site": "Main mast"} for record in _customers(mary)])
    mary.hold("people.batchUpdateContacts", nth=3)
    mary.open_console()
    mary.press(SYNC)
    nora.sign_in("Nora Byrne")
    nora.open_simpler("/customers/general")
    nora.sees(re.compile(r"[1-9]\d* of \d+ contacts"))
    nora.take("general")
    mary.let_go()
    mary.await_end()


def work_a_day(mary: Visitor) -> None:
    """Change customers in SIMPLer and contacts in Google, and see what the preview makes of it."""
    changed, left, moved, edited = _ordinary(mary)[1:5]
    _patch(mary, changed, {"mobile": "087 765 4321", "product": "100M/20M"})
    _patch(mary, left, {"status": "disconnected"})
    _patch(mary, moved, {"address1": "4 Main Street", "city": "Kinsale"})
    _edit_contact(mary, edited)
    mary.open_console("Preview")
    mary.sees("Unchanged")
    office = mary.page.get_by_role("region", name=OFFICE, exact=True)
    for contact in office.locator("details.contact").all()[:2]:
        contact.locator("summary").click()
    mary.scroll_to(office)
    mary.take("preview")


def look_back(mary: Visitor) -> None:
    """See the run that does it, with one account's access taken back; then see the accounts."""
    mary.open_contacts(f"{VAN}/access")
    mary.page.get_by_role("button", name="Remove the access").click()
    mary.sees("No program has access.")
    mary.open_console()
    mary.press(SYNC)
    mary.sees(re.compile("A run has been started.|Not everything done."))
    mary.await_end()
    mary.take("accounts", height=960)
    mary.open_console("Runs")
    mary.take("runs")
    mary.page.get_by_role("table").get_by_role("link").first.click()
    mary.sees("Started by")
    mary.scroll_to(mary.page.get_by_role("region", name=OFFICE, exact=True))
    mary.take("run")
    mary.open_console("Data quality")
    mary.sees("What to fix")
    mary.take("quality")
    mary.open_console("Suggestions")
    mary.sees("Somebody")
    mary.take("suggestions")


def look_one_up(mary: Visitor) -> None:
    """Look a customer up whose number has changed; see who did what, and what a setting would do."""
    customer = _ordinary(mary)[5]
    _patch(mary, customer, {"mobile": "087 111 2222"})
    mary.open_console("Customers")
    mary.page.get_by_role("searchbox").fill(f"{customer['customerid']}")
    mary.press("Look up")
    mary.press("Bring up to date")
    mary.sees(re.compile("Done: .*updated"))
    mary.take("lookup")
    mary.open_console("History")
    mary.sees("pressed the button of")
    mary.take("history")
    mary.open_console("Settings")
    mary.page.get_by_label("Name of a contact").fill("{name} #{id}")
    mary.page.locator("#names li").first.wait_for()
    mary.scroll_to(mary.page.get_by_role("region", name="How a contact looks"))
    mary.take("naming")
    mary.press("See what it does")
    mary.sees("Some of your customers, as contacts")
    mary.take("settings", height=960)
    mary.open_console("Help")
    mary.sees("What goes into Google")
    mary.take("help")


def choose_customers(mary: Visitor) -> None:
    """See which customers an account may hold, and what it does to hold those of one access point."""
    mary.open_console()
    mary.follow(re.compile(f"Pause, undo and more {OFFICE}"))
    mary.follow("Choose which customers it holds")
    mary.page.get_by_role("group", name="Access points").get_by_role("checkbox").first.check()
    mary.take("scope")
    mary.press("See what it does")
    mary.sees("Nothing has been saved.")
    mary.page.get_by_text("Who leaves the label").click()
    mary.take("scope_effect")


def see_an_outage(mary: Visitor) -> None:
    """See whom to tell when a site is down."""
    mary.open_console("Outage")
    mary.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    mary.sees("as read from SIMPLer")
    mary.take("outage")


def see_it_on_a_phone(nora: Visitor) -> None:
    """See the console's first page on a small screen."""
    nora.open_console()
    nora.take("phone", 390, 844)


def _go_to_google(mary: Visitor, email: str) -> None:
    """Go from the console to Google, up to the last press there."""
    mary.open_console()
    mary.press("Connect a Google account")
    mary.press(email)
    mary.page.get_by_role("checkbox", name="contacts").check()


def _customers(mary: Visitor) -> list[Record]:
    found: list[Record] = requests.get(_records(mary), timeout=_TIMEOUT).json()
    return found


def _ordinary(mary: Visitor) -> list[Record]:
    """Return the customers who have nothing odd."""
    records = _customers(mary)
    ids = Counter(record["customerid"] for record in records)
    usual = [each for each in records if each.items() >= _USUAL.items() and each["mobile"]]
    return [each for each in usual if ids[each["customerid"]] == 1]


def _put(mary: Visitor, records: list[Record]) -> None:
    """Give SIMPLer these customers."""
    requests.put(_records(mary), json=records, timeout=_TIMEOUT).raise_for_status()


def _patch(mary: Visitor, customer: Record, members: Record) -> None:
    """Change a customer in SIMPLer."""
    url = f"{_records(mary)}/{customer['customerid']}"
    requests.patch(url, json=members, timeout=_TIMEOUT).raise_for_status()


def _records(mary: Visitor) -> str:
    return f"{address(mary.ports.simpler)}/standin/customers"


def _edit_contact(mary: Visitor, customer: Record) -> None:
    """Write another name over a contact in Google, which the service puts right again."""
    mary.open_contacts(f"{OFFICE}/?q={customer['contact_last']}")
    mary.follow(customer["name"])
    mary.follow("Edit")
    mary.page.get_by_label("Given name").fill("Somebody")
    mary.press("Save")
    mary.sees("Somebody")
