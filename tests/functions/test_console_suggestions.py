"""The console's suggestions: what users wrote on phones, and what people do about it."""

from datetime import timedelta

from functions.console.pages.suggestions import A_PAGE
from shared.domain.model.suggestion import Suggestion
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import to_document, wisp_put
from tests.functions.console_kit import Browser, Node
from tests.world import World


def keep(world: World, number: int = 1, **changed: object) -> None:
    """Keep a suggestion, as a run does; a higher number was seen earlier."""
    at = (world.clock.now() - timedelta(minutes=number)).isoformat()
    made = Suggestion(
        account="acme-0",
        customer=f"{number}",
        name=f"Customer {number}",
        field="phoneNumbers",
        title="",
        simpler="+353 87 100 0001",
        theirs="085 555 5555",
        since=at,
        last=at,
    )
    kept = to_document(made) | changed
    world.services.state.write(Put(f"wisps/acme/suggestions/acme-0-{number:024x}", kept))


def listed(page: Node) -> list[Node]:
    """Return the suggestions that a page shows."""
    return [item for shown in page.all("ul", **{"class": "standings panel"}) for item in shown.all("li")]


def test_a_suggestion_is_shown_with_what_simpler_has_and_what_they_wrote(mary: Browser, world: World) -> None:
    """With the way to the record, the account, and how often it was changed."""
    profile = {"link": "https://{server}/customer?id={id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    keep(world, times=3, since=(world.clock.now() - timedelta(days=4)).isoformat())
    [item] = listed(mary.get("/suggestions"))
    [link] = [node for node in item.all("a") if node.text.startswith("Open in SIMPLer")]

    assert item.text.startswith("Customer 1 1 Phone in SIMPLer +353 87 100 0001 On the phone 085 555 5555")
    assert "office0@example.com" in item.text
    assert "changed 3 times, first" in item.text
    assert link.attributes["href"].endswith("/customer?id=1")


def test_a_removed_value_and_a_row_are_told_so(mary: Browser, world: World) -> None:
    """A row by its title; what is removed has nothing to copy."""
    keep(world, field="userDefined", title="Account balance", theirs="", simpler="")
    [item] = listed(mary.get("/suggestions"))

    assert "Account balance in SIMPLer nothing On the phone removed" in item.text
    assert [node for node in item.all("button") if "data-copy" in node.attributes] == []


def test_copying_is_offered_by_the_script_alone(mary: Browser, world: World) -> None:
    """Without it the button is not there, and the words can be marked."""
    keep(world)
    [button] = [node for node in mary.get("/suggestions").all("button") if "data-copy" in node.attributes]

    assert button.attributes["data-copy"] == "085 555 5555"
    assert button.attributes["hidden"] == ""


def test_a_dismissed_suggestion_is_gone_and_history_tells_who_did_it(mary: Browser, world: World) -> None:
    """With a notice on the same page."""
    keep(world)
    mary.get("/suggestions")
    page = mary.press("Dismiss Phone of Customer 1")
    assert listed(page) == []
    assert "Dismissed." in page.one("p", role="status").text
    history = mary.get("/history").text

    assert "you dismissed what a user wrote about the customer 1" in history


def test_words_that_have_changed_are_not_dismissed(mary: Browser, world: World) -> None:
    """The page says that there is something else."""
    keep(world)
    mary.get("/suggestions")
    keep(world, theirs="085 777 7777")
    page = mary.press("Dismiss Phone of Customer 1")

    assert len(listed(page)) == 1
    assert "That is not there any more" in page.one("p", role="status").text


def test_without_any_the_page_says_so(mary: Browser) -> None:
    """And what would be there."""
    page = mary.get("/suggestions")

    assert listed(page) == []
    assert "There are none." in page.text


def test_many_have_pages_of_their_own(mary: Browser, world: World) -> None:
    """Each small; a page that is not there is the last one."""
    for number in range(1, A_PAGE * 2 + 2):
        keep(world, number, theirs="x" * 300, simpler="y" * 300)
    first = listed(mary.get("/suggestions"))
    size = len(mary.answer.content)
    last = listed(mary.get("/suggestions", part="99"))
    odd = listed(mary.get("/suggestions", part="-1"))

    assert len(first) == A_PAGE
    assert first[0].text.startswith("Customer 1 ")
    assert [item.text.split(" Phone")[0] for item in last] == ["Customer 25 25"]
    assert len(odd) == A_PAGE
    assert size < 30_000


def test_the_first_page_tells_how_many_there_are(mary: Browser, world: World) -> None:
    """Only where there are any."""
    without = mary.get("/").text
    keep(world, 1)
    keep(world, 2)

    assert "from phones" not in without
    assert "2 suggestions from phones" in mary.get("/").text
