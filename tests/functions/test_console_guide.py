"""The help pages: open to anybody, since a phone has not come from SIMPLer; they tell nothing of anybody."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.functions.console_kit import Browser, Console
from tests.world import World

PAGES = ("/help", "/help/administrators")


@pytest.mark.parametrize("path", PAGES)
def test_anybody_may_read_the_help(console: Console, path: str) -> None:
    """Without a session: no menu, and nothing of any WISP; small enough for a phone."""
    with console.browser() as browser:
        page = browser.get(path)

    assert browser.answer.status_code == 200
    assert page.all("nav") == []
    assert "ACME" not in browser.answer.text
    assert len(browser.answer.content) < 30_000


@pytest.mark.parametrize("path", PAGES)
def test_who_has_come_from_simpler_keeps_the_menu(mary: Browser, path: str) -> None:
    """And reads the label's name."""
    page = mary.get(path)

    assert page.one("nav").one("a", **{"aria-current": "page"}).text == "Help"
    assert ("Azotel SIMPLer - ACME Wireless" in page.text) == (path == "/help")


def test_the_help_says_who_becomes_a_contact_and_how_fast_a_change_shows(mary: Browser) -> None:
    """Not every customer does, and triggers are quicker than the night."""
    text = mary.get("/help").text

    assert "Every customer in SIMPLer whose status is chosen under Settings becomes one contact" in text
    assert "every night at 05:00; within two minutes where" in text


def test_the_code_leads_a_phone_to_the_help(mary: Browser, console: Console) -> None:
    """As a camera reads it, and as it is written below."""
    page = mary.get("/help")
    picture = page.one("img", **{"class": "code"}).attributes["src"]
    mary.answer = mary.session.get(f"{mary.address}{picture}", timeout=30)
    [read] = zxingcpp.read_barcodes(Image.open(BytesIO(mary.answer.content)))

    assert mary.answer.headers["Content-Type"] == "image/png"
    assert read.text == f"{console.address}/help"
    assert read.text in page.text


def test_the_help_needs_no_database(mary: Browser, world: World) -> None:
    """Nothing is asked of SIMPLer or Google."""
    mary.get("/help")

    assert world.simpler.state.calls == []
    assert world.people_requests() == 0
