"""The console's long pages: each stays light, and what somebody is to approve can all be seen."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.console.pages.progress import progress_of
from shared.domain.model.act import Act
from shared.domain.model.preview import AccountPreview, FieldChange, Preview, Shown
from shared.domain.model.run import AccountOutcome, CustomerOutcome, Note, RunOutcome
from shared.domain.model.scope import Scope
from shared.replace import replace
from shared.usecases.base.documents import account_put, act_put, wisp_put
from shared.usecases.base.run_documents import notes_puts, run_put
from shared.usecases.runs.kept_preview import PREVIEW_KEPT, KeptPreview, kept_put, parts_of
from shared.usecases.runs.status import AccountProgress, Running
from shared.usecases.wisps.scope import ScopeWish, save_scope
from tests.functions.console_kit import Browser, Node
from tests.world import World, customer

QUOTES = "\"'<&" * 125
"""A text of 500 characters, of those that take most on a page."""

HEAVIEST = 30_000
"""Bytes of a page before compression."""

NAME = "Caoimhín Ó Raghallaigh-Featherstonehaugh"
LINES = {
    "names": NAME,
    "phoneNumbers": "+353 87 123 4567 (mobile)",
    "emailAddresses": "caoimhin.oraghallaigh@example.com (home)",
    "addresses": "The Old Schoolhouse, Ballynahinch, Co. Galway, H91 X4Y2, Ireland (home)",
    "biographies": "Customer 100123, active, site Knocknarea, access point KNR-AP-03, plan Home 100",
    "userDefined": "SIMPLer: active",
}
CHANGES = [FieldChange(field, (), (line,)) for field, line in LINES.items()]
MANY = [Shown(str(200_000 + number), f"{NAME} {number}", changes=CHANGES) for number in range(60)]


def removing(count: int, first: int = 100_000, number: int = 0) -> AccountPreview:
    """Return the preview of an account in which so many removals are held back."""
    removes = [Shown(str(first + each), f"{NAME} {each}", "left") for each in range(count)]
    guard, email = f"{count} of 300 contacts would be removed", f"office{number}@example.com"
    held: dict[str, Any] = {"refused": count, "guard": guard, "permit": f"all-of-{number}"}
    return AccountPreview(f"acme-{number}", email, remove=count, removes=removes, **held)


def filling(account: AccountPreview) -> AccountPreview:
    """Return the preview with as many to be made and changed besides."""
    return replace(account, create=5000, creates=MANY, update=500, updates=MANY)


def keep(world: World, *accounts: AccountPreview) -> str:
    """Keep a preview as its task would have; return its id."""
    now = world.clock.now()
    kept = KeptPreview("preview-20260302T050000-aaaaaaaa", now.isoformat(), "", "ready", now.isoformat())
    made = Preview(5000, 5000, 3, list(accounts), ".".join(each.permit for each in accounts))
    writes = parts_of(world.wisp.id, kept, made, now + PREVIEW_KEPT)
    world.services.state.write(
        kept_put(world.services, world.wisp.id, replace(kept, parts=len(writes))), *writes
    )
    return kept.id


def pages_of(mary: Browser, kept: str) -> Iterator[Node]:
    """Yield a preview's pages, by the links from one to the next."""
    page = mary.get("/preview", made=kept)
    yield page
    while onward := page.all("a", rel="next"):
        page = mary.get(onward[0].attributes["href"])
        yield page


def removed_on(page: Node) -> list[str]:
    """Return the customers whose removal a page lists."""
    tables = [table for table in page.all("table") if table.all("caption")]
    return [row.one("th").text.split()[-1] for table in tables for row in table.all("tr")[1:]]


def test_no_page_that_grows_with_the_wisp_is_heavy(mary: Browser, world: World) -> None:
    """Many removals, a first fill, both in several accounts, and a run over several accounts."""
    world.run()
    profile = {**world.wisp.simpler_profile, "link": "https://{server}/customers/{id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    filled = AccountPreview("acme-0", "office0@example.com", create=5000, creates=MANY)
    previews = {
        "removals": [removing(165)],
        "first fill": [filled],
        "few removals beside others": [filling(removing(20))],
        "everything in several": [filling(removing(130, 100_000 + 1000 * each, each)) for each in range(4)],
    }
    weights = {
        f"{name}, page {number}": len(mary.answer.content)
        for name, accounts in previews.items()
        for number, _ in enumerate(pages_of(mary, keep(world, *accounts)), 1)
    }
    notes = [Note(str(1 + number % 30), "updated", "phone, e-mail address") for number in range(300)]
    for count in (1, 4, 8, 15, 60):
        emails = [f"office{each}@example.com" for each in range(count)]
        outcomes = [
            AccountOutcome(
                f"acme-{each}", email, "partial", planned=True, updated=300, notes=notes, notes_left_out=5
            )
            for each, email in enumerate(emails)
        ]
        run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", "complete", accounts=outcomes)
        pressed = [CustomerOutcome(f"acme-{each}", email, "updated") for each, email in enumerate(emails)]
        run.taken_in = {str(number): pressed for number in range(1, 31)}
        world.services.state.write(run_put(run), *notes_puts(run))
        mary.get("/runs/r-1")
        weights[f"run over {count}"] = len(mary.answer.content)

    assert {name: weight for name, weight in weights.items() if weight > HEAVIEST} == {}
    assert len(weights) == 4 + 1 + 1 + 12 + 5


def test_of_many_accounts_a_page_shows_some(mary: Browser, world: World) -> None:
    """What is most urgent of all of them stands on each page; every account is on one."""
    world.run()
    accounts = [
        replace(
            world.accounts[0],
            id=f"acme-{number}",
            email=f"van{number:02}.{'x' * 60}@example.com",
            google_id=f"{number}",
            paused="Why. ",
        )
        for number in range(60)
    ]
    world.services.state.write(*map(account_put, accounts))
    pages, weights = [mary.get("/")], [len(mary.answer.content)]
    while onward := [link for link in pages[-1].all("a") if link.text == "Next"]:
        pages.append(mary.get(onward[0].attributes["href"]))
        weights.append(len(mary.answer.content))
    shown = [{head.text for head in page.one("ul", **{"class": "cards"}).all("h3")} for page in pages]

    customer_page = mary.get("/customer", id="1")
    weights.append(len(mary.answer.content))
    mary.get("/runs")
    weights.append(len(mary.answer.content))
    for number, account in enumerate(accounts):
        chosen = Scope(sites=(f"Gone {number}",), statuses=("current", f"gone {number} {QUOTES[:120]}"))
        world.services.state.write(account_put(replace(account, scope=chosen)))
    unfound = mary.get("/quality").text
    weights.append(len(mary.answer.content))
    mary.get("/settings")
    effect = mary.press("See what it does", name_template="{id} {name}").text
    weights.append(len(mary.answer.content))

    assert "is to hold the customers of Gone 0, where SIMPLer has no contact" in unfound
    assert "of 60 accounts are shown" in unfound
    assert "Nothing has been saved." in effect
    assert "In the other accounts" in effect
    assert "@example.com: paused; not known before its next complete run" in effect
    assert max(weights) < HEAVIEST
    assert "Page 1 of 4: 60 accounts" in customer_page.text
    assert [len(some) for some in shown] == [12] * 5
    assert len(set.union(*shown)) == 60
    assert all("van00" in page.one("ul", **{"class": "needs"}).text for page in pages)
    assert "of 60 matters are shown" in pages[0].text


def test_of_many_accounts_in_a_run_those_that_go_on_have_a_line() -> None:
    """The others are counted, so that the first page stays light while a run is on."""
    done = AccountProgress("acme-0", "done", done=0, total=0, created=0, updated=0, removed=0, failed=0)
    accounts = [
        replace(done, account=f"acme-{number}", phase="done" if number < 40 else "creating")
        for number in range(60)
    ]
    running = Running("r-1", "run", "x", 0.0, "writing Google", done=0, total=10, accounts=accounts)
    lines = progress_of(running, (), {}).accounts
    few = progress_of(replace(running, accounts=accounts[38:42]), (), {}).accounts

    assert lines[:2] == ("acme-40: creating", "acme-41: creating")
    assert lines[12:] == ("and 48 more accounts",)
    assert few == ("acme-38: done", "acme-39: done", "acme-40: creating", "acme-41: creating")


def nasty(number: int) -> dict[str, Any]:
    """Return a customer whose texts are as long as SIMPLer takes them, and of what is longest on a page."""
    long = f"{number}{QUOTES}"
    return customer(
        number,
        name=long,
        nickname=long,
        email=f'{number}"@example.com; ' * 20,
        mobile=f"087 {1_000_000 + number % 3}; " + " ".join(f"<x>{number}{each}" for each in range(30)),
        site=f"{number}{QUOTES[:180]}",
        ap_nickname=f"ap {number}{QUOTES[:180]}",
        address1=long,
    )


def test_no_page_is_heavy_whatever_people_typed(mary: Browser, world: World) -> None:
    """Names of 500 quotes, sites and access points likewise, numbers that a third of all share."""
    for number in range(100, 200):
        world.simpler.state.customers.add(nasty(number))
    for number in range(60):
        world.simpler.state.customers.add({**nasty(300 + number), "customerid": ""})
    now = world.clock.now()
    for number in range(120):
        at = now + timedelta(seconds=number)
        act = Act(at.isoformat(), f"{number}@example.com", "pressed", about=f"{number}", detail=QUOTES)
        world.services.state.write(act_put("acme", at, act))
    run = world.run()
    choose = Scope(sites=tuple(f"{number}{QUOTES[:180]}" for number in range(100, 110)))
    save_scope(world.services, ScopeWish("acme", "acme-0", "tom@example.com", choose))
    site = {"site": f"100{QUOTES[:180]}"}
    pages: list[tuple[str, dict[str, str]]] = [
        *((path, {}) for path in ("/", "/runs", f"/runs/{run.run}", "/quality", "/history", "/settings")),
        *((path, {}) for path in ("/accounts/acme-0", "/accounts/acme-0/scope", "/connect", "/outage")),
        *(("/customers", {"q": query}) for query in ("087", "9" * 400)),
        ("/customer", {"id": "100"}),
        ("/outage", site),
        ("/outage", {"q": QUOTES}),
        ("/preview", {}),
    ]
    weights: dict[str, int] = {}
    for number in (1, 14, 30):
        sites = [f"{100 + each}{QUOTES[:180]}" for each in range(number)]
        mary.get("/accounts/acme-1/scope")
        mary.press("See what it does", more_sites="\n".join(sites))
        weights[f"{number} sites chosen"] = len(mary.answer.content)
    mary.get("/settings")
    mary.press("See what it does", name_template="{id} {name}", statuses="current\npost")
    weights["changed settings"] = len(mary.answer.content)
    assert "Nothing has been saved." in mary.page.text
    for path, asked in pages:
        mary.get(path, **asked)
        weights[f"{path} {sorted(asked)}"] = len(mary.answer.content)
        assert mary.answer.status_code == 200, path
    changes = [FieldChange(field, (QUOTES,), (f"{QUOTES} {field}",)) for field in LINES]
    updates = [Shown(str(number), QUOTES, changes=changes) for number in range(50)]
    removes = [Shown(str(1000 + number), QUOTES, "left") for number in range(50)]
    one = AccountPreview(
        "acme-0", "office0@example.com", update=50, updates=updates, create=50, creates=updates
    )
    several = [
        replace(one, account=f"acme-{each}", email=f"office{each}@example.com", unchanged=each)
        for each in range(20)
    ]
    previews = {
        "removals": [replace(one, remove=50, removes=removes, refused=50, guard="Too many.")],
        "twenty that differ": several,
    }
    for name, accounts in previews.items():
        for number, _ in enumerate(pages_of(mary, keep(world, *accounts)), 1):
            weights[f"{name}, page {number}"] = len(mary.answer.content)

    assert {name: weight for name, weight in weights.items() if weight > HEAVIEST} == {}


def test_all_removals_can_be_seen_before_they_are_approved(mary: Browser, world: World) -> None:
    """Page by page, each once, over all accounts; every page has the same button, the file has them all."""
    accounts = [removing(90), removing(75, 500_000, 1)]
    kept = keep(world, *accounts)
    pages = list(pages_of(mary, kept))
    mary.get("/preview.csv", made=kept)
    rows = list(csv.reader(io.StringIO(mary.answer.content.decode("utf-8-sig"), newline="")))[1:]
    everybody = [contact.customer for account in accounts for contact in account.removes]

    assert [len(removed_on(page)) for page in pages] == [50, 50, 50, 15]
    assert [each for page in pages for each in removed_on(page)] == everybody
    assert [row[2] for row in rows] == everybody
    for page in pages:
        held = page.one("section", **{"aria-labelledby": "held"})
        assert held.one("button").text == "Approve 165 removals in 2 accounts"
        assert held.one("input", name="token").attributes["value"] == "all-of-0.all-of-1"
        assert "the file has the whole list" in held.text
    assert "Removals 51 to 100 of 165" in pages[1].text


def preview_of_many_leavers(mary: Browser, world: World) -> Node:
    """Open the preview once 51 of 56 customers have left, which takes two pages."""
    for number in range(31, 57):
        world.simpler.state.customers.add(customer(number))
    world.run()
    world.leave(*range(1, 52))
    return mary.enter().get("/preview")


def test_approving_on_a_later_page_approves_the_whole_list(mary: Browser, world: World) -> None:
    """And nothing besides: the same token, whichever page is open."""
    page = preview_of_many_leavers(mary, world)
    mary.get(page.all("a", rel="next")[0].attributes["href"])
    mary.press("Approve 51 removals in each of 2 accounts")

    assert [account.removed for account in world.work().accounts] == [51, 51]


def test_a_customer_who_leaves_between_two_pages_stays_held_back(mary: Browser, world: World) -> None:
    """What is approved on a later page is the preview that was opened, not what is true by then."""
    page = preview_of_many_leavers(mary, world)
    world.leave(52)
    world.clock.advance(120)
    later = mary.get(page.all("a", rel="next")[0].attributes["href"])
    mary.press("Approve 51 removals in each of 2 accounts")

    assert "52" not in removed_on(later)
    assert [(account.removed, account.refused) for account in world.work().accounts] == [(0, 52)] * 2


def test_what_else_would_change_is_on_the_page_after_many_removals(mary: Browser, world: World) -> None:
    """Few removals stand beside it; the counts are on the first page in either case."""
    (only,) = pages_of(mary, keep(world, filling(removing(20))))
    first, second = pages_of(mary, keep(world, filling(removing(21))))

    assert only.all("details", **{"class": "contact"})
    assert len(removed_on(only)) == 20
    assert not first.all("details", **{"class": "contact"})
    assert "New5,000" in first.one("section", **{"aria-labelledby": "account-1"}).text
    assert second.all("details", **{"class": "contact"})
    assert removed_on(second) == []
    assert "The first 25 of 5,000 contacts are shown." in second.text


def test_more_removals_than_a_preview_lists_are_told(mary: Browser, world: World) -> None:
    """The button counts them all; each page says how many of them can be seen."""
    account = replace(removing(500), remove=600, refused=600)
    for page in pages_of(mary, keep(world, account)):
        assert page.one("section", **{"aria-labelledby": "held"}).one("button").text == "Approve 600 removals"
        assert "The first 500 of 600 contacts are listed, here and in the file." in page.text


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ("0", "1 to 50"),
        ("-3", "1 to 50"),
        ("x", "1 to 50"),
        ("", "1 to 50"),
        ("2", "51 to 60"),
        ("9" * 40, "51 to 60"),
    ],
)
def test_a_page_that_there_is_not_shows_the_nearest(
    mary: Browser, world: World, part: str, first: str
) -> None:
    """Whatever stands in the address."""
    assert f"Removals {first} of 60" in mary.get("/preview", made=keep(world, removing(60)), part=part).text


def test_when_the_preview_is_gone_another_begins_and_says_so(mary: Browser, world: World) -> None:
    """Nobody reads the end of one list after the beginning of another."""
    for named in ("preview-20260302T050000-00000000", "../other", ""):
        page = mary.get("/preview", made=named, part="2")

        assert "The preview that you had open is kept no longer." in page.text
        assert page.all("section")[0].one("h2").text == "office0@example.com, office1@example.com"
    assert "kept no longer" not in mary.get("/preview").text
