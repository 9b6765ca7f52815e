"""Pages that say what went wrong: kindly, with the request's id, and with nothing else."""

from typing import NoReturn

import pytest

from shared.domain.model.wisp import Wisp
from shared.errors import RetryLater
from shared.ports import CustomerSource, Drop
from shared.replace import replace
from shared.usecases.base.documents import account_put
from tests.functions.console_kit import Browser, Console
from tests.world import World

SECRET = "the-secret-that-nobody-may-see"


def test_an_unknown_address_is_a_page(mary: Browser) -> None:
    """404, with the menu to go on."""
    page = mary.get("/nothing/here")

    assert mary.answer.status_code == 404
    assert page.one("h1").text == "This page does not exist"
    assert page.all("code") == []  # nobody need be told of it


def test_before_an_account_is_connected_the_page_has_the_button_for_that(mary: Browser, world: World) -> None:
    """It sends nobody to another page, as the answer that SIMPLer's own button shows does."""
    world.services.state.write(*(Drop(f"wisps/acme/accounts/{each.id}") for each in world.accounts))
    page = mary.get("/preview")

    assert page.one("h1").text == "No Google account yet"
    assert page.one("p", **{"class": "lead"}).text == (
        "Nothing can be compared or changed before one is connected."
    )
    assert [node.text for node in page.one("main").all("button")] == ["Connect a Google account"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_a_method_that_no_page_has_is_refused(mary: Browser, method: str) -> None:
    """405, as a page."""
    mary.answer = mary.session.request(method, f"{mary.address}/", timeout=30)

    assert mary.answer.status_code == 405
    assert mary.page.one("h1").text == "This page cannot be used like that"


def test_a_form_that_is_too_large_is_refused(mary: Browser) -> None:
    """413, as a page, and nothing happened."""
    mary.post("/preview/allow", {"csrf": mary.csrf, "token": "x" * 1_100_000})

    assert mary.answer.status_code == 413
    assert mary.page.one("h1").text == "That was too much"


def test_an_error_that_nobody_expected_shows_the_requests_id_only(
    mary: Browser, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    """No trace, no message, no type."""

    def broken(_: Wisp) -> NoReturn:
        raise ValueError(SECRET)

    console.services = replace(console.services, source=broken)
    page = mary.get("/quality")

    assert mary.answer.status_code == 500
    assert page.one("h1").text == "Something went wrong"
    assert page.one("code").text == mary.answer.headers["X-Request-Id"]
    assert SECRET not in mary.answer.text
    assert "ValueError" not in mary.answer.text
    assert "Traceback" not in mary.answer.text


def test_what_may_succeed_later_says_so(mary: Browser, console: Console) -> None:
    """503 with Retry-After, and the sentence for people."""

    def busy(_: Wisp) -> CustomerSource:
        raise RetryLater("simpler.down", SECRET, "SIMPLer does not answer at the moment.", after=30)

    console.services = replace(console.services, source=busy)
    page = mary.get("/quality")

    assert mary.answer.status_code == 503
    assert mary.answer.headers["Retry-After"] == "30"
    assert page.one("h1").text == "Please try again in a moment"
    assert page.one("code").text == mary.answer.headers["X-Request-Id"]
    (again,) = [link for link in page.all("a") if link.text == "Try again"]
    assert again.attributes["href"].startswith("/quality")
    assert "SIMPLer does not answer at the moment." in page.text
    assert SECRET not in mary.answer.text


@pytest.mark.parametrize("account", ["borealis-1", "none", "acme-0 ", "%2e%2e", "ü", "x" * 300])
def test_an_account_of_another_wisp_is_as_unknown_as_one_that_never_was(
    mary: Browser, world: World, account: str
) -> None:
    """404 from every page and form that names one."""
    other = replace(world.accounts[0], id="borealis-1", wisp="borealis")
    world.services.state.write(account_put(other))
    secret = mary.csrf
    mary.get(f"/accounts/{account}/disconnect")
    shown = mary.answer.status_code
    mary.post(f"/accounts/{account}/disconnect", {"csrf": secret, "contacts": "remove"})
    posted = mary.answer.status_code
    mary.post("/connect", {"csrf": secret, "account": account})

    assert shown == 404
    assert posted == 404
    assert mary.answer.status_code == 404
