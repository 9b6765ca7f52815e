"""A customer whose name would be a script: on every page, and in every mail, it is a name.

That no dialog opened and no Content-Security-Policy was violated is asked of every test here, at its end.
"""

import requests
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.patience import PATIENCE

NAME = """<img src=x onerror=alert(1)><script>alert(2)</script>"'{{ 7 * 7 }}</td>"""
CUSTOMER = 6666


def _come(person: Person) -> None:
    """Add the customer to SIMPLer, without a number that could be called."""
    record = {"customerid": CUSTOMER, "name": NAME, "nickname": NAME, "status": "current", "mobile": NAME}
    answer = requests.post(f"{person.box.simpler}/standin/customers", json=record, timeout=PATIENCE)
    answer.raise_for_status()


def _reads(person: Person) -> None:
    """Check that the name can be read, letter by letter."""
    expect(person.page.locator("main").get_by_text(NAME).locator("visible=true").first).to_be_visible()


def test_the_consoles_pages_show_it_as_a_name(mary: Person, connected: str) -> None:
    """Among what is new in the preview, and among the customers without a usable number."""
    _come(mary)
    mary.open_console("Preview")
    _reads(mary)
    mary.open_console("Data quality")
    mary.page.get_by_role("link", name="list again").click()  # it is remembered for minutes
    _reads(mary)


def test_simpler_google_and_the_mail_show_it_as_a_name(mary: Person, connected: str) -> None:
    """The customer's page, the contact that is made of it, and the mail with the vCard."""
    _come(mary)
    mary.page.goto(f"{mary.box.simpler}/customers/{CUSTOMER}")
    _reads(mary)
    mary.press("Google Contacts Sync")
    mary.sees(f"{connected}: the contact was created.")
    mary.press("vCard")
    mary.sees("The vCard is on its way")
    mary.open_contacts(connected, "onerror")
    _reads(mary)
    mary.page.get_by_role("table").get_by_role("link").first.click()
    _reads(mary)
    mary.page.goto(f"{mary.box.mail}/outbox/")
    _reads(mary)
    mary.page.get_by_role("row").nth(1).get_by_role("link").click()
    _reads(mary)
    expect(mary.page.frame_locator("iframe").get_by_text(NAME).first).to_be_visible()
