"""Choosing which customers an account holds."""

import re

from playwright.sync_api import expect

from tests.browser.housekeeping import contacts, customers
from tests.browser.person import LABEL, Person


def test_an_account_holds_the_customers_of_one_site(mary: Person, connected: str) -> None:
    """What the choice does is seen first, and what it removes is approved; the pages say what it holds."""
    made = contacts(mary.box, connected)
    sites = [record["site"] for record in customers(mary.box) if record["status"] == "current"]
    site = min(sites, key=lambda each: (sites.count(each), each))
    stay = sites.count(site)
    mary.open_console()
    mary.page.get_by_role("link", name=f"Pause, undo and more {connected}").click()
    mary.page.get_by_role("link", name="Choose which customers it holds").click()
    mary.page.get_by_role("group", name="Sites").get_by_role("checkbox", name=re.compile(site)).check()
    mary.press("See what it does")
    mary.sees("Nothing has been saved.")
    mary.page.get_by_text("Who leaves the label").click()
    expect(mary.page.get_by_text("Not one of this account's customers")).to_have_count(min(made - stay, 20))
    mary.press("Save this choice")
    mary.sees(f"From the next run on it holds site “{site}”.")
    mary.open_console("Preview")
    mary.press(f"Approve {made - stay} removals")
    mary.sees(f"{made - stay} removed")

    expect(mary.card(connected)).to_contain_text(f"Site “{site}”")
    mary.sees("Each account has the customers whom it is to hold")
    mary.open_contacts(connected)
    expect(mary.page.get_by_role("link", name=re.compile(f"{LABEL} {stay}"))).to_be_visible()
