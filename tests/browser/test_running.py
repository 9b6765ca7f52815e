"""The button "Synchronize Google Contacts", for those who may press it and those who may not."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from shared.ports import UPDATES_AT_ONCE
from shared.usecases.base.batches import batches
from tests.browser.housekeeping import change_all, contacts, hang, heal
from tests.browser.person import SYNC, Person

_LOOKS = 200
LAST_RUN = re.compile(r"Last run:.*\sComplete\s", re.DOTALL)


def first_batch(total: int) -> int:
    """Wait for the first batch, and return how many contacts it wrote."""
    return len(next(batches(range(total), UPDATES_AT_ONCE)))


def test_a_run_is_followed_to_its_end(mary: Person, crowd: None, connected: str) -> None:
    """The bar stands where the run is, the button is greyed out, and both change by themselves."""
    total = contacts(mary.box, connected)
    change_all(mary.box)
    hang(mary.box, "people.batchUpdateContacts", nth=2)
    mary.press(SYNC)
    bar = mary.page.get_by_role("progressbar")

    expect(bar).to_have_attribute("value", str(first_batch(total)))
    expect(bar).to_have_attribute("max", str(total))
    mary.sees(f"Writing to Google Contacts: {first_batch(total)} of {total} contacts")
    expect(mary.button(SYNC)).to_be_disabled()
    heal(mary.box)
    expect(mary.button(SYNC)).to_be_enabled()
    expect(bar).to_have_count(0)
    mary.sees(LAST_RUN)
    expect(mary.page.get_by_role("status")).to_have_text(f"Done: {total} changed.")
    expect(mary.page.get_by_role("status")).to_be_focused()
    expect(mary.card(connected)).to_contain_text(f"{total} contacts")


def test_a_second_user_waits_for_the_first_ones_run(
    mary: Person, connected: str, somebody: Callable[..., Person]
) -> None:
    """In SIMPLer and in the console: greyed out, by whom, and available again without a press."""
    nora = somebody("nora")
    hang(mary.box, "people.connections.list")
    mary.open_general()
    mary.press(SYNC)
    expect(mary.button(SYNC)).to_be_disabled()

    nora.open_console()
    expect(nora.button(SYNC)).to_be_disabled()
    nora.sees("Started by Mary Murphy (mary@corkwireless.example)")
    nora.open_general()
    expect(nora.button(SYNC)).to_be_disabled()
    nora.sees("Started by Mary Murphy (mary@corkwireless.example)")
    heal(mary.box)
    expect(nora.button(SYNC)).to_be_enabled()
    expect(mary.button(SYNC)).to_be_enabled()


def test_who_lacks_the_right_is_told_who_can_help(somebody: Callable[..., Person]) -> None:
    """The button is greyed out, and the console does not open."""
    joe = somebody("joe")
    joe.open_general()

    expect(joe.button(SYNC)).to_be_disabled()
    joe.sees("You need the right user->gcontact for this.")
    joe.page.goto(f"{joe.box.simpler}/users/google-accounts")
    joe.sees("You need the right user->gcontact")


def test_the_button_is_two_steps_away_by_keyboard(mary: Person, connected: str) -> None:
    """Past the menu with the first link of the page, on to the button, and pressed."""
    press = mary.page.keyboard.press
    press("Tab")
    expect(mary.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(mary.button(SYNC)).to_be_focused()
    press("Enter")

    mary.sees(re.compile("A run has been started.|Done:"))


def test_all_of_it_works_without_scripts(
    crowd: None, connected: str, somebody: Callable[..., Person]
) -> None:
    """The button is pressed, how far the run is can be looked at again, and it ends."""
    nora = somebody("nora", java_script_enabled=False)
    nora.open_console()
    total = contacts(nora.box, connected)
    change_all(nora.box)
    hang(nora.box, "people.batchUpdateContacts", nth=2)
    nora.press(SYNC)

    again = nora.page.get_by_role("link", name="Look again how far it is")
    _look_until(
        nora.page.get_by_text(f"Writing to Google Contacts: {first_batch(total)} of {total} contacts"),
        again.click,
    )
    expect(nora.button(SYNC)).to_be_disabled()
    heal(nora.box)
    enabled = nora.page.get_by_role("button", name=SYNC, disabled=False)
    _look_until(enabled, nora.page.reload)
    nora.sees(LAST_RUN)


def test_simplers_page_renews_itself_without_scripts(
    mary: Person, connected: str, somebody: Callable[..., Person]
) -> None:
    """Customers → General shows the end of the run that it showed before."""
    nora = somebody("nora", java_script_enabled=False)
    hang(mary.box, "people.connections.list")
    nora.open_general()
    nora.press(SYNC)

    expect(nora.button(SYNC)).to_be_disabled()
    heal(mary.box)
    expect(nora.button(SYNC)).to_be_enabled()


def _look_until(found: Locator, look: Callable[[], object]) -> None:
    """Look again until something is there, as somebody would."""
    for _ in range(_LOOKS):
        if found.count():
            return
        look()
    expect(found).to_have_count(1)
