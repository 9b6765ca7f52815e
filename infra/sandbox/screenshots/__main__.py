"""Starts a sandbox and a browser, walks through, and tells what came of it."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from infra.sandbox.addresses import START_PAGE, Ports, choose_ports
from infra.sandbox.browser import CHROMIUM, chromium
from infra.sandbox.machine import running
from infra.sandbox.screenshots import walk
from infra.sandbox.screenshots.visitor import PICTURES, Visitor


def main() -> None:
    """Make all pictures anew, or say what is missing for it."""
    if not CHROMIUM.exists():
        sys.exit("Chromium was not found; tests/browser/setup installs it.")
    ports = choose_ports(START_PAGE)
    with (
        TemporaryDirectory() as folder,
        running(Path(folder) / "data", ports, connected=False),
        chromium() as browser,
    ):
        _walk(browser, ports)
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(PICTURES.parents[1])}  {picture.stat().st_size // 1024} KB")


def _walk(browser: Browser, ports: Ports) -> None:
    mary, nora = (Visitor(browser.new_page(device_scale_factor=1.5), ports) for _ in range(2))
    walk.see_users(mary)
    walk.connect(mary)
    walk.see_one_customer(mary)
    walk.see_the_label(mary)
    walk.see_it_taken(mary, nora)
    walk.work_a_day(mary)
    walk.look_back(mary)
    walk.look_one_up(mary)
    walk.choose_customers(mary)
    walk.see_an_outage(mary)
    walk.see_it_on_a_phone(nora)


if __name__ == "__main__":
    main()
