"""Looking after what is connected: settings, pauses, removals that wait, and a night that is undone."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Locator, Route, expect

from tests.browser.housekeeping import change_all, contacts, customers, have_customers
from tests.browser.person import LABEL, SYNC, Person
from tests.patience import PATIENCE, until

_NAME = "Name of a contact"
_REMAIN = 5
"""Customers whom SIMPLer still lists; so many fewer that removing the others waits for a person."""


@pytest.fixture
def names(mary: Person, connected: str) -> Iterator[str]:
    """How contacts are named, which is so again after the test."""
    mary.open_console("Settings")
    before = mary.page.get_by_label(_NAME).input_value()
    yield before
    _name(mary, before)
    mary.sees(re.compile("Nothing has been saved.|Nothing was changed."))
    save = mary.button("Save these settings")
    if save.count():
        save.click()
        mary.sees("Saved: ")


def test_a_name_is_seen_on_customers_a_moment_after_the_last_key(mary: Person, connected: str) -> None:
    """All keys are one question; what is wrong with the template is told in the same place."""
    asked: list[str] = []
    mary.page.clock.install()
    mary.open_console("Settings")
    field = mary.page.get_by_label(_NAME)
    field.wait_for()
    mary.page.clock.pause_at(mary.page.evaluate("Date.now()") / 1000 + 1)
    mary.page.on("request", lambda request: asked.append(request.url))
    field.press_sequentially("#{id} ")
    before = list(asked)
    mary.page.clock.run_for(400)
    names = mary.page.locator("#names").get_by_role("listitem")
    expect(names.first).to_contain_text(re.compile(r"#\d+ "))
    after = list(asked)
    field.fill("{nme}")
    mary.page.clock.run_for(400)

    expect(mary.page.locator("#names")).to_contain_text("{nme} is no field")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert before == []
    assert len(after) == 1


def test_while_an_answer_is_waited_for_no_other_question_is_asked(mary: Person, connected: str) -> None:
    """The last text is asked for once the answer is there; one that is refused leaves what was told."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def are_asked(number: int) -> bool:
        return mary.page.title() != "" and len(held) == number  # the browser's news comes with its answers

    mary.page.clock.install()
    mary.open_console("Settings")
    field, told = mary.page.get_by_label(_NAME), mary.page.locator("#names")
    field.wait_for()
    mary.page.clock.pause_at(mary.page.evaluate("Date.now()") / 1000 + 1)
    mary.page.route("**/settings/names*", hold)
    for typed in ("{a", "{ab", "{nme}"):
        field.fill(typed)
        mary.page.clock.run_for(400)
        until(lambda: are_asked(1))
    held[0].continue_()
    until(lambda: are_asked(2))
    held[1].continue_()
    expect(told).to_contain_text("{nme} is no field")
    field.fill("{name}")
    mary.page.clock.run_for(400)
    until(lambda: are_asked(3))
    with mary.page.expect_response("**/settings/names*"):
        held[2].fulfill(status=403)

    assert mary.page.evaluate("fetch('/').then(() => document.querySelector('#names').textContent)").strip()


def test_a_setting_is_changed_once_it_is_seen_what_it_does(mary: Person, connected: str, names: str) -> None:
    """Saved, it is told with who changed it and what it was, and the next run goes by it."""
    made, named = contacts(mary.box, connected), f"{names} #{{id}}"
    _name(mary, named)
    mary.sees("Nothing has been saved.")
    expect(_tile(mary, "Changed")).to_have_text(str(made))
    mary.press("Save these settings")
    expect(mary.page.get_by_role("status")).to_have_text(
        "Saved: name of a contact. It counts from the next run on."
    )

    change = mary.page.get_by_role("region", name="Last changes").get_by_role("listitem").first
    expect(change).to_contain_text("you")
    expect(change).to_contain_text(f"{_NAME}: {names} → {named}")
    mary.open_console("History")
    act = mary.page.get_by_role("main").get_by_role("listitem").first
    expect(act).to_contain_text(f"you changed the settings: {_NAME}")
    expect(act).to_contain_text(f"{names} → {named}")
    mary.open_console()
    mary.press(SYNC)
    mary.sees(f"Done: {made} changed.")


def test_an_account_is_paused_with_a_reason_and_resumed(mary: Person, connected: str) -> None:
    """The first page says so and why until somebody resumes it; the next run makes up for the pause."""
    made, why = contacts(mary.box, connected), "The van gets another phone"
    _open_account(mary, connected)
    mary.page.get_by_label("Why, for your colleagues").fill(f"{why}.")
    mary.press("Pause")
    expect(mary.page.get_by_role("status")).to_contain_text("It is paused")
    mary.sees(f"Nothing is written to this account: {why}.")
    change_all(mary.box)

    mary.open_console()
    expect(_needs(mary)).to_contain_text(f"{connected} is paused, so nothing is written to it: {why}.")
    expect(mary.card(connected)).to_contain_text("Paused")
    mary.press(SYNC)
    mary.sees(f"Not everything done. {connected}: {why}. It was paused, so nothing was written to it")
    _needs(mary).get_by_role("link", name="Look at it").click()
    mary.press("Resume")
    mary.sees("It is resumed: the next run brings it up to date.")
    mary.open_console()
    expect(_needs(mary)).to_have_count(0)
    expect(mary.card(connected)).to_contain_text("Connected")
    mary.press(SYNC)
    mary.sees(f"Done: {made} changed.")


def test_removals_that_wait_are_reviewed_and_approved(mary: Person, connected: str) -> None:
    """SIMPLer lists hardly anybody: all stay, and the first page leads to who would go; approved, they go."""
    made = contacts(mary.box, connected)
    have_customers(mary.box, [each for each in customers(mary.box) if each["status"] == "current"][-_REMAIN:])
    gone = made - _REMAIN
    mary.press(SYNC)
    mary.sees(f"{gone} held back")
    expect(_needs(mary)).to_contain_text(
        f"Removing {gone} contacts from {connected} waits for your approval."
    )
    expect(mary.card(connected)).to_contain_text("Removals waiting")
    assert contacts(mary.box, connected) == made

    mary.page.get_by_role("link", name="Review removals").click()
    mary.sees(f"{gone} removals held back")
    removed = mary.page.get_by_role("table", name=f"Contacts to be removed from {connected}")
    expect(removed.get_by_role("row")).to_have_count(gone + 1)
    mary.press(f"Approve {gone} removals")
    mary.sees(f"Done: {gone} removed.")
    expect(_needs(mary)).to_have_count(0)
    expect(mary.card(connected)).to_contain_text(f"{_REMAIN} contacts")
    expect(mary.card(connected)).not_to_contain_text("Removals waiting")
    mary.open_contacts(connected)
    expect(mary.page.get_by_role("link", name=re.compile(f"{LABEL} {_REMAIN}"))).to_be_visible()


def test_a_night_is_undone_from_the_accounts_page(mary: Person, connected: str) -> None:
    """What that would change is seen first; then it is done and told, and the account is paused."""
    made = contacts(mary.box, connected)
    before = _plans(mary, connected)
    change_all(mary.box)
    mary.press(SYNC)
    mary.sees(f"Done: {made} changed.")
    assert set(map(tuple, _plans(mary, connected).values())) == {("One more",)}
    _open_account(mary, connected)
    night = mary.page.get_by_role("region", name="Undo").get_by_role("listitem").first
    expect(night).to_contain_text(f"{made} contacts changed")
    night.get_by_role("link", name="What would undoing it change?").click()
    expect(_tile(mary, "Changed back")).to_have_text(str(made))
    expect(_tile(mary, "Removed")).to_have_text("0")
    mary.press("Bring back and pause")

    mary.sees(f"Done: Undo in {connected}: {made} changed. The account is paused until somebody resumes it.")
    expect(_needs(mary)).to_contain_text(
        "Brought back by Mary Murphy (mary@corkwireless.example) to what it was before"
    )
    _needs(mary).get_by_role("link", name="Look at it").click()
    mary.press("Resume")
    mary.sees("It is resumed")
    assert _plans(mary, connected) == before


def _name(person: Person, template: str) -> None:
    """Ask what another name of contacts would do."""
    person.open_console("Settings")
    person.page.get_by_label(_NAME).fill(template)
    person.press("See what it does")


def _open_account(person: Person, email: str) -> None:
    """Open an account's page from the first one."""
    person.open_console()
    person.page.get_by_role("link", name=f"Pause, undo and more {email}").click()


def _needs(person: Person) -> Locator:
    """Return what the first page says needs somebody."""
    return person.page.get_by_role("region", name="What needs you")


def _tile(person: Person, name: str) -> Locator:
    """Return the number under a name."""
    tile = person.page.locator(".tile").filter(has=person.page.get_by_text(name, exact=True))
    return tile.get_by_role("definition")


def _plans(person: Person, email: str) -> dict[str, list[str]]:
    """Return what an account's contacts say of plans, as Google has them."""
    answer = requests.get(f"{person.box.google}/standin/accounts/{email}", timeout=PATIENCE)
    return {
        name: [row["value"] for row in contact.get("userDefined", ()) if row["key"] == "Plan"]
        for name, contact in answer.json()["contacts"].items()
    }
