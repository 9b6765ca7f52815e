"""Connecting an account: to Google's consent and back."""

import re

from playwright.sync_api import expect

from tests.browser.housekeeping import contacts
from tests.browser.person import LABEL, Person


def test_a_connected_account_is_filled_at_once(mary: Person) -> None:
    """Choose an account, tick contacts, continue: the first run fills it, and the address book shows it."""
    office = "office@corkwireless.example"
    mary.page.goto(f"{mary.box.simpler}/sign-in")
    mary.press("Be Mary Murphy")
    mary.page.get_by_role("link", name="Users").click()
    mary.page.get_by_role("link", name="Google Accounts").click()
    mary.press("Connect a Google account")
    mary.press(office)
    mary.consent()

    mary.sees(f"{office} is connected. Its contacts are being brought up to date now.")
    expect(mary.card(office)).to_contain_text(re.compile(r"Connected.*Holds[\d,]+ contacts", re.DOTALL))
    mary.open_contacts(office)
    mary.page.get_by_role("navigation", name="Labels").get_by_role("link", name=LABEL).click()
    expect(mary.page.get_by_role("heading", level=1)).to_have_text(LABEL)
    expect(mary.page.get_by_role("status")).to_have_text(f"{contacts(mary.box, office) - 5} contacts")


def test_declining_connects_nothing(mary: Person, email: str) -> None:
    """Cancel at Google: the page says so and what to do, and leads back."""
    mary.open_console()
    mary.press("Connect a Google account")
    mary.choose(email)
    mary.press("Cancel")

    mary.sees("The account was not connected")
    mary.sees("You did not allow access to contacts, so nothing has changed.")
    mary.page.get_by_role("link", name="Back to the Google accounts").click()
    mary.sees("No Google account is connected yet.")


def test_contacts_left_unticked_connect_nothing(mary: Person, email: str) -> None:
    """The consent that Google gives is not enough, and the page says which box it is about."""
    mary.open_console()
    mary.press("Connect a Google account")
    mary.choose(email)
    mary.press("Continue")

    mary.sees("The box for contacts was not ticked")
    mary.page.get_by_role("link", name="Back to the Google accounts").click()
    mary.sees("No Google account is connected yet.")


def test_another_account_than_the_one_reconnected_is_refused(
    mary: Person, connected: str, email: str
) -> None:
    """Google proposes the right one; who chooses another learns which was wanted, and nothing changes."""
    other = f"not-{email}"
    mary.page.get_by_role("link", name=f"Pause, undo and more {connected}").click()
    mary.press("Reconnect")
    expect(mary.page.get_by_text(connected)).to_be_visible()
    mary.page.get_by_role("link", name="Use another account").click()
    mary.choose(other)
    mary.consent()

    mary.sees(
        f"{connected} needs to be connected again, but {other} was chosen at Google. Nothing has changed"
    )
    mary.page.get_by_role("link", name="Back to the Google accounts").click()
    expect(mary.card(connected)).to_contain_text("Connected")
    expect(mary.card(other)).to_have_count(0)


def test_the_same_account_can_be_reconnected(mary: Person, connected: str) -> None:
    """Google proposes it, and its contacts are brought up to date with the new consent."""
    mary.page.get_by_role("link", name=f"Pause, undo and more {connected}").click()
    mary.press("Reconnect")
    mary.consent()

    mary.sees(f"{connected} is connected again.")
    expect(mary.card(connected)).to_have_count(1)
