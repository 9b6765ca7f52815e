"""Forms count only when they come from one of our own pages, in the session they were made for."""

import pytest

from functions.console.app import ROUTES
from tests.functions.console_kit import Browser, Console
from tests.functions.served import MARY
from tests.world import World

POSTS = [route.path.replace("<account>", "acme-0") for route in ROUTES if route.method == "POST"]
OF_ANOTHER_SITE = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
)


def test_every_form_of_every_page_carries_the_sessions_secret(mary: Browser) -> None:
    """No form that changes something is without it."""
    for path in (
        "/",
        "/preview",
        "/accounts/acme-0",
        "/accounts/acme-0/disconnect",
        "/accounts/acme-0/scope",
        "/connect",
        "/customer?id=7",
        "/settings",
    ):
        forms = mary.get(path).all("form", method="post")

        assert all(form.one("input", name="csrf").attributes["value"] for form in forms)
    assert len(POSTS) == 17


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_secret_does_nothing(mary: Browser, world: World, path: str) -> None:
    """None, an empty one, a wrong one: 403, and nothing happened."""
    for fields in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": "ü"}):
        page = mary.post(path, fields)

        assert mary.answer.status_code == 403
        assert page.one("h1").text == "Nothing was done"
    assert world.tasks.tasks == []
    assert "office0@example.com" in mary.get("/").text


@pytest.mark.parametrize("path", POSTS)
def test_the_secret_of_another_session_does_not_do(
    mary: Browser, console: Console, world: World, path: str
) -> None:
    """Also when it is the same user's."""
    with console.browser() as other:
        secret = other.enter(MARY).csrf  # in another browser
    mary.post(path, {"csrf": secret})

    assert mary.answer.status_code == 403
    assert world.tasks.tasks == []


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(mary: Browser, world: World, path: str) -> None:
    """Even with the right secret, and wherever it comes from."""
    secret = mary.csrf
    answers = []
    for headers in OF_ANOTHER_SITE:
        mary.post(path, {"csrf": secret}, headers)
        answers.append((headers, mary.answer.status_code))

    assert answers == [(headers, 403) for headers in OF_ANOTHER_SITE]
    assert world.tasks.tasks == []


@pytest.mark.parametrize("known", [True, False])
def test_browsers_that_say_where_they_come_from_and_ones_that_do_not(mary: Browser, known: bool) -> None:
    """Our own origin passes; without an origin the secret alone decides."""
    headers = {"Origin": mary.address, "Sec-Fetch-Site": "same-origin"} if known else {}
    mary.post("/sync", {"csrf": mary.csrf}, headers)

    assert mary.answer.status_code == 200
    assert mary.answer.url.startswith(f"{mary.address}/?after=")


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_changed_by_going_to_an_address(mary: Browser, world: World, path: str) -> None:
    """Where there is no page to show, a GET is refused."""
    mary.get(path)

    is_page = path in {"/connect", "/accounts/acme-0/disconnect", "/accounts/acme-0/scope", "/settings"}
    assert mary.answer.status_code == (200 if is_page else 405)
    assert world.tasks.tasks == []
