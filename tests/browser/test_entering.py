"""Entering the console: by a link of SIMPLer's, once, for an hour."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.person import Person

COOKIE = "simpler-session"
AGAIN = "Please open this page again from SIMPLer"


def test_a_visit_ends_when_its_cookie_does(mary: Person) -> None:
    """The page that was open tells it by itself, and SIMPLer opens it again."""
    mary.page.clock.install()
    mary.open_console()
    mary.page.context.clear_cookies(name=COOKIE)
    mary.page.clock.run_for(15_000)

    mary.sees(AGAIN)
    mary.open_console()


def test_a_forged_visit_is_refused(mary: Person) -> None:
    """A cookie with another user's name in it is as good as none."""
    mary.open_console()
    (cookie,) = [each for each in mary.page.context.cookies() if each.get("name") == COOKIE]
    value = cookie.get("value", "")
    end = "A" if value[-2] != "A" else "B"
    forged = {**cookie, "value": value[:-2] + end + value[-1]}
    mary.page.context.add_cookies([forged])  # type: ignore[list-item]  # what it gave, with another value
    mary.page.reload()

    mary.sees(AGAIN)


def test_a_link_opens_once(mary: Person, somebody: Callable[..., Person]) -> None:
    """Who finds it afterwards, in a browser's history or a proxy's log, is not let in."""
    with mary.page.expect_request(lambda request: "/enter?link=" in request.url) as entered:
        mary.open_console()
    thief = somebody()
    thief.page.goto(entered.value.url)

    thief.sees("This link has been used already; each opens the page once.")
    thief.page.goto(mary.page.url)
    thief.sees(AGAIN)
    mary.page.reload()
    expect(mary.page.get_by_role("heading", level=1)).to_have_text("Google accounts")
