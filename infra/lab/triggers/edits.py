"""Edits: from SIMPLer to Google in the sandbox, by the machine's own clock."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import requests

from infra.lab.first_calls.process import PATIENCE
from infra.sandbox.addresses import address, choose_ports
from infra.sandbox.machine import running
from infra.sandbox.seed import OFFICE
from infra.sandbox.settings import WISP, environment
from shared.bootstrap import build
from shared.config import Settings
from shared.usecases.wisps.trigger_key import make_key

_TIMEOUT = 60
_AT_ONCE = 8
_BETWEEN = 0.2
"""Seconds between looks into the account."""


def edits(folder: Path, counts: Sequence[int]) -> list[tuple[int, float]]:
    """Edit so many customers at once, each with its trigger; return the seconds until all are in Google.

    Args:
        folder: For the sandbox; not there yet.
        counts: How many customers, one time after another.
    """
    ports = choose_ports(0)
    with running(folder, ports, connected=True), ThreadPoolExecutor(_AT_ONCE) as pool:
        key = make_key(build(Settings.read(environment(folder.resolve(), ports))), WISP, "the lab").key
        google, simpler = address(ports.google), address(ports.simpler)
        known = _ids(_contacts(google))
        found = []
        for count in counts:
            mark = f"Moved {count}"
            edit = partial(_edit, simpler, f"{address(ports.functions)}/customer_changed/", key, mark)
            begun = time.monotonic()
            list(pool.map(edit, known[:count]))
            while str(_contacts(google)).count(mark) < count:
                if time.monotonic() > begun + PATIENCE * 3:
                    raise SystemExit(f"{count} edits are not in Google")
                time.sleep(_BETWEEN)
            found.append((count, time.monotonic() - begun))
        return found


def _edit(simpler: str, endpoint: str, key: str, mark: str, customer: str) -> None:
    """Do what SIMPLer does when somebody has saved a customer."""
    changed = requests.patch(
        f"{simpler}/standin/customers/{customer}", json={"name": f"{mark} {customer}"}, timeout=_TIMEOUT
    )
    changed.raise_for_status()
    told = {"wisp": WISP, "customer": customer, "key": key}
    requests.post(endpoint, data=told, timeout=_TIMEOUT).raise_for_status()


def _contacts(google: str) -> list[dict[str, Any]]:
    """Return the account's contacts that show a customer."""
    account = requests.get(f"{google}/standin/accounts/{OFFICE}", timeout=_TIMEOUT).json()
    return [person for person in account["contacts"].values() if "externalIds" in person]


def _ids(contacts: Sequence[dict[str, Any]]) -> list[str]:
    return sorted(person["externalIds"][0]["value"] for person in contacts)
