"""One account in the console: paused and resumed, and brought back to what it was before a run."""

import msgspec

from shared.domain.model.account import Leaving
from shared.domain.model.run import RunOutcome
from shared.ports import Drop
from shared.replace import replace
from shared.usecases.accounts.restore import pause, resume
from shared.usecases.base.documents import account_put, load_account, load_acts, load_wisp, wisp_put
from shared.usecases.base.run_documents import load_nights
from shared.usecases.runs.run import SyncWisp
from shared.usecases.runs.start import start_sync
from shared.usecases.runs.work import work
from tests.functions.answer_cases import NoTasks
from tests.functions.console_kit import HOSTILE, Browser, Console
from tests.world import World, customer

PATH = "/accounts/acme-0"


def a_bad_night(world: World) -> str:
    """Let a run change 1, remove 2 and 3, and create 50; return its id."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.leave(2, 3)
    world.simpler.state.customers.add(customer(50))
    return world.run().run


def work_on(world: World) -> RunOutcome:
    """Do the task that was handed on last, as the queue would."""
    world.clock.advance(1)
    done = work(world.services, msgspec.convert(world.tasks.tasks.pop().body, SyncWisp))
    assert isinstance(done, RunOutcome)
    return done


def test_an_account_is_paused_and_resumed(mary: Browser, world: World) -> None:
    """With the reason; nothing is written to it meanwhile."""
    mary.get(PATH)
    page = mary.press("Pause", why="  Google is being moved. ")
    told = page.one("p", role="status").text
    outcome = world.run().accounts[0]

    assert told == "It is paused: nothing is written to it until somebody resumes it."
    assert "Nothing is written to this account: Google is being moved." in page.text
    assert outcome.state == "stopped"
    assert outcome.code == "account.paused"
    assert outcome.reason == (
        "Google is being moved. It was paused, so nothing was written to it; once somebody resumes it, the"
        " next run brings it up to date."
    )
    page = mary.press("Resume")
    mary.post(f"{PATH}/resume", {"csrf": mary.csrf})
    assert mary.get("/history").text.count("you resumed office0@example.com") == 1
    assert page.one("p", role="status").text == "It is resumed: the next run brings it up to date."
    assert world.run().accounts[0].created == 30


def test_a_paused_account_does_not_tell_since_when_it_was_connected(mary: Browser, world: World) -> None:
    """That is another time than the one at which it was paused."""
    account = load_account(world.services.state, "acme", "acme-0")
    world.services.state.write(account_put(replace(account, since="2026-02-01T05:00:00+00:00")))
    pause(world.services, "acme", "acme-0", "Google is being moved", by="ann@example.com")

    assert "since" not in mary.get("/").all("li", **{"class": "card"})[0].text


def test_a_pause_without_a_reason_names_who_paused(mary: Browser, world: World) -> None:
    """Colleagues are told at least that."""
    mary.get(PATH)
    mary.press("Pause", why=" ")

    assert load_account(world.services.state, "acme", "acme-0").paused == "Paused by mary@example.com"


def test_while_an_account_is_disconnected_nothing_else_is_offered(mary: Browser, world: World) -> None:
    """Neither an undo, nor a pause, nor a new connection: only to go on with it."""
    a_bad_night(world)
    leaving = Leaving(remove=True, by="ann@example.com")
    world.services.state.write(
        account_put(replace(world.accounts[0], state="disconnecting", leaving=leaving))
    )
    main = mary.enter().get(PATH).one("main")

    assert main.all("button") == []
    assert [link.text for link in main.all("a", **{"class": "button"})] == ["Continue disconnecting"]
    assert "What would undoing" not in main.text


def test_last_night_is_undone(mary: Browser, world: World) -> None:
    """First it is shown what that would change; then it is done, and the account is paused."""
    a_bad_night(world)
    page = mary.get(PATH)
    assert [
        item.one("a").text.partition("?")[0] for item in page.one("ul", **{"class": "acts"}).all("li")
    ] == [
        "What would undoing it change",
        "What would undoing it change",
    ]
    assert "1 contact made, 1 changed, 2 removed" in page.text
    link = page.one("ul", **{"class": "acts"}).all("a")[0].attributes["href"]
    page = mary.get(link)
    tiles = {tile.one("dt").text: tile.one("dd").text for tile in page.all("div", **{"class": "tile"})}
    assert tiles["Created again"] == "2"
    assert tiles["Changed back"] == "1"
    before = world.labelled()
    page = mary.press("Bring back and pause")
    assert page.one("p", role="status").text == (
        "The account is being brought back to what it was. You may leave this page meanwhile."
    )
    assert page.all("progress") != []
    assert world.labelled() == before
    undone = work_on(world)
    page = mary.get("/", after=undone.run)

    assert page.one("p", role="status").text == (
        "Done: Undo in office0@example.com: 2 new, 1 changed, 1 removed. "
        "The account is paused until somebody resumes it."
    )
    assert "50" in before
    assert world.labelled().keys() == {f"{n}" for n in range(1, 31)}
    assert world.labelled(1).keys() == before.keys()
    assert "you brought back office0@example.com" in mary.get("/history").text
    assert "Undo in office0@example.com: 2 new, 1 changed, 1 removed" in mary.get("/runs").text


def test_an_undo_that_only_retires_is_offered(mary: Browser, world: World) -> None:
    """A customer came back last night; before that they were a former one, and nothing else changed."""
    wisp = load_wisp(world.services.state, "acme")
    world.services.state.write(wisp_put(replace(wisp, leavers="former")))
    world.run()
    world.leave(1)
    world.run()
    world.simpler.state.customers.patch("1", {"status": "current"})
    page = mary.get(f"{PATH}/restore", before=world.run().run)
    tiles = {tile.one("dt").text: tile.one("dd").text for tile in page.all("div", **{"class": "tile"})}
    mary.press("Bring back and pause")
    undone = work_on(world)

    assert tiles["Former customers again"] == "1"
    assert "Removed" not in tiles
    assert undone.accounts[0].retired == 1
    assert undone.accounts[0].removed == 0


def test_after_an_undo_the_first_page_tells_what_the_account_holds(mary: Browser, world: World) -> None:
    """And since when, until a run makes it equal to SIMPLer; nothing is said to be well, resumed or not."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    mary.press("Bring back and pause")
    work_on(world)
    mary.get(PATH)
    mary.press("Resume")
    page = mary.get("/")
    cards = [card.all("dd") for card in page.all("li", **{"class": "card"})]

    assert [fact.text for fact in cards[0]] == ["30 contacts", "today 05:00"]
    assert cards[1][0].text == "29 contacts"
    assert [fact.text for fact in page.all("dt")].count("Brought back") == 1
    assert page.all("p", **{"class": "well"}) == []
    world.run()
    page = mary.get("/")
    assert "Brought back" not in page.text
    assert page.one("p", **{"class": "well"}).text.startswith("All 29 customers are in 2 accounts")


def test_an_undo_can_be_undone(mary: Browser, world: World) -> None:
    """It is a run like others: the account goes back to before it."""
    bad = a_bad_night(world)
    after = world.labelled()
    mary.get(f"{PATH}/restore", before=bad)
    mary.press("Bring back and pause")
    undone = work_on(world).run
    mary.get(f"{PATH}/restore", before=undone)
    mary.press("Bring back and pause")
    again = work_on(world)

    assert again.undid == undone
    assert again.state == "complete"
    assert world.labelled().keys() == after.keys()


def test_an_undo_is_no_night(mary: Browser, world: World) -> None:
    """It neither hides that a run is owed, nor counts as one that was complete."""
    bad = a_bad_night(world)
    before = load_nights(world.services.state, world.wisp)
    mary.get(f"{PATH}/restore", before=bad)
    mary.press("Bring back and pause")
    work_on(world)

    assert load_nights(world.services.state, world.wisp) == before
    world.services.state.write(Drop("durations/acme"))
    assert load_nights(world.services.state, world.wisp).began == before.began


def test_an_undo_that_is_cut_off_goes_on_until_somebody_resumes_the_account(
    mary: Browser, world: World
) -> None:
    """Google does not answer for a while; whoever wants SIMPLer's customers back is not overruled."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    world.fault(method="people.connections.list", times=None, what={"status": 503})
    mary.press("Bring back and pause")
    cut_off = work_on(world)
    world.google.world.faults.clear()
    rest = world.tasks.tasks[-1]
    mary.get(PATH)
    mary.press("Resume")
    resumed = work_on(world)

    assert cut_off.state == "unfinished"
    assert rest.body["undo"] == bad
    assert resumed.state == "complete"
    assert "The account was resumed meanwhile" in resumed.reason
    assert "50" in world.labelled()
    assert world.tasks.tasks == []


def test_an_undo_that_is_cut_off_leaves_alone_what_somebody_paused_since(mary: Browser, world: World) -> None:
    """Who has resumed the account, and then pauses it for their own reason, is not overruled either."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    world.fault(method="people.connections.list", times=None, what={"status": 503})
    mary.press("Bring back and pause")
    work_on(world)
    world.google.world.faults.clear()
    resume(world.services, "acme", "acme-0", by="ann@example.com")
    pause(world.services, "acme", "acme-0", "SIMPLer is being moved", by="ann@example.com")
    rest = work_on(world)

    assert rest.state == "complete"
    assert "The account was paused by somebody meanwhile" in rest.reason
    assert load_account(world.services.state, "acme", "acme-0").paused == "SIMPLer is being moved"
    assert "50" in world.labelled()
    assert world.tasks.tasks == []


def test_an_undo_that_is_cut_off_goes_on_in_an_account_that_was_paused_before(
    mary: Browser, world: World
) -> None:
    """The reason that somebody gave stays; the rest is done all the same, and told once."""
    bad = a_bad_night(world)
    pause(world.services, "acme", "acme-0", "SIMPLer is being moved", by="ann@example.com")
    mary.get(f"{PATH}/restore", before=bad)
    world.fault(method="people.connections.list", times=None, what={"status": 503})
    mary.press("Bring back and pause")
    work_on(world)
    world.google.world.faults.clear()
    rest = work_on(world)

    assert rest.accounts[0].removed == 1
    assert load_account(world.services.state, "acme", "acme-0").paused == "SIMPLer is being moved"
    assert [act.what for act in load_acts(world.services.state, "acme", 5)] == ["restored", "paused"]
    assert "50" not in world.labelled()


def test_an_account_that_is_let_go_before_its_undo_goes_on_receives_nothing(
    mary: Browser, world: World
) -> None:
    """Its contacts are gone, and its consent could not be ended yet: an undo would fill it for good."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    mary.press("Bring back and pause")
    leaving = Leaving(remove=True, by="ann", found=29, kept=0)
    world.services.state.write(
        account_put(replace(world.accounts[0], state="disconnecting", leaving=leaving))
    )
    before = world.snapshot()
    outcome = work_on(world)
    mary.get(f"{PATH}/restore", before=bad)

    assert mary.answer.status_code == 403
    assert "This Google account is being disconnected." in mary.answer.text
    assert outcome.state == "failed"
    assert outcome.code == "account.unknown"
    assert world.snapshot() == before
    assert not load_account(world.services.state, "acme", "acme-0").paused
    assert world.tasks.tasks == []


def test_an_account_that_goes_before_its_undo_begins_stays_away(mary: Browser, world: World) -> None:
    """The run says so, and nothing comes back to it; the first page tells of it."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    mary.press("Bring back and pause")
    world.services.state.write(Drop("wisps/acme/accounts/acme-0"))
    outcome = work_on(world)

    assert outcome.state == "failed"
    assert outcome.code == "account.unknown"
    assert world.tasks.tasks == []
    assert "did not come to its end. There is no such Google account here" in mary.get("/").text


def test_a_queue_that_is_away_undoes_nothing(mary: Browser, console: Console, world: World) -> None:
    """The account is not paused, and the lease is free again."""
    bad = a_bad_night(world)
    mary.get(f"{PATH}/restore", before=bad)
    console.services = replace(console.services, tasks=NoTasks())
    mary.press("Bring back and pause")

    assert mary.answer.status_code == 503
    assert not load_account(world.services.state, "acme", "acme-0").paused
    assert world.run().state == "complete"


def test_the_page_of_a_run_leads_to_its_undoing(mary: Browser, world: World) -> None:
    """For each account into which it wrote; a quiet run offers nothing."""
    bad = a_bad_night(world)
    quiet = world.run().run
    links = [link for link in mary.get(f"/runs/{bad}").all("a") if link.text.startswith("Undo this run")]

    assert [link.text for link in links] == [f"Undo this run in office{n}@example.com" for n in range(2)]
    assert mary.get(links[1].attributes["href"]).one("h1").text == "Undo in office1@example.com"
    assert "An undo asks first." in mary.get(f"/runs/{bad}").text
    assert "Undo this run" not in mary.get(f"/runs/{quiet}").text


def test_a_run_that_wrote_nothing_cannot_be_undone(mary: Browser, world: World) -> None:
    """It is not offered, and asked for by hand it is refused in a sentence."""
    page = mary.get(PATH)
    assert "Nothing was written to this account in the last 30 days." in page.text
    world.run()
    quiet = world.run().run
    page = mary.get(f"{PATH}/restore", before=quiet)

    assert mary.answer.status_code == 422
    assert "There is nothing to go back to for this run." in page.text
    assert len(mary.get(PATH).one("ul", **{"class": "acts"}).all("li")) == 1


def test_an_undo_that_would_change_nothing_is_not_offered(mary: Browser, world: World) -> None:
    """A run that only set back what users wrote over our values has left our contacts as they were."""
    world.run()
    world.user().edit(world.labelled()["1"]["resourceName"], names=[{"givenName": "Annie"}])
    mended = world.run().run
    page = mary.get(f"{PATH}/restore", before=mended)

    assert page.one("p", **{"class": "empty"}).text.startswith("There is nothing to bring back")
    assert [button.text for button in page.all("button")] == ["Leave"]


def test_during_a_run_nothing_is_undone(mary: Browser, world: World) -> None:
    """The page says whose run it is; the account is not paused."""
    bad = a_bad_night(world)
    start_sync(world.services, "acme", "ann@example.com")
    page = mary.get(f"{PATH}/restore", before=bad)

    assert mary.answer.status_code == 409
    assert "ann@example.com" in page.text
    assert not load_account(world.services.state, "acme", "acme-0").paused


def test_an_account_that_is_let_go_is_not_paused(mary: Browser, world: World) -> None:
    """The page leads on to its end."""
    leaving = replace(world.accounts[0], state="disconnecting", leaving=Leaving(remove=True, by="ann"))
    world.services.state.write(account_put(leaving))
    page = mary.get(PATH)

    assert [button.text for button in page.all("button") if button.text in ("Pause", "Resume")] == []
    assert "Continue disconnecting" in page.text


def test_another_wisps_account_and_a_hostile_reason(mary: Browser, world: World) -> None:
    """There is no such account; the reason is a text."""
    mary.get("/accounts/mike-0")
    assert mary.answer.status_code == 404
    mary.get(PATH)
    page = mary.press("Pause", why=HOSTILE * 5)

    assert "<script>alert" not in mary.answer.text
    assert page.all("img", src="x") == []
