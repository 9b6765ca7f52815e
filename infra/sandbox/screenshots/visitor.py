"""Visitor: somebody at a browser in the sandbox, who takes pictures."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import requests
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from infra.sandbox.addresses import Ports, address

PICTURES = Path(__file__).parents[3] / "docs/pictures"
SYNC = "Synchronize Google Contacts"

_COLOURS = 128  # of a picture's palette: pages have few, and files stay small
_PATIENCE = 30
"""Seconds that anything may take."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser.

    Attributes:
        page: What they see.
        ports: Where the sandbox's parts are.
    """

    page: Page
    ports: Ports

    def sign_in(self, name: str) -> None:
        """Be one of SIMPLer's users."""
        self.open_simpler("/sign-in")
        self.press(f"Be {name}")
        self.sees("customers")

    def open_simpler(self, path: str) -> None:
        """Open a page of SIMPLer."""
        self.page.goto(address(self.ports.simpler) + path)

    def open_contacts(self, path: str) -> None:
        """Open a page of Google's address book."""
        self.page.goto(f"{address(self.ports.google)}/contacts/{path}")

    def open_console(self, page: str = "") -> None:
        """Open the console, or one of its other pages."""
        self.open_simpler("/users/google-accounts")
        if page:
            self.follow(page)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the first link that says this."""
        self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Press the only button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until something can be read."""
        expect(self.page.locator("main")).to_contain_text(text, timeout=_PATIENCE * 1000)

    def scroll_to(self, part: Locator) -> None:
        """Scroll until a part of the page is at the top."""
        part.evaluate("(part) => part.scrollIntoView()")

    def await_end(self) -> None:
        """Open the console, and wait until no run is on."""
        self.open_console()
        available = self.page.get_by_role("button", name=SYNC, disabled=False)
        available.wait_for(timeout=_PATIENCE * 1000)

    def hold(self, method: str, nth: int = 1) -> None:
        """Let one call of a method of Google's take until `let_go`."""
        fault = {"what": {"hang": 2 * _PATIENCE}, "method": method, "nth": nth}
        requests.post(self._faults, json=[fault], timeout=_PATIENCE).raise_for_status()

    def let_go(self) -> None:
        """Let Google answer at once."""
        requests.delete(self._faults, timeout=_PATIENCE).raise_for_status()

    def take(self, name: str, width: int = 1000, height: int = 720) -> None:
        """Take a picture of what a screen of that size shows."""
        self.page.wait_for_load_state()
        self.page.set_viewport_size({"width": width, "height": height})
        image = Image.open(BytesIO(self.page.screenshot(animations="disabled")))
        palette = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        palette.save(PICTURES / f"{name}.png", optimize=True)

    @property
    def _faults(self) -> str:
        return f"{address(self.ports.google)}/standin/faults"
