"""`console_link`: SIMPLer's backend asks for the address that lets a user in."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from functions.console.web import link
from shared.replace import replace
from tests.functions import served
from tests.functions.served import JOE, MARY, Served
from tests.world import World

CONSOLE = "https://console.example/google"


@contextmanager
def of_a_console(world: World, console_url: str) -> Iterator[Served]:
    """Serve the functions of a world that has a console."""
    settled = replace(world, services=replace(world.services, console_url=console_url))
    with served.served(settled) as functions:
        yield functions


@pytest.fixture
def functions(world: World) -> Iterator[Served]:
    """The function of a world whose console has a public address."""
    with of_a_console(world, CONSOLE) as address:
        yield address


def test_it_gives_an_address_that_is_good_for_five_minutes(functions: Served, world: World) -> None:
    """The console's own, with a token that names the wisp and the user."""
    answer = functions.press("console_link")
    address, _, token = answer.json()["url"].partition("?link=")
    redeemed = link.redeem(world.services, token)

    assert answer.status_code == 200
    assert address == f"{CONSOLE}/enter"
    assert answer.json()["expires_in"] == 300
    assert redeemed.wisp == "acme"
    assert redeemed.user.id == "17"
    assert redeemed.user.email == "mary@example.com"


def test_every_link_is_another_one(functions: Served) -> None:
    """Each opens the console once, so each press needs its own."""
    first, second = (functions.press("console_link").json()["url"] for _ in range(2))

    assert first != second


def test_without_the_right_there_is_no_link(functions: Served) -> None:
    """403, with who can help."""
    answer = functions.post("console_link", wisp="acme", user=JOE)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:simpler-contacts:problem:user.right"


def test_an_unknown_wisp_has_no_console(functions: Served) -> None:
    """404."""
    answer = functions.post("console_link", wisp="none", user=MARY)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:simpler-contacts:problem:wisp.unknown"


def test_without_an_address_of_the_console_an_operator_is_needed(world: World) -> None:
    """500, and nothing about settings for the caller."""
    with of_a_console(world, "") as functions:
        answer = functions.press("console_link")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:simpler-contacts:problem:setting.missing"
    assert "CONSOLE_URL" not in answer.text


def test_it_is_a_function_like_the_others(functions: Served) -> None:
    """POST with JSON, and no members that it does not know."""
    looked = requests.get(f"{functions.address}/console_link/", timeout=30)
    more = functions.press("console_link", page="/runs")

    assert looked.status_code == 405
    assert more.status_code == 400
