"""The pictures in docs/pictures, made anew: ``python -m infra.local.screenshots``.

They are of a fresh sandbox, whose customers are always the same; only the times in them differ.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from infra.local.browser import CHROMIUM, chromium
from infra.local.sandbox.addresses import Ports, address, choose_ports
from infra.local.sandbox.machine import running
from infra.local.sandbox.seed import ACCOUNTS, OFFICE

PICTURES = Path(__file__).parents[2] / "docs/pictures"
DESK: dict[str, Any] = {"viewport": {"width": 1000, "height": 700}, "device_scale_factor": 1.5}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}

VAN = ACCOUNTS[1]
SYNC = "Synchronize Google Contacts"

_COLOURS = 128  # of a picture's palette: pages have few, and files stay small
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser in the sandbox.

    Attributes:
        page: What they see.
        ports: Where everything is.
    """

    page: Page
    ports: Ports

    def open(self, port: int, path: str) -> None:
        """Open a page of one of the parts."""
        self.page.goto(address(port) + path)

    def press(self, name: str) -> None:
        """Press the only button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until something can be read."""
        expect(self.page.locator("main")).to_contain_text(text, timeout=_SECONDS * 1000)

    def sign_in(self, name: str) -> None:
        """Be one of SIMPLer's users."""
        self.open(self.ports.simpler, "/sign-in")
        self.press(f"Be {name}")
        self.sees("Customers")

    def open_console(self, page: str = "") -> None:
        """Open the console, or one of its other pages."""
        self.open(self.ports.simpler, "/users/google-accounts")
        if page:
            self.page.get_by_role("link", name=page, exact=True).click()

    def await_end(self) -> None:
        """Wait at the console's first page until no run is on."""
        self.open_console()
        available = self.page.get_by_role("button", name=SYNC, disabled=False)
        available.wait_for(timeout=_SECONDS * 1000)
        self.sees("Last run")

    def take(self, name: str) -> None:
        """Take a picture of what is on the screen."""
        self.page.wait_for_load_state()
        image = Image.open(BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
        palette = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        palette.save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    """Make them all, or say what is missing for it."""
    if not CHROMIUM.exists():
        sys.exit("Chromium was not found; tests/browser/setup installs it.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    ports = choose_ports(0)
    with TemporaryDirectory() as folder, running(Path(folder) / "data", ports, connected=False):
        with chromium() as browser:
            _walk(browser, ports)
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(PICTURES.parents[1])}  {picture.stat().st_size // 1024} KB")


def _walk(browser: Browser, ports: Ports) -> None:
    mary = Visitor(browser.new_page(**DESK), ports)
    mary.sign_in("Mary Murphy")
    mary.open(ports.simpler, "/users/")
    mary.take("users")
    _connect(mary)
    _change(mary)
    _look_back(mary)
    _one_customer(mary)
    _second_user(mary, Visitor(browser.new_page(**DESK), ports))
    _phone(Visitor(browser.new_page(**PHONE), ports))


def _connect(mary: Visitor) -> None:
    """Connect two accounts, the first one slowly enough for a picture."""
    with_pause = _pausing(mary, "people.batchCreateContacts", 2)
    _consent(mary, OFFICE, lambda: mary.take("consent"))
    mary.sees("Writing to Google Contacts: 200 of")
    mary.take("running")
    with_pause()
    mary.await_end()
    _consent(mary, VAN, lambda: None)
    mary.await_end()


def _consent(mary: Visitor, email: str, look: Callable[[], None]) -> None:
    mary.open_console()
    mary.press("Connect a Google account")
    mary.press(email)
    mary.page.get_by_role("checkbox", name="contacts").check()
    look()
    mary.press("Continue")
    mary.sees(f"{email} is connected.")
