"""Browser: Debian's Chromium, for whoever looks at the pages by program: the tests and the pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_WITHOUT_WINDOWS = Path("/usr/lib/chromium/chromium-headless-shell")
"""The same browser without what only a window needs; it takes a third of the processor's time."""

CHROMIUM = _WITHOUT_WINDOWS if _WITHOUT_WINDOWS.exists() else Path("/usr/bin/chromium")

_OPTIONS = (
    "--no-sandbox",  # containers do not let Chromium make one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser without a window, while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()
