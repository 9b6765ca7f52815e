"""The sandbox as anybody starts it, and a browser without scripts to walk through it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.patience import PATIENCE

_ADDRESS = re.compile(r"The sandbox is at (http://[\d.:]+)/")


@dataclass
class Browser:
    """Somebody with a browser: cookies, and the origin in every form that is sent."""

    http: requests.Session = field(default_factory=requests.Session)

    def get(self, url: str) -> requests.Response:
        """Open a page."""
        return self.http.get(url, timeout=PATIENCE)

    def read(self, url: str) -> str:
        """Return what a page says, as its source with readable characters."""
        answer = self.get(url)
        answer.raise_for_status()
        return unescape(answer.text)

    def send(self, url: str, origin: str | None = None, **form: str) -> requests.Response:
        """Send a form from a page of the same place, or from another one's."""
        parts = urlsplit(url)
        headers = {"Origin": origin or f"{parts.scheme}://{parts.netloc}"}
        return self.http.post(url, data=form, headers=headers, timeout=PATIENCE)


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox.

    Attributes:
        process: The leader of its process group.
        start_page: Its address.
        simpler: Address of SIMPLer.
        google: Address of Google.
        mail: Address of the outbox's server.
    """

    process: subprocess.Popen[str]
    start_page: str
    simpler: str
    google: str
    mail: str

    @contextmanager
    def browser(self, user: str = "") -> Iterator[Browser]:
        """Give a browser, signed in to SIMPLer as a user."""
        with requests.Session() as session:
            browser = Browser(session)
            if user:
                browser.send(f"{self.simpler}/sign-in", user=user)
            yield browser


@contextmanager
def sandbox(folder: Path, *options: str) -> Iterator[Sandbox]:
    """Run the sandbox on free ports, as a program, while the block runs."""
    command = [sys.executable, "-m", "infra.sandbox", "--port", "0", "--folder", str(folder), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            yield _parts(process)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)


def _parts(process: subprocess.Popen[str]) -> Sandbox:
    assert process.stdout
    said = process.stdout.readline()
    found = _ADDRESS.match(said)
    assert found, said + process.stdout.read()
    page = requests.get(f"{found[1]}/", timeout=PATIENCE).text
    links = (re.search(rf'href="(http://[\d.:]+){path}"', page) for path in ("/", "/contacts/", "/outbox/"))
    return Sandbox(process, found[1], *(link[1] for link in links if link))
