"""Load: callers who call one function again and again; how long answers take, and the process's memory."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from infra.lab.first_calls.process import PATIENCE, until
from infra.lab.first_calls.stage import CUSTOMER, WISP, Stage

_USER = {"id": "17", "email": "mary@corkwireless.example", "rights": ["user->gcontact"]}
_PRESS = {"wisp": WISP, "user": _USER}
_SITE = "Macroom"
"""A site of the stand-in's customers; a tenth of them are served there."""

_LONGEST = 300.0

FUNCTIONS = (
    "sync_status",
    "start_sync",
    "sync_customer",
    "customer_status",
    "suggestions",
    "outage_list",
    "preview_sync",
    "email_vcard",
    "console_link",
    "console",
    "wisp_settings",
)
"""Those for which somebody waits: SIMPLer's backend calls them; of `console`, people open the first page."""


@dataclass(frozen=True, slots=True)
class Load:
    """What many callers of a function met.

    Attributes:
        function: Its name.
        seconds: How long each answer took, ascending.
        statuses: How many answers had which status.
        mebibytes: The most memory that the process had.
    """

    function: str
    seconds: Sequence[float]
    statuses: Mapping[int, int]
    mebibytes: float

    def share(self, part: float) -> float:
        """Return the seconds within which this part of the answers came."""
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * part))]


@contextmanager
def functions(stage: Stage, folder: Path) -> Iterator[tuple[str, int]]:
    """Run our functions in a new process on its own copy of the state; give their address and its id."""
    with process(stage.settings(folder), folder / "log") as found:
        yield found


@contextmanager
def process(settings: Mapping[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """Run our functions in a new process with these settings; give their address and its id."""
    with log.open("wb") as written:
        command = [sys.executable, "-m", "infra.sandbox.functions", "--port", "0"]
        started = subprocess.Popen(command, env=settings, stdout=written, stderr=written)
        try:
            address = until(partial(_address, log), started)
            if not address:
                raise SystemExit(f"the functions did not start; see {log}")
            yield address, started.pid
        finally:
            started.terminate()
            started.wait()


def load(stage: Stage, folder: Path, function: str, callers: int, seconds: float) -> Load:
    """Let this many callers call a function for a while, each as soon as it is answered.

    Args:
        stage: What is around the functions.
        folder: For the process's state; not there yet.
        function: Its name.
        callers: How many at once.
        seconds: For how long they begin calls; each begins one at least.
    """
    with functions(stage, folder) as (address, pid), ThreadPoolExecutor(callers) as pool:
        end = time.monotonic() + seconds
        call = partial(_call, address, function, end=end)
        found = [each for caller in pool.map(call, range(callers)) for each in caller]
        return Load(
            function,
            sorted(took for took, _ in found),
            Counter(status for _, status in found),
            _most_memory(pid),
        )


def start_among_presses(stage: Stage, folder: Path, callers: int, seconds: float) -> float:
    """Press a run's button while others press customers' buttons; return the seconds until it begins."""
    with functions(stage, folder) as (address, _), ThreadPoolExecutor(callers) as pool:
        end = time.monotonic() + seconds
        others = [pool.submit(_call, address, "sync_customer", n, end=end) for n in range(callers - 1)]
        time.sleep(seconds / 3)
        pressed = time.monotonic()
        answer = _post(address, "start_sync", _PRESS)
        while answer.status_code != requests.codes.accepted and time.monotonic() < pressed + PATIENCE:
            answer = _post(address, "start_sync", _PRESS)
        run = answer.json().get("run")
        while not _has_begun(_post(address, "sync_status", _PRESS).json(), run):
            time.sleep(0.1)
        begun = time.monotonic() - pressed
        for each in others:
            each.result()
        return begun


def _has_begun(status: Mapping[str, Any], run: str) -> bool:
    running = status["running"]
    if running and running["run"] == run:
        return bool(running["phase"] != "waiting")
    return any(each["run"] == run and each["state"] != "waiting" for each in status["last_runs"])


def _call(address: str, function: str, caller: int, *, end: float) -> list[tuple[float, int]]:
    body = _BODIES.get(function, dict)() | _PRESS
    cookie = _entered(address) if function == "console" else ""
    found: list[tuple[float, int]] = []
    while not found or time.monotonic() < end:
        if "customer" in body:  # each caller has customers of their own
            body["customer"] = str(int(CUSTOMER) + caller * 7 + len(found) % 7)
        start = time.monotonic()
        answer = _opened(address, cookie) if cookie else _post(address, function, body)
        found.append((time.monotonic() - start, answer.status_code))
    return found


def _entered(address: str) -> str:
    """Return the cookie of somebody who has come into the console from SIMPLer."""
    link = urlsplit(_post(address, "console_link", _PRESS).json()["url"])
    entered = requests.get(
        f"{address}/console{link.path}?{link.query}", allow_redirects=False, timeout=_LONGEST
    )
    return entered.headers["Set-Cookie"].partition(";")[0]


def _opened(address: str, cookie: str) -> requests.Response:
    """Open the console's first page; the cookie is for HTTPS, which a browser's own jar would ask for."""
    headers = {"Cookie": cookie}
    return requests.get(f"{address}/console/", headers=headers, allow_redirects=False, timeout=_LONGEST)


_BODIES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "sync_customer": lambda: {"customer": ""},
    "customer_status": lambda: {"customer": ""},
    "email_vcard": lambda: {"customer": ""},
    "outage_list": lambda: {"site": _SITE},
    "wisp_settings": lambda: {"do": "read"},
}
"""What a function wants besides wisp and user."""


def _post(address: str, function: str, body: Mapping[str, Any]) -> requests.Response:
    headers = {"Accept": "text/vcard"} if function == "email_vcard" else {}
    return requests.post(f"{address}/{function}", json=body, headers=headers, timeout=_LONGEST)


def _address(log: Path) -> str:
    found = re.search(r"http://[\d.:]+", log.read_text(errors="replace"))
    return found[0] if found else ""


def _most_memory(pid: int) -> float:
    """Return the most memory that a process has had, in MiB (proc(5), ``VmHWM``)."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
