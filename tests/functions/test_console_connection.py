"""To Google's consent page and back: a new account, one that needs it again, and everything in between."""

from collections.abc import Sequence
from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from infra.standins.google import NewAccount
from infra.standins.simpler.failure import Failure
from shared.domain.model.run import RunOutcome
from shared.domain.model.scope import EVERYBODY, Scope
from shared.errors import RetryLater
from shared.ports import CONTACTS, Task
from shared.replace import replace
from shared.usecases.base.documents import account_put, load_accounts
from shared.usecases.base.run_documents import run_put
from shared.usecases.wisps.scope import ScopeWish, save_scope
from tests.functions.console_kit import Browser, Console
from tests.functions.served import MARY
from tests.standins import consent_kit
from tests.world import World

NEW = "van@example.com"
CONNECT = "Connect a Google account"
ALL = "All customers: connect a Google account"
BLARNEY = Scope(sites=("Blarney",))


def choose(world: World, scope: Scope) -> None:
    """Let the first account hold a part of the customers, one of whom is at Blarney from now on."""
    world.simpler.state.customers.patch("1", {"site": "Blarney"})
    save_scope(world.services, ScopeWish("acme", "acme-0", "tom@example.com", scope))


def at_google(mary: Browser, *tick: str, button: str = "Continue", email: str = NEW) -> str:
    """Consent at Google, and return the path to which Google sends the browser back."""
    with requests.Session() as http:
        browser = consent_kit.Browser(http).open(mary.page.one("main").one("a").attributes["href"])
        if email in browser.page.buttons:
            browser.press(email)
        browser.press(button, *tick)
        back = urlsplit(browser.page.answer.headers["Location"])
    return f"{back.path}?{back.query}"


@pytest.fixture
def google(world: World) -> World:
    """A Google account that nobody has connected yet."""
    world.google.world.add_account(NewAccount(NEW, refresh_tokens=[]))
    return world


def test_a_new_account_is_connected_and_its_first_fill_begins(mary: Browser, google: World) -> None:
    """The page says so, the account is in the list, and its contacts come."""
    page = mary.press(CONNECT)
    assert mary.answer.status_code == 200
    assert page.one("h1").text == "On to Google"
    page = mary.get(at_google(mary, CONTACTS))

    assert mary.answer.url == f"{mary.address}/"
    told = page.one("p", role="status").text
    assert told == f"{NEW} is connected. Its contacts are being brought up to date now."
    assert NEW in [node.text for node in page.all("h3")]
    assert google.work().accounts[-1].state == "complete"


class TestWhichCustomers:
    """What a new account is to hold is chosen before Google is asked, so its first fill is right."""

    def test_it_is_asked_where_another_account_holds_a_part(self, mary: Browser, google: World) -> None:
        """All of them is one press; the account is filled with all."""
        choose(google, BLARNEY)
        mary.get("/")
        asked = mary.press(CONNECT)
        where = mary.answer.url
        on_to_google = mary.press(ALL).one("h1").text
        told = mary.get(at_google(mary, CONTACTS)).one("p", role="status").text
        account = next(a for a in load_accounts(google.services.state, "acme") if a.email == NEW)

        assert where == f"{mary.address}/connect"
        assert asked.one("h1").text == "Which customers?"
        assert "It may hold all 30 customers" in asked.text
        assert on_to_google == "On to Google"
        assert told == f"{NEW} is connected. Its contacts are being brought up to date now."
        assert account.scope == EVERYBODY

    def test_a_part_is_chosen_before_the_first_fill(self, mary: Browser, google: World) -> None:
        """How many they are is told first; nobody else ever comes into the account."""
        google.simpler.state.customers.patch("1", {"site": "Blarney"})
        page = mary.get("/")
        mary.get(page.one("a", href="/connect").attributes["href"])
        shown = mary.press("See how many they are", sites="Blarney").text
        mary.press(CONNECT)
        told = mary.get(at_google(mary, CONTACTS)).one("p", role="status").text
        account = next(a for a in load_accounts(google.services.state, "acme") if a.email == NEW)
        filled = next(each for each in google.work().accounts if each.email == NEW)

        assert "1 of 30 customers goes into the account that you connect now: site “Blarney”." in shown
        assert told.endswith("Its contacts are being brought up to date now. It holds site “Blarney”.")
        assert account.scope == BLARNEY
        assert filled.created == 1
        assert "Site “Blarney”" in mary.get("/history").text

    def test_whoever_declines_or_comes_too_late_chooses_again(self, mary: Browser, google: World) -> None:
        """*Try again* leads to the choice: to connect at once would fill the account with everybody."""
        google.simpler.state.customers.patch("1", {"site": "Blarney"})
        mary.get("/connect")
        chosen = mary.press("See how many they are", sites="Blarney")
        start = mary.answer
        mary.press(CONNECT)
        declined = mary.get(at_google(mary, button="Cancel")).one("a", href="/connect").text
        mary.answer = start
        mary.press(CONNECT)
        back = at_google(mary, CONTACTS)
        google.clock.advance(660)
        late = mary.get(back)
        asked = mary.get(late.one("a", href="/connect").attributes["href"])

        assert chosen.one("h1").text == "1 of 30 customers"
        assert declined == "Try again"
        assert mary.answer.status_code == 200
        assert late.one("h1").text == "The account was not connected"
        assert late.all("form", action="/connect") == []
        assert asked.one("h1").text == "Which customers?"

    def test_whoever_chose_nothing_goes_to_google_again_at_once(self, mary: Browser, google: World) -> None:
        """There is nothing to lose."""
        mary.press(CONNECT)
        mary.get(at_google(mary, button="Cancel"))

        assert mary.press("Try again").one("h1").text == "On to Google"

    def test_an_account_that_was_here_keeps_what_it_held(self, mary: Browser, google: World) -> None:
        """Whatever was chosen for a new one; the page says so."""
        google.simpler.state.customers.patch("1", {"site": "Blarney"})
        mary.get("/connect")
        mary.press("See how many they are", sites="Blarney")
        mary.press(CONNECT)
        email = google.accounts[0].email
        told = mary.get(at_google(mary, CONTACTS, email=email)).one("p", role="status").text

        assert told.endswith("You had it here before, so it holds what it held: all customers.")
        assert {a.scope for a in load_accounts(google.services.state, "acme")} == {EVERYBODY}

    def test_one_that_is_connected_again_is_asked_nothing(self, mary: Browser, google: World) -> None:
        """It goes to Google at once, and keeps its scope."""
        choose(google, BLARNEY)
        mary.get("/accounts/acme-0")
        heading = mary.press("Reconnect").one("h1").text
        told = (
            mary.get(at_google(mary, CONTACTS, email=google.accounts[0].email)).one("p", role="status").text
        )

        assert heading == "On to Google"
        assert told.endswith("It holds site “Blarney”.")

    def test_it_is_asked_where_one_account_cannot_hold_all(self, mary: Browser, google: World) -> None:
        """By the last run that read SIMPLer's list."""
        google.services.state.write(
            run_put(RunOutcome("20260301T050000-aa", "acme", "2026-03-01T05:00:00", "", contacts=24_000))
        )
        mary.get("/")

        assert mary.press(CONNECT).one("h1").text == "Which customers?"

    def test_while_simpler_is_away_an_account_can_be_connected_all_the_same(
        self, mary: Browser, google: World
    ) -> None:
        """There is nothing to choose from, and the page says why."""
        google.simpler.state.failure = Failure("down")
        page = mary.get("/connect")
        heading = mary.press(ALL).one("h1").text

        assert "Until that is put right there is nothing to choose from." in page.text
        assert page.all("input", type="checkbox") == []
        assert heading == "On to Google"

    def test_what_nobody_has_is_refused(self, mary: Browser, google: World) -> None:
        """With what there is; nothing chosen asks again."""
        mary.get("/connect")
        refused = mary.press("See how many they are", sites="Mallow").text
        code = mary.answer.status_code
        mary.get("/connect")
        again = mary.press("See how many they are")
        told = again.one("p", role="alert").text

        assert "There is no site “Mallow”." in refused
        assert code == 422
        assert again.one("h1").text == "Which customers?"
        assert told == "Nothing is chosen yet."

    def test_whoever_would_rather_choose_others_finds_what_they_chose(
        self, mary: Browser, google: World
    ) -> None:
        """To tick one box more nobody has to tick all of them again."""
        google.simpler.state.customers.patch("1", {"site": "Blarney"})
        google.simpler.state.customers.patch("2", {"site": "Cobh"})
        mary.get("/connect")
        mary.press("See how many they are", sites="Blarney")
        page = mary.press("Choose others")
        ticked = [box.attributes["value"] for box in page.all("input", type="checkbox", checked="")]

        assert mary.answer.status_code == 200
        assert page.one("h1").text == "Which customers?"
        assert ticked == ["Blarney"]


def test_the_browser_goes_on_to_google_by_itself_without_scripts(mary: Browser, google: World) -> None:
    """At once, by the page; a redirect after a form would be held to the page's own form-action."""
    page = mary.press(CONNECT)
    (refresh,) = page.all("meta", **{"http-equiv": "refresh"})
    (link,) = page.one("main").all("a")

    assert refresh.attributes["content"] == f"0; url={link.attributes['href']}"
    assert link.attributes["href"].startswith(f"{google.google_url}/o/oauth2/v2/auth?")
    asked = parse_qs(urlsplit(link.attributes["href"]).query)
    assert asked["access_type"] == ["offline"]
    assert asked["prompt"] == ["consent"]
    assert asked["code_challenge_method"] == ["S256"]


def test_an_account_is_connected_again(mary: Browser, google: World) -> None:
    """Google is told which one; afterwards the account is well."""
    lost = replace(
        google.accounts[0], state="reconnect", reason="Google refuses.", since="2026-03-01T05:00:00"
    )
    google.services.state.write(account_put(lost))
    mary.get("/")
    page = mary.press(f"Reconnect {lost.email}")
    assert f"Please sign in as {lost.email}" in page.text
    assert f"login_hint={lost.email.replace('@', '%40')}" in page.one("main").one("a").attributes["href"]
    page = mary.get(at_google(mary, CONTACTS, email=lost.email))

    assert "is connected again" in page.one("p", role="status").text
    assert [account.state for account in load_accounts(google.services.state, "acme")] == ["connected"] * 2


def test_whoever_declines_is_told_that_nothing_has_changed(mary: Browser, google: World) -> None:
    """And gets back to the accounts."""
    mary.press(CONNECT)
    page = mary.get(at_google(mary, button="Cancel"))

    assert mary.answer.status_code == 403
    assert page.one("h1").text == "The account was not connected"
    assert "nothing has changed" in page.text
    assert page.one("main").one("a").attributes["href"] == "/"
    assert len(load_accounts(google.services.state, "acme")) == 2


def test_without_the_box_for_contacts_the_page_says_which_box(mary: Browser, google: World) -> None:
    """People can untick it."""
    mary.press(CONNECT)
    page = mary.get(at_google(mary, "https://www.googleapis.com/auth/userinfo.email"))

    assert mary.answer.status_code == 403
    assert page.one("h1").text == "The account was not connected"
    assert "The box for contacts was not ticked" in page.text


def test_another_account_than_the_one_to_be_connected_again_is_refused(mary: Browser, google: World) -> None:
    """The page names both, and leads back to Google for the right one."""
    mary.get("/accounts/acme-0")
    mary.press("Reconnect")
    with requests.Session() as http:
        browser = consent_kit.Browser(http).open(mary.page.one("main").one("a").attributes["href"])
        browser.follow("Use another account").press(NEW).press("Continue", CONTACTS)
        back = urlsplit(browser.page.answer.headers["Location"])
    page = mary.get(f"{back.path}?{back.query}")

    assert mary.answer.status_code == 403
    assert f"{google.accounts[0].email} needs to be connected again, but {NEW} was chosen" in page.text
    page = mary.press("Try again")
    assert f"Please sign in as {google.accounts[0].email}" in page.text


def test_coming_back_twice_connects_once(mary: Browser, google: World) -> None:
    """A reloaded or replayed address is refused."""
    mary.press(CONNECT)
    back = at_google(mary, CONTACTS)
    mary.get(back)
    page = mary.get(back)

    assert mary.answer.status_code == 403
    assert page.one("h1").text == "That was done already"
    assert len(load_accounts(google.services.state, "acme")) == 3


def test_coming_back_too_late_is_refused(mary: Browser, google: World) -> None:
    """The page says to begin again."""
    mary.press(CONNECT)
    back = at_google(mary, CONTACTS)
    google.clock.advance(1800)
    page = mary.get(back)

    assert mary.answer.status_code == 403
    assert page.one("h1").text == "The account was not connected"


@pytest.mark.parametrize("forged", ["", "x.y.z", "e30.aaaa.bbbb"])
def test_a_forged_state_is_refused(mary: Browser, google: World, forged: str) -> None:
    """Whatever the code."""
    mary.press(CONNECT)
    page = mary.get("/oauth/callback", state=forged, code="4/code")

    assert mary.answer.status_code == 403
    assert len(load_accounts(google.services.state, "acme")) == 2
    assert page.all("h1") != []


@pytest.mark.parametrize("other", [{**MARY, "id": "19", "email": "ann@example.com"}, MARY])
def test_a_state_is_good_only_in_the_browser_that_began(
    mary: Browser, console: Console, google: World, other: dict[str, object]
) -> None:
    """Another browser is refused, also the same user's; an address that was swapped connects nothing."""
    mary.press(CONNECT)
    back = at_google(mary, CONTACTS)
    with console.browser() as stranger:
        stranger.enter(other)
        stranger.press(CONNECT)
        page = stranger.get(back)

        assert stranger.answer.status_code == 403
        assert page.one("h1").text == "The account was not connected"
    assert len(load_accounts(google.services.state, "acme")) == 2


def test_a_state_is_good_only_for_the_user_who_began(mary: Browser, google: World) -> None:
    """Somebody else who enters in the same browser meanwhile does not finish it."""
    mary.press(CONNECT)
    back = at_google(mary, CONTACTS)
    mary.enter({**MARY, "id": "19"})
    mary.get(back)

    assert mary.answer.status_code == 403
    assert len(load_accounts(google.services.state, "acme")) == 2


def test_two_tabs_may_connect_one_account_each(mary: Browser, google: World) -> None:
    """The second does not spoil the first."""
    google.google.world.add_account(NewAccount("shop@example.com", refresh_tokens=[]))
    start = mary.answer
    mary.press(CONNECT)
    first = at_google(mary, CONTACTS)
    mary.answer = start
    mary.press(CONNECT)
    second = at_google(mary, CONTACTS, email="shop@example.com")

    assert [mary.get(back).one("h1").text for back in (first, second)] == ["Google accounts"] * 2
    assert len(load_accounts(google.services.state, "acme")) == 4


def test_the_browsers_own_value_is_for_no_script_and_short(mary: Browser, google: World) -> None:
    """The state has its own cookie, for a quarter of an hour."""
    mary.press(CONNECT)
    (cookie,) = [c for c in mary.session.cookies if c.name == "simpler-browser"]
    attributes = {part.strip() for part in mary.answer.headers["Set-Cookie"].split(";")}

    assert {"Max-Age=900", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
    assert len(cookie.value or "") >= 32


def test_when_the_first_fill_cannot_be_handed_on_the_page_says_when_it_comes(
    mary: Browser, console: Console, google: World
) -> None:
    """The account is connected all the same."""

    class Closed:
        """A queue that cannot be reached."""

        def enqueue(self, task: Task) -> NoReturn:
            raise RetryLater("tasks.unreachable", f"{task.function} cannot be handed on")

        def enqueue_all(self, tasks: Sequence[Task]) -> NoReturn:
            raise AssertionError("a first fill is one task")

    mary.press(CONNECT)
    console.services = replace(console.services, tasks=Closed())
    page = mary.get(at_google(mary, CONTACTS))

    assert page.one("p", role="status").text == f"{NEW} is connected. Its contacts follow with the next run."


def test_a_notice_is_shown_once_and_to_nobody_else(mary: Browser, google: World) -> None:
    """It is gone when the page is shown again, and one for another wisp is not shown."""
    mary.press(CONNECT)
    mary.get(at_google(mary, CONTACTS))

    assert mary.get("/").all("p", role="status") == []
    mary.session.cookies.set("simpler-notice", "forged.by.hand")
    assert mary.get("/").all("p", role="status") == []
