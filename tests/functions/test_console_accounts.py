"""The first page: the accounts and how they are, the button, and how far a run is."""

import re

from functions.console.app import ROUTES
from functions.console.web.session import unseal
from shared.domain.model.lease import Claim
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.ports import Drop, Put
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.leases import lease_of
from shared.usecases.base.run_documents import run_put
from tests.functions.console_kit import Browser, Console, Node
from tests.functions.served import JOE, MARY
from tests.world import World

BUTTON = "Synchronize Google Contacts"
ANN = {**MARY, "id": "19", "email": "ann@example.com"}


def card(page: Node, number: int = 0) -> Node:
    """Return an account on the page."""
    return page.all("li", **{"class": "card"})[number]


def badges(node: Node) -> list[str]:
    """Return the coloured words in it."""
    return [found.text for found in node.all("span") if found.attributes.get("class", "").startswith("badge")]


def needs(page: Node) -> list[str]:
    """Return what waits for a person, as the page says it."""
    return [node.one("p").text for found in page.all("ul", **{"class": "needs"}) for node in found.all("li")]


def button(page: Node) -> Node:
    """Return the button."""
    (found,) = [node for node in page.all("button") if node.text == BUTTON]
    return found


def test_before_the_first_run_an_account_was_never_synchronised(mary: Browser) -> None:
    """It says so, and that there was no run."""
    page = mary.get("/")

    assert [node.one("h3").text for node in page.all("li", **{"class": "card"})] == [
        "office0@example.com",
        "office1@example.com",
    ]
    assert badges(card(page)) == ["Not filled yet"]
    assert "There has been no run yet." in page.text


def test_after_a_run_it_shows_what_an_account_holds_and_since_when(mary: Browser, world: World) -> None:
    """Held of expected, and the time by the wisp's clocks."""
    world.clock.advance(150 * 24 * 3600)  # into summer time
    world.run()
    page = mary.enter().get("/")

    assert badges(card(page)) == ["Connected"]
    assert [fact.text for fact in card(page).all("dd")] == ["30 contacts", "today 06:00"]
    assert card(page).one("time").attributes["datetime"] == "2026-07-30T05:00:01+00:00"
    assert card(page).one("time").attributes["title"] == "Thu 30 Jul 2026, 06:00"
    assert "Times are those of Europe/Dublin." in page.text


def test_after_a_day_and_a_half_the_time_is_marked(mary: Browser, world: World) -> None:
    """By the colour of what needs somebody; a night more makes it well again."""
    world.run()
    world.clock.advance(35 * 3600)
    fresh = card(mary.enter().get("/")).all("div", **{"class": "warn"})
    world.clock.advance(2 * 3600)
    stale = card(mary.enter().get("/")).all("div", **{"class": "warn"})
    world.run()

    assert fresh == []
    assert [node.one("dt").text for node in stale] == ["Up to date as of"]
    assert card(mary.get("/")).all("div", **{"class": "warn"}) == []


def test_records_that_cannot_be_used_are_told_beside_what_is_well(mary: Browser, world: World) -> None:
    """With the way to them: such a customer is missing from every phone, and no account is at fault."""
    world.run()
    assert "cannot be used" not in mary.get("/").text
    world.simpler.state.customers.add({"customerid": 53, "status": "current"})
    world.run()
    page = mary.get("/")
    [link] = [link for link in page.all("a") if link.text == "1 record"]

    assert "1 record of SIMPLer cannot be used: no contact is made from it." in page.text
    assert "All 30 customers are in 2 accounts" in page.text
    assert mary.get(link.attributes["href"]).one("h1").text == "Data quality"


def test_an_account_that_holds_another_number_leads_to_the_run_that_tells_why(
    mary: Browser, world: World
) -> None:
    """Such as contacts of those who left, which the settings keep."""
    world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))
    world.run()
    world.leave(1)
    run = world.run()
    facts = card(mary.enter().get("/")).all("dd")

    assert facts[0].text.startswith("30 contacts, 1 more than customers Why")
    assert facts[0].one("a").attributes["href"] == f"/runs/{run.run}"


def test_an_account_that_needs_its_consent_again_says_why_and_since_when(mary: Browser, world: World) -> None:
    """Before all else, with the button that helps; the card says since when."""
    reason = "Google does not accept the consent any longer; please connect the account again."
    lost = replace(world.accounts[0], state="reconnect", reason=reason, since="2026-03-02T05:00:00+00:00")
    world.services.state.write(account_put(lost))
    page = mary.get("/")

    assert badges(card(page)) == ["Needs reconnecting"]
    assert needs(page) == [f"office0@example.com must be connected to Google again. {reason}"]
    assert [node.text for node in page.one("ul", **{"class": "needs"}).all("button")] == [
        "Reconnect office0@example.com"
    ]
    assert card(page).all("dt")[-1].text == "Needs reconnecting since"
    assert badges(card(page, 1)) == ["Not filled yet"]


def test_an_account_that_google_limits_says_until_when(mary: Browser, world: World) -> None:
    """And one that is nearly full says that there is little room; it may hold a part."""
    reason = "Google's quota for today is used up."
    outcome = AccountOutcome(
        "acme-0", "office0@example.com", "unfinished", reason, "google.quota", total=24_500
    )
    run = RunOutcome("r-1", "acme", "2026-03-02T04:00:00+00:00", "nightly run", state="unfinished")
    run.accounts, run.finished = [outcome], run.started
    world.services.state.write(run_put(run))
    page = mary.get("/")

    assert badges(card(page)) == ["Not filled yet", "Limited by Google", "Nearly full"]
    assert needs(page) == [
        "office0@example.com is left out until tomorrow 05:00. Google's quota for today is used up.",
        "office0@example.com is nearly full: Google allows 25,000 contacts. It may hold fewer customers.",
    ]


def test_without_an_account_there_is_nothing_to_synchronise(console: Console, world: World) -> None:
    """There is no button for it; the page says what to do first, and what happens then."""
    world.services.state.write(*(Drop(f"wisps/acme/accounts/{account.id}") for account in world.accounts))
    with console.browser() as browser:
        page = browser.enter().page

        assert [node.text for node in page.one("main").all("button")] == ["Connect a Google account"]
        assert "own stay exactly as they are" in page.text


def test_the_button_starts_a_run_and_the_page_follows_it_without_scripts(mary: Browser, world: World) -> None:
    """Pressed, followed by looking again, done: each step is a page."""
    page = mary.press(BUTTON)

    assert page.one("p", role="status").text == "A run has been started."
    assert "Waiting to begin" in page.text
    assert "value" not in page.one("progress").attributes
    again = page.one("noscript").one("a").attributes["href"]
    page = mary.get("/")
    assert page.all("p", role="status") == []

    world.work()
    page = mary.get(again)
    assert page.all("progress") == []
    assert page.one("p", role="status").text == "Done: 30 new in each of 2 accounts."
    assert "disabled" not in button(page).attributes
    assert badges(page)[0] == "Complete"


def test_the_bar_is_as_long_as_the_run_has_got(mary: Browser, world: World) -> None:
    """In all accounts together, with a line for each; the same for the script."""
    mary.press(BUTTON)
    run = world.tasks.tasks[0].body["run"]
    for account, done in (("acme-0", 20), ("acme-1", 5)):
        far = {"run": run, "phase": "creating", "done": done, "total": 30}
        world.services.state.write(Put(f"wisps/acme/progress/{account}", far))
    page, progress = mary.get("/"), mary.session.get(f"{mary.address}/progress", timeout=30).json()

    assert page.one("progress").attributes == {"aria-labelledby": "far", "value": "25", "max": "60"}
    assert page.one("p", id="far").text == "Writing to Google Contacts: 25 of 60 contacts"
    assert [line.text for line in page.one("ul", **{"class": "lines"}).all("li")] == [
        "office0@example.com: creating, 20 of 30",
        "office1@example.com: creating, 5 of 30",
    ]
    assert page.one("p", **{"aria-live": "polite"}).text == "Writing to Google Contacts: 40 percent"
    assert progress["run"] == run
    assert progress["done"] == 25
    assert progress["total"] == 60
    assert progress["text"] == page.one("p", id="far").text


def test_a_second_user_sees_the_button_greyed_out_by_whom_and_since_when(
    mary: Browser, console: Console, world: World
) -> None:
    """And how far the run is; whoever posts the form all the same is told, and starts nothing."""
    with console.browser() as ann:
        ann.enter(ANN)
        before = ann.answer
        mary.press(BUTTON)
        page = ann.get("/")

        assert "disabled" in button(page).attributes
        assert "Started by mary@example.com " in page.text
        assert button(page).attributes["aria-describedby"] == "why"
        assert "The button is available again when this has finished." in page.one("p", id="why").text
        assert page.all("progress") != []

        ann.answer = before
        page = ann.press(BUTTON)
        assert ann.answer.status_code == 409
        assert "already on, started by mary@example.com" in page.one("p", role="status").text
        assert len(world.tasks.tasks) == 1


def test_while_a_single_customer_is_synchronised_the_button_waits(mary: Browser, world: World) -> None:
    """It says so, and a press that comes in between is refused with the same words."""
    before = mary.answer
    claim = Claim("o", "customers-1", "a customer's button", "customers")
    world.services.leases.acquire(lease_of("acme"), claim, 60)
    shown = mary.get("/")
    mary.answer = before
    pressed = mary.press(BUTTON)

    assert "disabled" in button(shown).attributes
    assert "Bringing a single customer up to date" in shown.text
    assert "A single customer is being synchronised" in pressed.one("p", role="status").text


def test_while_an_account_is_disconnected_the_button_waits(mary: Browser, world: World) -> None:
    """It says what is going on, and by whom."""
    before = mary.answer
    claim = Claim("o", "disconnect-1", "ann@example.com", "disconnect")
    world.services.leases.acquire(lease_of("acme"), claim, 60)
    shown = mary.get("/")
    mary.answer = before
    pressed = mary.press(BUTTON)

    assert "Disconnecting an account" in shown.text
    assert mary.answer.status_code == 409
    assert "ann@example.com is disconnecting an account." in pressed.one("p", role="status").text


def test_while_a_lease_was_freed_the_button_waits(mary: Browser, world: World) -> None:
    """An operator ended what did not end; who that is, is nobody's business here."""
    before = mary.answer
    claim = Claim("o", "freed-1", "olga@azotel.example", "freed")
    world.services.leases.acquire(lease_of("acme"), claim, 60)
    shown = mary.get("/")
    mary.answer = before
    pressed = mary.press(BUTTON)

    assert "Ended by an operator; the next can begin in five minutes" in shown.text
    assert "try again in five minutes" in pressed.one("p", role="status").text


def test_without_the_right_no_page_opens(console: Console, world: World) -> None:
    """Every page and form answers 403, and says who can help; nothing of a customer is on it."""
    world.run()
    with console.browser() as joe:
        joe.get("/enter", link=joe.link(JOE))
        secret = unseal(joe.session.cookies["simpler-session"], console.services.signed()).csrf
        for route in ROUTES:
            path = re.sub("<.*?>", "acme-0", route.path)
            page = joe.get(path) if route.method == "GET" else joe.post(path, {"csrf": secret})

            assert joe.answer.status_code == 403, path
            assert "Users → rights → user->gcontact" in page.text
            assert "Customer" not in page.text
    assert world.tasks.tasks == []


def test_a_run_that_died_is_shown_as_interrupted(mary: Browser, world: World) -> None:
    """With the sentence that says what becomes of the rest."""
    mary.press(BUTTON)
    world.expire(1000)
    page = mary.get("/")

    assert badges(page)[0] == "Interrupted"
    assert "the next run does what is left" in page.text
    assert "disabled" not in button(page).attributes


def test_an_account_whose_record_cannot_be_read_is_shown_as_broken(mary: Browser, world: World) -> None:
    """With the reason and no button that could not work; the other one is as always."""
    world.run()
    kept = world.services.state.get("wisps/acme/accounts/acme-0") or {}
    world.services.state.write(Put("wisps/acme/accounts/acme-0", {**kept, "state": "asleep"}))
    page = mary.enter().get("/")

    assert [badges(card(page, number)) for number in range(2)] == [["Broken"], ["Connected"]]
    assert "office0@example.com: What is recorded of this account cannot be read." in needs(page)[0]
    assert [len(card(page, number).all("a")) for number in range(2)] == [0, 2]
