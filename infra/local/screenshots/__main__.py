"""Starts a sandbox and a browser, walks through, and tells what came of it."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser

from infra.local.browser import CHROMIUM, chromium
from infra.local.sandbox.addresses import Ports, choose_ports
from infra.local.sandbox.machine import running
from infra.local.screenshots import walk
from infra.local.screenshots.visitor import PICTURES, Visitor

DESK: dict[str, Any] = {"viewport": {"width": 1000, "height": 720}, "device_scale_factor": 1.5}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


def main() -> None:
    """Make all pictures anew, or say what is missing for it."""
    if not CHROMIUM.exists():
        sys.exit("Chromium was not found; tests/browser/setup installs it.")
    ports = choose_ports(0)
    with (
        TemporaryDirectory() as folder,
        running(Path(folder) / "data", ports, connected=False),
        chromium() as browser,
    ):
        _walk(browser, ports)
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(PICTURES.parents[1])}  {picture.stat().st_size // 1024} KB")


def _walk(browser: Browser, ports: Ports) -> None:
    mary = Visitor(browser.new_page(**DESK), ports)
    walk.see_users(mary)
    walk.connect(mary)
    walk.work_a_day(mary)
    walk.look_back(mary)
    walk.see_one_customer(mary)
    walk.see_it_taken(mary, Visitor(browser.new_page(**DESK), ports))
    walk.see_it_on_a_phone(Visitor(browser.new_page(**PHONE), ports))


if __name__ == "__main__":
    main()
