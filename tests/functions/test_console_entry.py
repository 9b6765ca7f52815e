"""The way into the console: links, sessions, and what becomes of those that are not good."""

from typing import Any

import pytest
import requests

from functions.console.app import ROUTES
from functions.console.web import link
from functions.console.web.link import LINK_SECONDS
from functions.console.web.session import SESSION_SECONDS, begin, seal
from functions.user import User
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from tests.functions.console_kit import Browser, Console
from tests.functions.served import MARY
from tests.world import World

REFUSED = "Please open this page again from SIMPLer"


def entered(console: Console, token: str) -> requests.Response:
    """Open a link in a new browser, and return the answer."""
    return requests.get(f"{console.address}/enter", params={"link": token}, timeout=30)


def test_a_link_opens_the_wisps_accounts_for_its_user(console: Console) -> None:
    """The browser is sent on to the accounts, and the link is no longer in its address."""
    with console.browser() as browser:
        browser.enter()

        assert [answer.status_code for answer in browser.answer.history] == [303]
        assert browser.page.one("h1").text == "Google accounts"
        assert browser.page.one("p", **{"class": "who"}).text == "ACME Wirelessmary@example.com"


def test_the_sessions_cookie_is_for_this_host_and_no_script(console: Console) -> None:
    """HttpOnly, SameSite=Lax, for the whole host, an hour; Secure is left out on this machine only."""
    with console.browser() as browser:
        address, token = f"{console.address}/enter", browser.link()
        answer = browser.session.get(address, params={"link": token}, allow_redirects=False, timeout=30)
        name, _, attributes = answer.headers["Set-Cookie"].partition("=")
        parts = {part.strip() for part in attributes.split(";")[1:]}

    assert name == "simpler-session"
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=3600"} <= parts
    assert not any(part.startswith(("Secure", "Domain")) for part in parts)


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(console: Console) -> None:
    """Its name begins with __Host-, which browsers take only with Secure; links keep the address's path."""
    console.services = replace(console.services, console_url="https://console.example/google")
    with console.browser() as browser:
        address, token = f"{console.address}/enter", browser.link()
        answer = browser.session.get(address, params={"link": token}, allow_redirects=False, timeout=30)

    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "; Secure; " in answer.headers["Set-Cookie"]
    assert answer.headers["Location"] == "/google/"


def test_a_link_opens_the_page_once(console: Console) -> None:
    """A second use is refused, and the page says what to do."""
    with console.browser() as browser:
        token = browser.link()
        first, second = entered(console, token), entered(console, token)

    assert first.status_code == 200
    assert second.status_code == 403
    assert "This link has been used already" in second.text
    assert "open it again from SIMPLer" in second.text
    assert "Set-Cookie" not in second.headers


def test_whoever_is_in_already_finds_the_way_back_from_a_link_that_is_used(mary: Browser) -> None:
    """The page has the menu, and nothing has become of the session."""
    page = mary.get("/enter", link="x")

    assert mary.answer.status_code == 403
    assert page.one("nav").attributes["aria-label"] == "Pages"
    assert mary.get("/").one("h1").text == "Google accounts"


def test_looking_at_a_link_does_not_use_it_up(console: Console) -> None:
    """A HEAD, by which some programs look at links, is refused and changes nothing."""
    with console.browser() as browser:
        token = browser.link()
        looked = requests.head(f"{console.address}/enter", params={"link": token}, timeout=30)

    assert looked.status_code == 405
    assert entered(console, token).status_code == 200


def test_a_link_is_good_for_five_minutes(console: Console, world: World) -> None:
    """At the last second it is, one later it is not."""
    with console.browser() as browser:
        early, late = browser.link(), browser.link()
    world.clock.advance(LINK_SECONDS)
    in_time = entered(console, early)
    world.clock.advance(1)
    too_late = entered(console, late)

    assert in_time.status_code == 200
    assert too_late.status_code == 403
    assert "open the page again from SIMPLer" in too_late.text


@pytest.mark.parametrize("change", [lambda t: "", lambda t: "x.y.z", lambda t: t[:-1], lambda t: "e" + t])
def test_a_forged_link_is_refused(console: Console, change: Any) -> None:
    """Empty, made up, cut or changed: nobody gets in, and no cookie is set."""
    with console.browser() as browser:
        answer = entered(console, change(browser.link()))

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert "This link cannot be used" in answer.text


def test_a_session_is_no_link_and_a_link_no_session(console: Console, world: World) -> None:
    """What was signed for one purpose is refused for another."""
    signed = console.services.signed()
    user = User("17", "mary@example.com", ("user->gcontact",))
    session = seal(begin("acme", user, world.clock.now()), signed)
    with console.browser() as browser:
        browser.session.cookies.set("simpler-session", browser.link())
        page = browser.get("/")

    assert browser.answer.status_code == 403
    assert page.one("h1").text == REFUSED
    assert entered(console, session).status_code == 403


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_page_opens_without_a_session(console: Console, route: Any) -> None:
    """Each route answers with the page that says how to come in, and no menu."""
    path = route.path.replace("<account>", "acme-0").replace("<run>", "20260302T050000-00000000")
    answer = requests.request(route.method, console.address + path, timeout=30)

    assert answer.status_code == 403
    assert REFUSED in answer.text
    assert "acme" not in answer.text


def test_a_session_ends_after_an_hour(mary: Browser, world: World) -> None:
    """However busy its user is; the page then says to come again from SIMPLer."""
    world.clock.advance(SESSION_SECONDS)
    mary.get("/")
    in_time = mary.answer.status_code
    world.clock.advance(1)
    page = mary.get("/")

    assert in_time == 200
    assert mary.answer.status_code == 403
    assert page.one("h1").text == REFUSED
    assert "Users → Google Accounts" in page.text


def test_a_page_says_when_the_visit_ends(mary: Browser, world: World) -> None:
    """And has the warning that its script shows before that; entering once more gives another hour."""
    world.clock.advance(SESSION_SECONDS - 400)
    page = mary.get("/")
    (notice,) = [node for node in page.all("p") if "data-left" in node.attributes]

    assert "Your visit ends at 06:00." in page.text
    assert notice.attributes["data-left"] == "400"
    assert "hidden" in notice.attributes
    assert "Your visit ends at 06:53." in mary.enter().page.text


def test_a_session_of_a_wisp_that_is_gone_opens_nothing(console: Console) -> None:
    """404, and what to do."""
    with console.browser() as browser:
        browser.get("/enter", link=browser.link(wisp="borealis"))

        assert browser.answer.status_code == 404
        assert "is not known here" in browser.page.text


def test_of_the_users_rights_only_those_that_matter_travel(console: Console) -> None:
    """A cookie may have 4,096 bytes, and a user 200 rights."""
    many = {**MARY, "rights": [f"right{n}" for n in range(199)] + ["user->gcontact"]}
    with console.browser() as browser:
        browser.enter(many)
        token = browser.link(many)

    assert link.redeem(console.services, token).user.rights == ("user->gcontact",)
    assert len(browser.session.cookies["simpler-session"]) < 500


def test_whoever_leaves_takes_the_session_with_them(mary: Browser) -> None:
    """The browser has no cookie of ours any more, the page shows nobody's name, and the next is refused."""
    page = mary.press("Leave")

    assert page.one("h1").text == "You have left"
    assert "mary@example.com" not in page.text
    assert list(mary.session.cookies) == []
    assert mary.get("/").one("h1").text == REFUSED


def test_nobody_else_can_make_somebody_leave(mary: Browser) -> None:
    """A form of another site does nothing."""
    mary.post("/leave", {"csrf": mary.csrf}, headers={"Origin": "https://other.example"})

    assert mary.answer.status_code == 403
    assert mary.get("/").one("h1").text == "Google accounts"


def test_a_page_that_is_open_in_another_tab_still_works(mary: Browser, world: World) -> None:
    """Its buttons do what they say after the same user has entered once more; the rights are the new ones."""
    first = mary.answer
    mary.enter()
    mary.answer = first
    mary.press("Synchronize Google Contacts")

    assert mary.answer.status_code == 200
    assert len(world.tasks.tasks) == 1


@pytest.mark.parametrize(("user", "wisp"), [({**MARY, "id": "19"}, "acme"), (MARY, "borealis")])
def test_a_page_of_another_user_or_wisp_does_nothing_any_more(
    mary: Browser, world: World, user: dict[str, Any], wisp: str
) -> None:
    """Whoever enters begins a session of their own."""
    world.services.state.write(wisp_put(replace(world.wisp, id="borealis")))
    secret = mary.csrf
    mary.enter(user, wisp)
    mary.post("/sync", {"csrf": secret})

    assert mary.answer.status_code == 403
    assert world.tasks.tasks == []
