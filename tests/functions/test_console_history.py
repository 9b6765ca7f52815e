"""The console's history: who did what, newest first."""

from datetime import timedelta

import pytest

from shared.domain.model.act import Act, ActKind
from shared.domain.model.schedule import moment
from shared.domain.model.wisp import WispSettings
from shared.domain.model.wisp_history import Changed, History, SettingChange
from shared.ports import Put
from shared.usecases.accounts.restore import pause, restore, resume
from shared.usecases.base.documents import HISTORY, act_put, history_put
from shared.usecases.sync.snapshots import runs
from shared.usecases.wisps.acts import MOST_ACTS, MOST_OF_MANY
from shared.usecases.wisps.settings import Wish, read_settings, save_settings
from tests.functions.console_kit import HOSTILE, Browser, Console, Node
from tests.functions.served import MARY
from tests.world import World


def told(page: Node) -> list[str]:
    """Return what the page tells, each in one line without its time."""
    items = page.one("ul", **{"class": "acts panel"}).all("li")
    return [item.text.partition(" · ")[2] for item in items]


def test_what_people_did_is_told_newest_first(mary: Browser, world: World) -> None:
    """On accounts, runs, customers and settings; what a night did is not: the runs tell that."""
    world.run()
    mary.get("/customer", id="7")
    mary.press("Bring up to date")
    world.clock.advance(1)
    mary.get("/")
    mary.press("Synchronize Google Contacts")
    world.work()
    pause(world.services, "acme", "acme-1", "Google is being moved", by="ann@example.com")
    world.clock.advance(1)
    resume(world.services, "acme", "acme-1", by="ann@example.com")
    world.clock.advance(1)
    [first, *_] = runs(world.services.state, "acme-0", world.clock.now())
    restore(world.services, "acme", "acme-0", first, by="ann@example.com", go=True)
    world.clock.advance(1)
    known = read_settings(world.services, "acme")
    wish = Wish("acme", "ann@example.com", WispSettings(leavers="keep"), revision=known.revision)
    save_settings(world.services, wish)
    world.clock.advance(1)
    mary.get("/accounts/acme-1/disconnect")
    mary.press("Disconnect", contacts="keep")

    assert told(mary.get("/history")) == [
        "you disconnected office1@example.com Its contacts stay in Google Contacts as they are.",
        "ann@example.com changed the settings: Customers who leave Customers who leave: removed → kept",
        "ann@example.com brought back office0@example.com to what it was before a run",
        "ann@example.com resumed office1@example.com",
        "ann@example.com paused office1@example.com Google is being moved",
        "you started a run",
        "you pressed the button of 7",
    ]


def test_colleagues_read_a_name_and_oneself_is_you(console: Console) -> None:
    """By the address, so that one's own deeds stay one's own when SIMPLer tells a name, or another one."""
    with console.browser() as browser:
        browser.enter({**MARY, "name": "Mary Murphy"})
        browser.press("Synchronize Google Contacts")
        mine = told(browser.enter(MARY).get("/history"))
        theirs = told(browser.enter({**MARY, "id": "19", "email": "ann@example.com"}).get("/history"))

    assert mine == ["you started a run"]
    assert theirs == ["Mary Murphy (mary@example.com) started a run"]


def test_an_approval_is_told_from_a_start(mary: Browser, world: World) -> None:
    """Whoever let removals through is named."""
    world.run()
    world.leave(*range(1, 26))
    mary.get("/preview")
    token = mary.page.all("input", name="token")[0].attributes["value"]
    mary.post("/preview/allow", {"csrf": mary.csrf, "token": token})

    assert told(mary.get("/history")) == ["you approved the removals of a preview and started a run"]


def test_before_anything_was_done_the_page_says_so(mary: Browser) -> None:
    """Without a list."""
    page = mary.get("/history")

    assert page.all("ul", **{"class": "acts panel"}) == []
    assert "Nothing is recorded yet." in page.text


def test_only_the_last_are_told_and_for_a_year(mary: Browser, world: World) -> None:
    """The page stays small; what is garbled costs only itself; old acts may be deleted."""
    now = world.clock.now()
    for number in range(MOST_ACTS + 5):
        at = now + timedelta(seconds=number)
        act = Act(at.isoformat(), "ann@example.com", "paused", f"{number}@example.com")
        world.services.state.write(act_put("acme", at, act))
    garbled = Put("wisps/acme/acts/garbled", {"started": now.isoformat(), "by": 7})
    world.services.state.write(garbled)
    lines = told(mary.get("/history"))

    assert len(lines) == MOST_ACTS
    assert lines[0] == f"ann@example.com paused {MOST_ACTS + 4}@example.com"
    assert len(mary.answer.content) < 30_000
    assert act_put("acme", now, Act("", "", "pressed")).expires == now + HISTORY


def test_a_long_history_goes_over_several_light_pages(mary: Browser, world: World) -> None:
    """Each entry is on one of them; what the address says otherwise is the first page."""
    now = world.clock.now()
    for number in range(60):
        at = now + timedelta(seconds=number)
        act = Act(at.isoformat(), "ann@example.com", "paused", f"{number}@example.com", detail='"' * 300)
        world.services.state.write(act_put("acme", at, act))
    page, lines, sizes = mary.get("/history"), [], []
    while True:
        lines += told(page)
        sizes.append(len(mary.answer.content))
        older = [link for link in page.all("a") if link.text == "Older"]
        if not older:
            break
        page = mary.get(older[0].attributes["href"])

    paused = [line.partition(' "')[0] for line in lines]
    assert paused == [f"ann@example.com paused {number}@example.com" for number in reversed(range(60))]
    assert len(sizes) > 1
    assert max(sizes) < 30_000
    assert told(mary.get("/history", first="9999")) == told(mary.get("/history"))


@pytest.mark.parametrize("what", ["outage_listed", "pressed"])
def test_what_people_do_often_pushes_nobody_elses_acts_out(
    mary: Browser, world: World, what: ActKind
) -> None:
    """Many press customers' buttons, or search for the mast that is down; the last of these are told."""
    now = world.clock.now()
    acts = [Act(now.isoformat(), "ann@example.com", "paused", "office0@example.com")]
    for number in range(1, 2 * MOST_ACTS):
        started = (now + timedelta(seconds=number)).isoformat()
        acts.append(Act(started, "joe@example.com", what, about=f"{number}", detail=f"The {number}th"))
    world.services.state.write(*(act_put("acme", moment(act.started), act) for act in acts))
    page = mary.get("/history")
    often = [line for line in told(page) if line.startswith("joe@example.com")]

    assert len(often) == MOST_OF_MANY[what]
    assert f"The {2 * MOST_ACTS - 1}th" in page.text
    assert told(page)[-1] == "ann@example.com paused office0@example.com"


def test_a_hostile_text_is_a_text(mary: Browser, world: World) -> None:
    """Whoever wrote it."""
    now = world.clock.now()
    for what in ("paused", "pressed", "started", "restored"):
        act = Act(now.isoformat(), HOSTILE, what, HOSTILE, HOSTILE, HOSTILE)
        world.services.state.write(act_put("acme", now, act))
    page = mary.get("/history")

    assert mary.answer.status_code == 200
    assert [node.attributes["src"].partition("?")[0] for node in page.all("script")] == ["/assets/console.js"]
    assert page.all("img", src="x") == []


def test_that_the_wisp_was_set_up_is_one_entry(mary: Browser, world: World) -> None:
    """Without its settings one by one: nothing was anything before."""
    first = SettingChange(world.clock.now().isoformat(), "SIMPLer", (Changed("name", "", '"ACME"'),))
    world.services.state.write(history_put("acme", History().with_change(first)))

    assert told(mary.get("/history")) == ["SIMPLer set this WISP up"]
