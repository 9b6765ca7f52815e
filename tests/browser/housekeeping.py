"""The sandbox made ready for a test, and left as the next test wants it."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin

import requests

from shared.ports import CONTACTS
from tests.patience import PATIENCE, until
from tests.sandbox import Browser, Sandbox

FEW = 40
"""Customers with whom a run is over at once."""

MANY = 260
"""More than Google takes in one batch, so that a run can be halfway."""


def customers(box: Sandbox) -> list[dict[str, Any]]:
    """Return all customers as SIMPLer has them."""
    records: list[dict[str, Any]] = requests.get(f"{box.simpler}/standin/customers", timeout=PATIENCE).json()
    return records


def have_customers(box: Sandbox, records: list[dict[str, Any]]) -> None:
    """Let SIMPLer have these customers and no other."""
    requests.put(f"{box.simpler}/standin/customers", json=records, timeout=PATIENCE).raise_for_status()


def change_all(box: Sandbox) -> None:
    """Give every customer another product, so that a run has every contact to write."""
    have_customers(box, [{**record, "product": "One more"} for record in customers(box)])


def hang(box: Sandbox, method: str, *, nth: int = 1) -> None:
    """Let one call of a method of Google's take until `heal`."""
    fault = {"what": {"hang": 60}, "method": method, "nth": nth}
    requests.post(f"{box.google}/standin/faults", json=[fault], timeout=PATIENCE).raise_for_status()


def heal(box: Sandbox) -> None:
    """Let everything at Google go right; what hangs goes on."""
    requests.delete(f"{box.google}/standin/faults", timeout=PATIENCE).raise_for_status()


def contacts(box: Sandbox, email: str) -> int:
    """Return how many contacts an account has."""
    answer = requests.get(f"{box.google}/standin/accounts/{email}", timeout=PATIENCE)
    return len(answer.json()["contacts"])


def connect(box: Sandbox, email: str) -> None:
    """Connect an account as Mary does, but for the browser; that it can be done in one, other tests show."""
    with box.browser("mary") as mary:
        page = mary.get(f"{box.simpler}/users/google-accounts")
        leads_on = mary.send(urljoin(page.url, "connect"), csrf=_csrf(page.text)).text
        way = re.search(r'href="([^"]+/o/oauth2/[^"]+)"', leads_on)
        assert way, leads_on
        address, _, query = unescape(way[1]).partition("?")
        consent = {**dict(parse_qsl(query)), "account": email, "grant": CONTACTS, "decision": "continue"}
        said = mary.send(address, **consent)
        assert f"{email} is connected." in said.text, said.text


def settle(box: Sandbox) -> None:
    """Wait until no run is on."""
    with box.browser("mary") as mary:
        console = mary.get(f"{box.simpler}/users/google-accounts").url
        until(lambda: not mary.get(urljoin(console, "progress")).json()["run"])


def tidy_up(box: Sandbox) -> None:
    """End what a test has begun, and disconnect whatever it has connected."""
    heal(box)
    settle(box)
    with box.browser("mary") as mary:
        page = mary.get(f"{box.simpler}/users/google-accounts")
        for way in re.findall(r'href="([^"]+/disconnect)"', page.text):
            _disconnect(mary, urljoin(page.url, way))


def _disconnect(mary: Browser, page: str) -> None:
    mary.send(page, csrf=_csrf(mary.read(page)), contacts="keep").raise_for_status()


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]
