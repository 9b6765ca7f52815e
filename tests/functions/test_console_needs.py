"""What waits for a person: on top of the first page, each in a sentence with the button that helps."""

from typing import Any

import pytest

from infra.standins.simpler.failure import Failure
from shared.domain.model.account import Leaving
from shared.domain.model.lease import Claim
from shared.domain.model.quota import PARKED
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.ports import Drop
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.run_documents import run_put
from tests.functions.console_kit import Browser, Node
from tests.world import World

HOUR = 3600.0
WHY = "SIMPLer's list may not have been whole, or a setting or an account's choice of customers may be wrong."


def needs(page: Node) -> list[tuple[str, list[str]]]:
    """Return what waits, each with its buttons and links."""
    (found,) = page.all("ul", **{"class": "needs"}) or [Node("ul")]
    return [
        (item.one("p").text, [node.text for node in (*item.all("button"), *item.all("a"))])
        for item in found.all("li")
    ]


def test_where_all_is_well_the_page_says_so(mary: Browser, world: World) -> None:
    """How many customers, in how many accounts, since when, and when they are compared next."""
    assert mary.get("/").all("p", **{"class": "well"}) == []
    world.run()
    page = mary.get("/")

    assert needs(page) == []
    assert page.one("p", **{"class": "well"}).text == (
        "All 30 customers are in 2 accounts, last checked today 05:00; next tomorrow 05:00."
    )


def test_an_account_that_the_last_run_left_out_is_not_called_well(mary: Browser, world: World) -> None:
    """It was paused then; what the run says of it is still true once somebody has resumed it."""
    world.run()
    paused = replace(world.accounts[0], paused="Google is being moved")
    world.services.state.write(account_put(paused))
    world.leave(1)
    world.run()
    world.services.state.write(account_put(world.accounts[0]))
    page = mary.get("/")

    assert needs(page) == []
    assert page.all("p", **{"class": "well"}) == []
    assert "It was paused, so nothing was written to it" in page.text
    assert "Nothing is written to it" not in page.text
    world.run()
    assert mary.get("/").one("p", **{"class": "well"}).text.startswith("All 29 customers are in 2 accounts")


def test_removals_that_are_held_back_are_told_with_the_way_to_them(mary: Browser, world: World) -> None:
    """As contacts of each account, never summed over them; gone when a run has removed them."""
    world.run()
    world.leave(*range(1, 26))
    world.run()
    page = mary.get("/")

    assert needs(page) == [
        (
            f"Removing 25 contacts from each of 2 accounts waits for your approval. {WHY}",
            ["Review removals"],
        )
    ]
    assert page.text.count("Removals waiting") == 2
    assert page.all("p", **{"class": "well"}) == []
    (link,) = [node for node in page.all("a") if node.text == "Review removals"]
    assert mary.get(link.attributes["href"]).one("h1").text == "Preview"
    mary.press("Approve 25 removals in each of 2 accounts")
    world.work()
    assert needs(mary.get("/")) == []


@pytest.mark.parametrize("changed", [{"paused": "Google is being moved"}, {"state": "reconnect"}])
def test_removals_wait_for_nobody_where_an_approval_does_nothing(
    mary: Browser, world: World, changed: dict[str, Any]
) -> None:
    """An account that is paused, or to be connected again: what helps there is told instead."""
    world.run()
    world.leave(*range(1, 26))
    world.run()
    world.services.state.write(account_put(replace(world.accounts[0], **changed)))
    page = mary.get("/")
    texts = [text for text, _ in needs(page)]

    assert texts[0] == f"Removing 25 contacts from {world.accounts[1].email} waits for your approval. {WHY}"
    assert len(texts) == 2
    assert page.text.count("Removals waiting") == 1


def test_removals_that_differ_are_told_for_each_account(mary: Browser, world: World) -> None:
    """With the address of each."""
    world.run()
    accounts = [
        AccountOutcome(f"acme-{n}", f"office{n}@example.com", "partial", planned=True, refused=30 + n)
        for n in range(2)
    ]
    store(world, state="partial", accounts=accounts)

    assert needs(mary.get("/"))[0][0].startswith(
        "Removing 30 contacts from office0@example.com and 31 contacts from office1@example.com waits"
    )


def test_a_run_that_failed_is_told_with_its_reason(mary: Browser, world: World) -> None:
    """Until one goes well; the button tries again."""
    world.run()
    world.simpler.state.failure = Failure("down")
    world.run()
    ((text, buttons),) = needs(mary.get("/"))

    assert text.startswith("The last run, today 05:00, failed; contacts may be out of date. SIMPLer ")
    assert text.endswith(".")
    assert buttons == ["Try again"]
    world.simpler.state.failure = None
    mary.press("Try again")
    world.work()
    assert needs(mary.get("/")) == []


def test_settings_that_are_wrong_are_told_with_the_way_to_them(mary: Browser, world: World) -> None:
    """Trying again would fail in the same way; the page of settings has the address of SIMPLer."""
    world.run()
    world.services.state.write(wisp_put(replace(world.wisp, simpler_url="ftp://simpler.example")))
    world.run()
    ((text, buttons),) = needs(mary.get("/"))

    assert text.startswith(
        "The last run, today 05:00, failed; contacts may be out of date. The connection to"
    )
    assert buttons == ["Look at the settings"]


def test_a_night_that_is_missing_is_told_when_it_should_be_over(mary: Browser, world: World) -> None:
    """Not before, and not while a run is on."""
    world.run()
    world.clock.advance(24 * HOUR + 60)
    early = needs(mary.enter().get("/"))
    world.clock.advance(HOUR)
    late = needs(mary.enter().get("/"))
    mary.press("Try again")

    assert early == []
    assert late == [("There was no complete run since today 05:00.", ["Try again"])]
    assert needs(mary.get("/")) == []


def limit(world: World, times: int) -> None:
    """Let Google refuse this many updates of the first account for hours."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    fault = {"method": "people.updateContact", "what": {"ready": "long_quota"}, "times": times}
    world.fault(account="office0@example.com", **fault)
    world.run()


def test_an_account_that_google_leaves_out_can_be_tried_at_once(mary: Browser, world: World) -> None:
    """The page says until when; no run asks Google before that, but one that a person begins does."""
    limit(world, times=1)
    ((text, buttons),) = needs(mary.get("/"))
    world.run()
    refused = world.run().accounts[0].requests
    mary.press("Try now office0@example.com")
    tried = world.work().accounts[0]

    assert text.startswith("office0@example.com is left out until today 07:00. ")
    assert buttons == ["Try now office0@example.com"]
    assert refused == 0
    assert tried.updated == 1
    assert needs(mary.get("/")) == []


def test_removals_of_an_account_that_google_leaves_out_ask_for_nothing_yet(
    mary: Browser, world: World
) -> None:
    """There is no preview of it until then; those of the other account can be approved."""
    world.run()
    world.leave(*range(2, 27))
    limit(world, times=1)
    removals, left_out = needs(mary.get("/"))

    assert removals[0].startswith("Removing 25 contacts from office1@example.com waits")
    assert left_out[1] == ["Try now office0@example.com"]


def test_an_account_that_is_tried_in_vain_is_left_alone_no_longer_than_before(
    mary: Browser, world: World
) -> None:
    """Two hours once more, not four."""
    limit(world, times=2)
    mary.get("/")
    mary.press("Try now office0@example.com")
    tried = world.work().accounts[0]
    pace = world.services.state.get(f"paces/{world.accounts[0].lease}") or {}

    assert tried.code == "google.quota_long"
    assert pace["parked"] - world.clock.now().timestamp() == pytest.approx(PARKED.total_seconds(), abs=5)


def test_an_account_that_another_wisps_run_is_in_is_tried_later(mary: Browser, world: World) -> None:
    """Nothing is started, and nobody else is named."""
    limit(world, times=1)
    mary.get("/")
    claim = Claim("o", "r", "somebody@elsewhere.example")
    world.services.leases.acquire(world.accounts[0].lease, claim, 60)
    tasks = len(world.tasks.tasks)
    page = mary.press("Try now office0@example.com")

    assert mary.answer.status_code == 503
    assert "A run is writing to this Google account" in page.text
    assert "elsewhere" not in page.text
    assert len(world.tasks.tasks) == tasks


def test_what_a_run_does_later_by_itself_needs_nobody(mary: Browser, world: World) -> None:
    """Google is away in the middle of it: whoever pressed a button could do nothing about that."""
    reason = "Google does not answer; the rest is done later."
    silent = AccountOutcome(
        "acme-0",
        "office0@example.com",
        "unfinished",
        reason,
        "google.silent",
        planned=True,
        created=2,
        failed=9,
    )
    store(world, state="unfinished", accounts=[silent])
    page = mary.get("/")

    assert needs(page) == []
    assert "Continues later" in page.text


def test_an_account_in_trouble_says_what_it_is(mary: Browser, world: World) -> None:
    """Paused, on its way out, with contacts that Google refused: each with what helps, if anything does."""
    world.run()
    paused = replace(world.accounts[0], paused="An operator looks into it")
    leaving = replace(world.accounts[1], state="disconnecting", leaving=Leaving(remove=True, by="x"))
    world.services.state.write(account_put(paused), account_put(leaving))
    failed = AccountOutcome("acme-0", "office0@example.com", "partial", planned=True, failed=2)
    store(world, state="partial", accounts=[failed])

    assert needs(mary.get("/")) == [
        (
            "office0@example.com is paused, so nothing is written to it: An operator looks into it.",
            ["Look at it: office0@example.com"],
        ),
        (
            "2 contacts could not be written to office0@example.com.",
            ["See why: office0@example.com"],
        ),
        (
            "office1@example.com is not disconnected completely yet.",
            ["Continue disconnecting office1@example.com"],
        ),
    ]


def store(world: World, **members: Any) -> None:
    """Store a run that has just ended so, and forget what earlier ones came to."""
    now = world.clock.now().isoformat()
    run = RunOutcome("29990101T000000-ffffffff", "acme", now, "nightly run", finished=now)
    world.services.state.write(run_put(replace(run, **members)), Drop("durations/acme"))
