"""The runs' pages: which there were, what each did with which customer and why, and the same as a file."""

import csv
import io
from urllib.parse import urlsplit

import pytest

from shared.domain.model.run import AccountOutcome, CustomerOutcome, Note, RunOutcome
from shared.ports import Drop
from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.run_documents import notes_puts, run_put
from tests.functions.console_kit import Browser, Node
from tests.world import World, customer

SKIPPED = {"customerid": None, "name": "Nobody"}


def rows(table: Node) -> list[list[str]]:
    """Return a table's cells, without its heads."""
    shown = [row for row in table.all("tr")[1:] if row.attributes.get("class") != "day"]
    return [[cell.text for cell in row.inside if isinstance(cell, Node)] for row in shown]


def table_of(browser: Browser) -> list[list[str]]:
    """Return the file that was downloaded."""
    return list(csv.reader(io.StringIO(browser.answer.content.decode("utf-8-sig"), newline="")))


def store(world: World, run: RunOutcome) -> RunOutcome:
    """Store a run as if it had been done."""
    world.services.state.write(run_put(run), *notes_puts(run))
    return run


def test_runs_are_listed_newest_first_with_what_they_did(mary: Browser, world: World) -> None:
    """By day, each with a sentence that counts customers, not rows of all accounts together."""
    world.run()
    world.clock.advance(60)
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.run()
    table = mary.enter().get("/runs").one("table")

    assert [row.text for row in table.all("tr", **{"class": "day"})] == ["Today"]
    assert rows(table) == [
        ["05:01:02", "Complete", "1 changed in each of 2 accounts", "nightly run", "0.0 s"],
        ["05:00:01", "Complete", "30 new in each of 2 accounts", "nightly run", "0.0 s"],
    ]


def test_a_run_that_is_on_has_the_way_to_where_it_is_followed(mary: Browser, world: World) -> None:
    """Its own page is not brought up to date; one that has ended needs no such way."""
    mary.get("/")
    mary.press("Synchronize Google Contacts")
    (row,) = mary.get("/runs").one("table").all("tr")[2:]
    page = mary.get(row.one("a").attributes["href"])
    (way,) = [node for node in page.all("a") if node.text == "See how far it is"]

    assert mary.get(way.attributes["href"]).text.count("A run is on") == 1
    assert "how far" not in mary.get(f"/runs/{world.work().run}").text


def test_an_account_that_somebody_paused_is_not_called_stopped(mary: Browser, world: World) -> None:
    """They wanted that; red would call it a failure."""
    world.services.state.write(account_put(replace(world.accounts[0], paused="Moving phones")))
    page = mary.get(f"/runs/{world.run().run}")
    states = {badge.text for badge in page.all("span") if "badge" in badge.attributes.get("class", "")}

    assert {"Paused", "Complete"} <= states
    assert "Stopped" not in states


def test_a_run_that_failed_says_why_in_the_list(mary: Browser, world: World) -> None:
    """Nobody need open it; one of one's own is "you"."""
    failed = RunOutcome("x", "acme", "2026-03-01T05:00:00+00:00", "mary@example.com", state="failed")
    failed.reason = "SIMPLer did not answer."
    store(world, failed)

    assert rows(mary.get("/runs").one("table")) == [
        ["05:00:00", "Failed", "SIMPLer did not answer.", "you", ""],
    ]


def test_before_the_first_run_the_list_says_what_starts_it(mary: Browser) -> None:
    """And has nothing to choose from."""
    page = mary.get("/runs")

    assert "There has been no run yet. The first one starts when an account is connected." in page.text
    assert page.one("main").all("form") == []


@pytest.mark.parametrize(
    ("state", "account", "count"),
    [("", "", 2), ("complete", "", 1), ("failed", "", 1), ("", "acme-1", 1), ("failed", "acme-1", 0)],
)
def test_runs_can_be_filtered_by_state_and_account(
    mary: Browser, world: World, state: str, account: str, count: int
) -> None:
    """The choice stays chosen."""
    world.run()
    store(world, RunOutcome("x", "acme", "2026-03-01T05:00:00+00:00", "nightly run", state="failed"))
    page = mary.get("/runs", state=state, account=account)

    assert len([row for table in page.all("table") for row in rows(table)]) == count
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == [value or "" for value in (state, account) if value]
    assert ("None of the last 60 runs is like that." in page.text) is (count == 0)


def test_a_run_shows_what_was_done_with_which_customer_and_why(mary: Browser, world: World) -> None:
    """In a person's words, in each account; what is wrong with SIMPLer's records once for all accounts."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.leave(2)
    world.simpler.state.customers.add(SKIPPED)
    world.simpler.state.customers.add(customer(3) | {"customerid": 31, "name": "Newcomer"})
    run = world.run()
    page = mary.enter().get(f"/runs/{run.run}")

    assert page.one("h1").text == "Run of Mon 2 Mar 2026, 05:00"
    titles = [*(account.email for account in world.accounts), "Cannot be used 1"]
    assert [section.one("h2").text for section in page.all("section")] == titles
    assert sorted(rows(page.all("table")[0])) == [
        ["Customer 1 1", "Changed", "phone"],
        ["Customer 2 2", "Removed", "No longer a contact, by their status or the settings"],
        ["Newcomer 31", "New", ""],
    ]
    assert rows(page.all("table")[-1]) == [["none", "The record has no customer number (record 31)"]]


def test_a_runs_customers_can_be_filtered_by_what_was_done(mary: Browser, world: World) -> None:
    """On the page and in the file that it leads to."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.leave(2)
    run = world.run()
    page = mary.enter().get(f"/runs/{run.run}", what="removed")
    (file,) = [link for link in page.all("a") if link.text == "Download as CSV"]
    mary.get(file.attributes["href"])

    assert [row[0] for row in rows(page.all("table")[0])] == ["Customer 2 2"]
    assert [row[3] for row in table_of(mary)] == ["customer", "2", "2"]


def test_the_file_has_every_note_as_rfc_4180_has_it(mary: Browser, world: World) -> None:
    """Heads, commas, CRLF, quotes doubled; UTF-8 with the mark that spreadsheets look for."""
    notes = [
        Note("7", "failed", 'Google said "no, thanks"\nand no more'),
        Note("", "skipped", "no id (record 3)"),
    ]
    account = AccountOutcome("acme-0", "office0@example.com", "partial", notes=notes)
    run = RunOutcome("20260301T050000-aaaaaaaa", "acme", "2026-03-01T05:00:00+00:00", "x", accounts=[account])
    run.taken_in = {"9": [CustomerOutcome("acme-0", "office0@example.com", "created")]}
    store(world, run)
    mary.get(f"/runs/{run.run}.csv")

    assert mary.answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert mary.answer.headers["Content-Disposition"] == f'attachment; filename="run-{run.run}.csv"'
    assert mary.answer.content.startswith(b"\xef\xbb\xbfrun,started,account,customer,name,what,why,link\r\n")
    assert [row[2:] for row in table_of(mary)[1:]] == [
        ["office0@example.com", "7", "", "Failed", 'Google said "no, thanks"\nand no more', ""],
        ["office0@example.com", "", "", "Cannot be used", "The record has no customer number (record 3)", ""],
        ["office0@example.com", "9", "", "created", "", ""],
    ]


def test_the_file_of_all_runs_counts_what_each_did_in_every_account(mary: Browser, world: World) -> None:
    """A row for each account; a run that came to none has one of its own."""
    world.run()
    store(world, RunOutcome("20260301T050000-aaaaaaaa", "acme", "2026-03-01T05:00:00+00:00", "x", "failed"))
    mary.get("/runs")
    (link,) = [link for link in mary.page.all("a") if link.text == "Download as CSV"]
    mary.get(link.attributes["href"])
    heads, *rows = table_of(mary)

    assert heads[3:7] == ["by", "state", "reason", "account"]
    assert [row[heads.index("account")] for row in rows] == ["office0@example.com", "office1@example.com", ""]
    assert [row[heads.index("New")] for row in rows] == ["30", "30", ""]
    assert rows[2][heads.index("state")] == "Failed"


@pytest.mark.parametrize(
    ("start", "marked"),
    [("=", "'="), ("+", "'+"), ("-", "'-"), ("@", "'@"), ("\t=", "'\t'="), ("\r=", "'\r'=")],
)
def test_no_cell_of_a_file_is_a_formula(mary: Browser, world: World, start: str, marked: str) -> None:
    """A spreadsheet takes it for text, also one that takes a tab for the separator."""
    notes = [Note(f"{start}1+1", "kept", f"{start}HYPERLINK()")]
    account = AccountOutcome("acme-0", f"{start}cmd", "complete", notes=notes)
    run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", state="complete", accounts=[account])
    store(world, run)
    mary.get("/runs/r-1.csv")

    _, _, email, customer_id, _, _, why, _ = table_of(mary)[1]
    assert email == f"{marked}cmd"
    assert customer_id == f"{marked}1+1"
    assert why == f"{marked}HYPERLINK()"


def test_long_lists_are_cut_and_the_file_is_whole(mary: Browser, world: World) -> None:
    """Fifty customers an account are shown; what was not even noted is counted."""
    notes = [Note(str(number), "kept", "no longer a contact, kept by setting") for number in range(300)]
    account = AccountOutcome("acme-0", "a@example.com", "complete", notes=notes, notes_left_out=5)
    run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", state="complete", accounts=[account])
    store(world, run)
    page = mary.get("/runs/r-1")
    mary.get("/runs/r-1.csv")

    assert len(rows(page.one("table"))) == 50
    assert "The first 50 of 300 notes are shown. The file has the others." in page.text
    assert "5 further notes were not kept." in page.text
    assert len(table_of(mary)) == 301


@pytest.mark.parametrize("path", ["/runs/{}", "/runs/{}.csv"])
@pytest.mark.parametrize("run", ["other-1", "none", "a%2Fb", "x" * 65, "ü", "%00"])
def test_a_run_of_another_wisp_is_as_unknown_as_one_that_never_was(
    mary: Browser, world: World, path: str, run: str
) -> None:
    """404 for both, with the same words."""
    store(world, RunOutcome("other-1", "borealis", "2026-03-01T05:00:00+00:00", "x", state="complete"))
    page = mary.get(path.format(run))

    assert mary.answer.status_code == 404
    assert page.one("h1").text == "This page does not exist"


def test_a_customer_whose_button_was_pressed_meanwhile_is_part_of_the_run(
    mary: Browser, world: World
) -> None:
    """With what became of it in each account."""
    run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", state="complete")
    run.taken_in = {"9": [CustomerOutcome("acme-0", "office0@example.com", "skipped", "it is no contact")]}
    store(world, run)

    assert rows(mary.get("/runs/r-1").one("table")) == [
        ["9", "office0@example.com", "no contact", "it is no contact"]
    ]


def test_the_newest_runs_are_looked_through_and_the_page_says_how_many(mary: Browser, world: World) -> None:
    """Sixty of them, over several light pages, whatever their reasons are; a filter stays."""
    for number in range(61):
        started = f"2026-01-01T05:{number % 60:02}:00+00:00"
        run = RunOutcome(f"r-{number}", "acme", started, "x", state="partial", reason="'Why' & so on. " * 60)
        store(world, run)
    pages, weights = [mary.get("/runs", state="partial")], [len(mary.answer.content)]
    while onward := [link for link in pages[-1].all("a") if link.text == "Older"]:
        pages.append(mary.get(onward[0].attributes["href"]))
        weights.append(len(mary.answer.content))

    assert [len(rows(page.one("table"))) for page in pages] == [15] * 4
    assert max(weights) < 30_000
    assert "The last 60 runs, newest first." in pages[0].text
    assert pages[3].all("option", selected="")[0].attributes["value"] == "partial"
    assert "Page 4 of 4: 60 runs" in pages[3].text


def test_customers_of_a_run_have_a_name_and_lead_to_their_records(mary: Browser, world: World) -> None:
    """The name leads into SIMPLer, the number to what this service knows; also after a removal."""
    world.run()
    profile = {**world.wisp.simpler_profile, "link": "https://{server}/customers/{id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    world.leave(2)
    run = world.run()
    found = mary.enter().get(f"/runs/{run.run}").all("table")[0].all("a")
    server = urlsplit(world.wisp.simpler_url).netloc

    assert [(link.text, link.attributes["href"]) for link in found][:2] == [
        ("Customer 2", f"https://{server}/customers/2"),
        ("2", "/customer?id=2"),
    ]
    world.clock.advance(31 * 24 * 3600)
    assert rows(mary.enter().get(f"/runs/{run.run}").all("table")[0])[0][0] == "2"


def test_names_in_runs_come_from_ledgers(mary: Browser, world: World) -> None:
    """Neither SIMPLer nor Google is asked for them, and what a ledger does not tell is not made up."""
    run = world.run()
    asked = len(world.simpler.state.calls), world.people_requests(), world.people_requests(1)
    page = mary.enter().get(f"/runs/{run.run}")

    assert "Customer 1 1" in rows(page.all("table")[0])[0][0]
    assert (len(world.simpler.state.calls), world.people_requests(), world.people_requests(1)) == asked
    for account in run.accounts:
        world.services.state.write(Drop(f"ledgers/{account.account}"))
    assert rows(mary.get(f"/runs/{run.run}").all("table")[0])[0][0] == "1"


def test_what_needs_somebody_comes_first(mary: Browser, world: World) -> None:
    """Among the notes of an account, and in the choice of what was done."""
    kinds = ("created", "kept", "updated", "failed", "refused")
    notes = [Note(str(number), kind, "x") for number, kind in enumerate(kinds)]
    account = AccountOutcome("acme-0", "a@example.com", "partial", planned=True, refused=1, notes=notes)
    store(world, RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", "partial", accounts=[account]))
    page = mary.get("/runs/r-1")

    shown = ["Failed", "Held back", "New", "Changed", "Kept"]
    assert [row[1] for row in rows(page.one("table"))] == shown
    assert [option.text for option in page.all("option")] == ["All", *shown]
    assert "Review removals" in page.text


def test_what_is_the_same_in_most_accounts_is_said_once(mary: Browser, world: World) -> None:
    """Where one was not reached, the others are counted, also when there was nothing to change."""
    reached = [
        AccountOutcome(f"acme-{number}", f"van{number}@example.com", "complete", planned=True)
        for number in range(4)
    ]
    stopped = AccountOutcome("acme-9", "van9@example.com", "stopped", reason="Why.")
    accounts = [*reached, stopped]
    store(
        world,
        RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", "partial", accounts=accounts, listed=30),
    )
    page = mary.get("/runs/r-1")
    alone = RunOutcome(
        "r-2", "acme", "2026-03-01T05:00:00+00:00", "x", "partial", accounts=[stopped], listed=30
    )
    store(world, alone)

    assert "Nothing to change in each of 4 accounts." in page.text
    assert "Cannot be used0" in page.text
    assert "Cannot be used" not in mary.get("/runs/r-2").text


def test_many_accounts_go_over_several_pages(mary: Browser, world: World) -> None:
    """Those that need somebody first; a filter stays, and the nearest page is shown for one that is not."""
    accounts = [
        AccountOutcome(
            f"acme-{number}",
            f"van{number:02}@example.com",
            "stopped" if number == 29 else "complete",
            notes=[Note("1", "updated", "")],
        )
        for number in range(30)
    ]
    run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", "partial", accounts=accounts)
    store(world, run)
    pages = [mary.get("/runs/r-1", what="updated")]
    while onward := [link for link in pages[-1].all("a") if link.text == "Next"]:
        pages.append(mary.get(onward[0].attributes["href"]))
    shown = [[head.text for head in page.all("h2") if "van" in head.text] for page in pages]

    assert [len(emails) for emails in shown] == [12, 12, 6]
    assert shown[0][:2] == ["van29@example.com", "van00@example.com"]
    assert len({email for emails in shown for email in emails}) == 30
    assert "12 of 30 accounts are on this page." in pages[0].text
    assert pages[2].one("option", selected="").text == "Changed"
    assert "Page 3 of 3: 30 accounts" in mary.get("/runs/r-1", part="99").text


def test_what_was_not_read_has_no_counts(mary: Browser, world: World) -> None:
    """Not eight zeros, and no contacts held that nobody counted."""
    account = AccountOutcome("acme-0", "a@example.com", "stopped", "Access was taken away.")
    store(world, RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", "x", "partial", accounts=[account]))
    page = mary.get("/runs/r-1")

    assert page.all("dl") == []
    assert "The contacts of this account were not looked at in this run." in page.text
