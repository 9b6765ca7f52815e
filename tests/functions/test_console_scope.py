"""The page on which staff choose which customers an account holds; nothing counts unseen."""

import pytest

from shared.domain.model.scope import EVERYBODY, Scope
from shared.replace import replace
from shared.usecases.accounts.restore import pause
from shared.usecases.base.documents import account_put, load_account
from shared.usecases.wisps.scope import ScopeWish, save_scope
from tests.functions.console_kit import HOSTILE, Browser
from tests.world import World, customer

PATH = "/accounts/acme-0/scope"
SEE, SAVE = "See what it does", "Save this choice"


@pytest.fixture
def world(world: World) -> World:
    """Two customers of thirty-two are at a site."""
    world.simpler.state.customers.add(customer(50, site="Blarney", ap_nickname="North"))
    world.simpler.state.customers.add(customer(51, site="Cobh"))
    world.run()
    return world


def scope_of(world: World) -> Scope:
    """Return what counts."""
    return load_account(world.services.state, "acme", "acme-0").scope


def choose(world: World, scope: Scope) -> None:
    """Let somebody else choose."""
    save_scope(world.services, ScopeWish("acme", "acme-0", "tom@example.com", scope))


def test_a_choice_shows_what_it_does_and_counts_when_it_is_confirmed(mary: Browser, world: World) -> None:
    """Who leaves and how many wait, whom no account would hold; the pages then say what it holds."""
    page = mary.get("/accounts/acme-0")
    assert "It is to hold all customers." in page.text
    page = mary.get(page.one("a", **{"class": "button"}).attributes["href"])
    boxes = {box.attributes["value"]: box for box in page.all("input", type="checkbox")}
    assert {"Blarney", "Cobh", "North", "current"} <= boxes.keys()
    effect = mary.press(SEE, sites="Blarney").text
    meanwhile = scope_of(world)
    saved = mary.press(SAVE).text
    first = mary.get("/").text
    outcome = world.run().accounts[0]

    assert "1 of 32 customers goes into this account." in effect
    assert "all customers → site “Blarney”" in effect
    assert "Removed31" in effect
    assert "31 removals will wait" in effect
    assert "Customer 1 1 · Not one of this account's customers" in effect
    assert meanwhile == EVERYBODY
    assert scope_of(world) == Scope(sites=("Blarney",))
    assert "From the next run on it holds site “Blarney”." in saved
    assert "Which customersSite “Blarney”, once a run has done it" in first
    assert "Each account has the customers whom it is to hold" not in first
    assert outcome.refused == 31
    assert "Which customersSite “Blarney”, once a run has done it" in mary.get("/").text
    assert "chose what goes into office0@example.com" in mary.get("/history").text
    assert "1 customer: Site “Blarney”." in mary.get("/preview").text


def test_of_a_paused_account_it_says_that_the_next_run_does_none_of_this(mary: Browser, world: World) -> None:
    """With why, and the way to resume it."""
    world.run()
    pause(world.services, "acme", "acme-0", "New phones this week", by="Tom")
    mary.get("/accounts/acme-0/scope")
    effect = mary.press(SEE, sites="Blarney").one("section", **{"aria-labelledby": "effect"})

    assert "a run does nothing here until somebody resumes it: New phones this week" in effect.text
    assert effect.all("a", href="/accounts/acme-0")


def test_what_is_chosen_is_ticked(mary: Browser, world: World) -> None:
    """Also a name that no contact has any more, as a text; without a tick the account holds all again."""
    choose(world, Scope(sites=("Blarney", "Cobh")))
    world.simpler.state.customers.patch("51", {"site": "Cork"})
    page = mary.get(PATH)
    ticked = [box.attributes["value"] for box in page.all("input", type="checkbox", checked="")]
    refused = mary.press(SEE, more_sites="Cobh")
    code = mary.answer.status_code
    mary.get(PATH)
    mary.press(SEE, sites="", more_sites="")

    assert ticked == ["Blarney"]
    assert page.one("textarea", name="more_sites").text == "Cobh"
    assert code == 422
    assert "Nothing was saved. There is no site “Cobh”. SIMPLer has: " in refused.text
    assert "site “Blarney” or “Cobh” → all customers" in mary.page.text
    assert mary.press(SAVE).one("p", role="status").text.endswith("it holds all customers.")
    assert scope_of(world) == EVERYBODY


def test_nothing_chosen_anew_is_nothing_changed(mary: Browser, world: World) -> None:
    """The form as it was shown asks for nothing."""
    mary.get(PATH)

    assert mary.press(SEE).one("p", role="status").text == "Nothing was changed."


def test_of_two_the_second_sees_what_the_first_chose(mary: Browser, world: World) -> None:
    """Also between what they saw and their saving; nothing is written over."""
    mary.get(PATH)
    mary.press(SEE, sites="Blarney")
    choose(world, Scope(sites=("Cobh",)))
    page = mary.press(SAVE)

    assert "What this account holds was changed meanwhile: Site “Cobh”." in page.one("p", role="status").text
    assert scope_of(world) == Scope(sites=("Cobh",))


def test_whose_choice_counts_already_is_told_so(mary: Browser, world: World) -> None:
    """A button that is pressed twice blames nobody else."""
    mary.get(PATH)
    mary.press(SEE, sites="Blarney")
    choose(world, Scope(sites=("Blarney",)))

    assert "From the next run on it holds site “Blarney”." in mary.press(SAVE).text


def mast(number: int) -> str:
    """Return a long name of a site."""
    return f"Mast {number:03} {'é' * 90}"


@pytest.fixture
def masts(world: World) -> list[str]:
    """Many sites of long names, with a customer each."""
    names = [mast(number) for number in range(119)]
    for number, name in enumerate(names, 60):
        world.simpler.state.customers.add(customer(number, site=name))
    return names


def test_of_many_places_a_notice_tells_the_first(mary: Browser, world: World, masts: list[str]) -> None:
    """It travels in a cookie, which browsers drop where it is long; the page before it goes on for longer."""
    mary.get(PATH)
    mary.press(SEE, more_sites="\n".join(masts[:60]))
    effect = mary.page.one("ins").text
    saved = mary.press(SAVE)

    assert "“Mast 009" in effect
    assert effect.endswith("...")
    assert "From the next run on it holds site “Mast 000" in saved.one("p", role="status").text
    assert len(saved.one("p", role="status").text) < 400
    assert scope_of(world).sites == tuple(masts[:60])


def test_more_than_pages_carry_is_not_chosen_at_once(mary: Browser, world: World, masts: list[str]) -> None:
    """It is refused with a sentence, also before an account is connected; what is ticked counts on."""
    choose(world, Scope(sites=("Blarney",)))
    mary.get(PATH)
    page = mary.press(SEE, more_sites="\n".join(masts))
    code = mary.answer.status_code
    mary.get("/connect")
    first = mary.press("See how many they are", sites=masts).text

    assert code == 422
    assert "too many, to choose all of them at once" in page.text
    assert page.all("input", value="Blarney", checked="")
    assert mary.answer.status_code == 422
    assert "too many, to choose all of them at once" in first
    assert scope_of(world) == Scope(sites=("Blarney",))


def test_what_others_chose_beyond_a_page_is_replaced_and_not_ticked(
    mary: Browser, world: World, masts: list[str]
) -> None:
    """SIMPLer's backend may choose more names; the page says that none of them is ticked."""
    choose(world, Scope(sites=tuple(masts)))
    page = mary.get(PATH)
    size = len(mary.answer.content)
    mary.press(SEE, sites="Blarney")
    effect = len(mary.answer.content)
    mary.press(SAVE)

    assert "The names that are chosen now are too many for this page" in page.text
    assert page.all("input", type="checkbox", checked="") == []
    assert size < 30_000
    assert effect < 30_000
    assert scope_of(world) == Scope(sites=("Blarney",))


def test_an_account_of_nobody_is_not_found(mary: Browser) -> None:
    """Nor is another WISP's."""
    mary.get("/accounts/other-0/scope")

    assert mary.answer.status_code == 404


@pytest.mark.parametrize("typed", ["x" * 300, "\n".join(f"s{number}" for number in range(201))])
def test_a_name_that_is_too_long_or_one_too_many_is_told(mary: Browser, world: World, typed: str) -> None:
    """In a sentence on the page, also before an account is connected; nothing is saved."""
    mary.get(PATH)
    page = mary.press(SEE, more_sites=typed)
    code = mary.answer.status_code
    mary.get("/connect")
    first = mary.press("See how many they are", more_sites=typed).text

    assert code == mary.answer.status_code == 422
    assert "too long, or too many, to choose all of them at once" in page.text
    assert "too long, or too many, to choose all of them at once" in first
    assert scope_of(world) == EVERYBODY


def test_hostile_names_are_texts(mary: Browser, world: World) -> None:
    """On the form, in what a choice does, and where it is told."""
    world.simpler.state.customers.add(customer(60, site=HOSTILE))
    page = mary.get(PATH)
    mary.press(SEE, sites=HOSTILE)
    effect = mary.page
    mary.press(SAVE)

    saved = mary.page
    first = mary.get("/connect")
    many = mary.press("See how many they are", sites=HOSTILE)

    for each in (page, effect, saved, first, many, mary.get("/"), mary.get("/history"), mary.get("/preview")):
        assert each.text.count("alert(1)") >= 1
        assert [node.attributes.get("src", "").split("?")[0] for node in each.all("script")][1:] == []


def test_where_an_account_holds_a_part_the_first_page_does_not_claim_all(mary: Browser, world: World) -> None:
    """What it says of customers and accounts stays true."""
    choose(world, Scope(statuses=("current",)))
    world.run()
    well = mary.get("/").one("p", **{"class": "well"}).text

    assert well.startswith("Each account has the customers whom it is to hold, last checked today")


def test_data_quality_lists_whom_no_account_holds(mary: Browser, world: World) -> None:
    """And a site that has another name now, with the way to choose again; the file has them too."""
    choose(world, Scope(sites=("Blarney", "Cobh")))
    mary.get("/accounts/acme-1/scope")
    warned = mary.press(SEE, sites="Blarney").text
    mary.press(SAVE)
    calm = mary.get("/quality").text
    world.simpler.state.customers.patch("51", {"site": "Cork"})
    world.clock.advance(1)
    page = mary.get("/quality", anew="1")
    mary.get("/quality.csv")

    assert "30 customers would be in no account" in warned
    assert "In no account 30" in calm
    assert "In no account 31" in page.text
    assert "office0@example.com is to hold the customers of Cobh, where SIMPLer has no contact" in page.text
    assert page.all("a", href=PATH)
    assert "in no account,51,Customer 51" in mary.answer.text


def test_data_quality_names_a_status_that_no_contact_has(mary: Browser, world: World) -> None:
    """As it does a site, with the way to choose again."""
    choose(world, Scope(statuses=("current", "waiting for install")))
    text = mary.get("/quality").text
    gone = Scope(sites=("Kinsale", "Mallow"), statuses=("waiting for install", "post"))
    account = load_account(world.services.state, "acme", "acme-0")
    world.services.state.write(account_put(replace(account, scope=gone)))
    several = mary.get("/quality").text

    assert (
        "office0@example.com is to hold the customers with the status waiting for install, which no" in text
    )
    assert "of Kinsale, Mallow, where SIMPLer has no contact: they may have another name now." in several
    assert "Nor has any contact the statuses waiting for install, post." in several
    assert mary.page.all("a", href=PATH)
