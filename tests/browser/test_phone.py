"""A phone's screen: nothing to be scrolled sideways, every button in reach, the menu where one is."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser import tour
from tests.browser.housekeeping import customers, hang, have_customers
from tests.browser.person import SYNC, Person

WIDTH, HEIGHT = 390, 844
FINGER = 24
"""Pixels that a target has at least (WCAG 2.2, success criterion 2.5.8)."""


@pytest.fixture
def mary(somebody: Callable[..., Person]) -> Person:
    """Mary, with her phone."""
    return somebody("mary", viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True)


@pytest.fixture
def email(email: str) -> str:
    """An account whose address is wider than the screen, in whatever names it."""
    return f"the-phone-in-the-second-van-of-the-field-team.{email}"


def _faults(person: Person, pages: Iterator[str]) -> dict[str, list[str]]:
    """Return what does not fit, by page; show each page for it."""
    found = {page: _misfits(person) for page in pages}
    assert found
    return {page: misfits for page, misfits in found.items() if misfits}


def _misfits(person: Person) -> list[str]:
    person.page.wait_for_load_state()
    width = person.page.evaluate("document.scrollingElement.scrollWidth")
    found = [] if width == WIDTH else [f"the page is {width} wide"]
    for button in person.page.locator("button:visible, a.button:visible").all():
        box = button.bounding_box()
        assert box
        if box["x"] < 0 or box["x"] + box["width"] > WIDTH or min(box["width"], box["height"]) < FINGER:
            found.append(f"{button.inner_text()}: {box}")
    for here in person.page.locator(".menu [aria-current]").all():
        box = here.bounding_box()
        assert box
        if box["x"] < 0 or box["x"] + box["width"] > WIDTH:
            found.append(f"the menu does not show {here.inner_text()}")
    return found


def test_the_console_fits(mary: Person, connected: str) -> None:
    """Every page of it, and the first one while a run is on; the button is pressed by a finger.

    So does a customer whose name and address are words without end.
    """
    found = _faults(mary, tour.console(mary, connected))
    first, *others = customers(mary.box)
    endless = {"name": "N" * 500, "address1": "x" * 2000, "status": "current"}
    have_customers(mary.box, [{**first, **endless}, *others])
    mary.open_console()
    mary.page.goto(f"{mary.page.url}customer?id={first['customerid']}")
    mary.sees("Not shown in its place")
    misfits = _misfits(mary)
    hang(mary.box, "people.connections.list")
    mary.open_console()
    mary.button(SYNC).tap()
    mary.sees("A run has been started.")

    assert {**found, "endless": misfits, "running": _misfits(mary)} == {"endless": [], "running": []}


def test_simpler_fits(mary: Person, connected: str) -> None:
    """Every page of the small SIMPLer, and the start page."""
    customer = str(customers(mary.box)[0]["customerid"])

    assert _faults(mary, tour.simpler(mary, customer)) == {}


def test_google_and_the_outbox_fit(mary: Person, connected: str) -> None:
    """The address book, the consent and the mails."""
    mary.page.goto(f"{mary.box.simpler}/customers/{customers(mary.box)[2]['customerid']}")
    mary.press("vCard")
    mary.sees("The vCard is on its way")
    pages = (tour.contacts(mary, connected), tour.outbox(mary), tour.consent(mary, f"other-{connected}"))

    assert [_faults(mary, each) for each in pages] == [{}, {}, {}]
