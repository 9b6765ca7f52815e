"""Process: our functions in a new process, and what its first calls, all at once, come to."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import requests

from infra.lab.first_calls.stage import CUSTOMER, TIME_ZONE, WISP, Stage

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds that a process may take to listen, an answer to come, and a run to end."""

EAGER = """\
import sys, threading, time

def turn(frame, event, _):
    if event == "return" and frame.f_code.co_name == "get_class_annotations":
        time.sleep(0.002)

sys.setswitchinterval(0.0005)
threading.setprofile(turn)
from infra.sandbox.functions import main
main()
"""
"""The functions, whose threads take turns often, and always in the midst of describing a type to msgspec:
what may happen once in a year then happens at once."""

_USER = {"id": "17", "email": "mary@corkwireless.example", "rights": ["user->gcontact"]}
_PRESS = {"wisp": WISP, "user": _USER}
_FOR_CUSTOMER = {**_PRESS, "customer": CUSTOMER}
_CALLS: tuple[tuple[str, Mapping[str, Any], Mapping[str, str]], ...] = (
    ("sync_all", {"time_zone": TIME_ZONE}, {}),
    ("watchdog", {}, {}),
    ("sync_wisp", {"wisp": WISP}, {}),
    ("start_sync", _PRESS, {}),
    ("sync_status", _PRESS, {}),
    ("sync_customer", _FOR_CUSTOMER, {}),
    ("sync_customer", _FOR_CUSTOMER, {}),
    ("customer_status", _FOR_CUSTOMER, {}),
    ("suggestions", _PRESS, {}),
    ("outage_list", _PRESS, {}),
    ("preview_sync", _PRESS, {}),
    ("email_vcard", _FOR_CUSTOMER, {}),
    ("email_vcard", _FOR_CUSTOMER, {"Accept": "text/vcard"}),
    ("console_link", _PRESS, {}),
    ("wisp_settings", {**_PRESS, "do": "check"}, {}),
    ("operate", {"do": "wisps list"}, {}),
    ("console", {}, {}),
)
"""Every function, with its body and headers; the console gets a browser's GET."""


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of a process.

    Attributes:
        died: With which code it ended by itself, negative for a signal; None: it lived on.
        statuses: HTTP statuses in the order of the calls; 0 where no answer came.
        idle: Whether its runs had ended when it was looked at last.
        log: The end of what it wrote.
    """

    died: int | None
    statuses: tuple[int, ...]
    idle: bool
    log: str

    @property
    def well(self) -> bool:
        """Whether it lived, answered everything, and nothing went wrong inside."""
        return self.died is None and self.idle and all(200 <= status < 500 for status in self.statuses)  # noqa: PLR2004  HTTP's classes


def meet(stage: Stage, folder: Path, *, eager: bool) -> Fate:
    """Start a process, call every function at once before it has been called at all, and look what it does.

    Args:
        stage: What is around it.
        folder: For its state and its log; not there yet.
        eager: Whether its threads take turns as in `EAGER`, or as Python lets them.
    """
    command = ["-c", EAGER] if eager else ["-m", "infra.sandbox.functions"]
    settings = stage.settings(folder)
    with (folder / "log").open("w+b") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", "0"], env=settings, stdout=log, stderr=log
        )
        try:
            address = until(partial(_address, folder / "log"), process)
            statuses = _statuses(address) if address else ()
            idle = bool(address and until(partial(_is_idle, address), process))
            died = process.poll()
        finally:
            process.terminate()
            process.wait()
        log.seek(0)
        return Fate(died, statuses, idle, log.read().decode(errors="replace")[-4000:])


def _address(log: Path) -> str:
    """Return where the functions are, once they say so; asking them would be a first call."""
    found = re.search(r"http://[\d.:]+", log.read_text(errors="replace"))
    return found[0] if found else ""


def _statuses(address: str) -> tuple[int, ...]:
    start = threading.Barrier(len(_CALLS))
    with ThreadPoolExecutor(len(_CALLS)) as pool:
        return tuple(pool.map(partial(_status, address, start), _CALLS))


def _status(
    address: str, start: threading.Barrier, call: tuple[str, Mapping[str, Any], Mapping[str, str]]
) -> int:
    function, body, headers = call
    start.wait()
    try:
        if function == "console":
            return requests.get(f"{address}/console/", timeout=PATIENCE).status_code
        url = f"{address}/{function}"
        return requests.post(url, json=body, headers=headers, timeout=PATIENCE).status_code
    except requests.RequestException:
        return 0


def _is_idle(address: str) -> bool:
    answer = requests.post(f"{address}/sync_status", json=_PRESS, timeout=PATIENCE)
    return answer.ok and answer.json()["running"] is None


def until(found: Callable[[], T | None], process: subprocess.Popen[bytes]) -> T | None:
    """Return what is found at last; None when the process died before, or patience ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if result := found():
                return result
        except requests.RequestException:
            pass
        time.sleep(0.05)
    return None
