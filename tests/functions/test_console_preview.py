"""The preview's page: old and new field by field, and the leave to remove what the guard holds back."""

import csv
import io

from infra.standins.simpler.failure import Failure
from shared.bootstrap import perform
from shared.replace import replace
from shared.usecases.accounts.restore import pause, resume
from shared.usecases.base.documents import wisp_put
from tests.functions.console_kit import Browser, Node
from tests.world import World, customer


def tiles(node: Node) -> dict[str, str]:
    """Return the counts shown in it."""
    return {tile.one("dt").text: tile.one("dd").text for tile in node.all("div") if tile.all("dt")}


def cells(row: Node) -> list[str]:
    """Return the texts of a table's row."""
    return [cell.text for cell in row.inside if isinstance(cell, Node)]


def test_it_shows_each_change_with_its_old_and_its_new_value(mary: Browser, world: World) -> None:
    """What goes is struck out, what comes stands beside it, and nothing is written."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.simpler.state.customers.add(customer(50))
    world.leave(2)
    before = world.snapshot()
    section = mary.get("/preview").all("section")[0]
    table = section.all("table", **{"class": "fields"})[0]

    assert tiles(section) == {
        "New": "1",
        "Changed": "1",
        "Back in the label": "0",
        "Removed": "1",
        "Unchanged": "28",
    }
    assert cells(table.all("tr")[1]) == [
        "Phone",
        "+353 87 100 0001 (mobile)",
        "+353 86 111 1111 (mobile)",
    ]
    assert table.one("del").text == "+353 87 100 0001 (mobile)"
    assert table.one("ins").text == "+353 86 111 1111 (mobile)"
    removed = section.all("table")[0].all("tr")[1]
    assert cells(removed) == ["Customer 2 2", "No longer a contact, by their status or the settings"]
    assert section.all("summary")[0].text == "Customer 1 1 · changed in SIMPLer"
    assert section.all("summary")[1].text == "Customer 50 50"
    assert world.snapshot() == before


def test_what_stays_in_a_field_is_shown_as_it_is(mary: Browser, world: World) -> None:
    """Only the lines that differ are marked."""
    world.run()
    world.simpler.state.customers.patch("1", {"alt_phones": ["021 234 8100"]})
    table = mary.get("/preview").all("table", **{"class": "fields"})[0]

    assert table.all("del") == []
    assert [new.text for new in table.all("ins")] == ["+353 21 234 8100"] or len(table.all("ins")) == 1


def test_what_of_a_contact_is_the_users_own_is_said(mary: Browser, world: World) -> None:
    """It stays, whatever SIMPLer changes beside it."""
    world.run()
    [phone] = world.labelled()["1"]["phoneNumbers"]
    own = [{"value": phone["value"], "type": phone["type"]}, {"value": "021 999 9999", "type": "Shop"}]
    world.user().edit(world.labelled()["1"]["resourceName"], phoneNumbers=own)
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})

    assert "own stays in Phone: 021 999 9999 (Shop)" in mary.get("/preview").text


def test_what_google_has_not_confirmed_is_not_called_equal(mary: Browser, world: World) -> None:
    """Contacts that a run was just making may come yet, so that none is made, and the page says so."""
    world.fault(method="people.batchCreateContacts", times=None, what={"status": 503})
    world.run()
    text = mary.get("/preview").all("section")[0].text

    assert "equal to SIMPLer" not in text
    assert "30 customers are left alone for now: Google has not confirmed their contact yet" in text


def test_a_paused_account_says_that_a_run_does_nothing_there(mary: Browser, world: World) -> None:
    """It stands apart from one in which the same would be done, with the way to resume it."""
    world.run()
    pause(world.services, "acme", "acme-1", "New phones this week", by="Tom")
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    first, second = mary.get("/preview").all("section")

    assert "paused" not in first.text
    assert "a run does nothing here until somebody resumes it: New phones this week" in second.text
    assert second.all("a", href="/accounts/acme-1")


def test_an_account_that_is_equal_says_so(mary: Browser, world: World) -> None:
    """Nothing to do, and no form."""
    world.run()
    page = mary.get("/preview")

    assert page.text.count("These accounts are equal to SIMPLer; there is nothing to do.") == 1
    assert "The same in each of these 2 accounts" in page.text
    assert [form.one("button").text for form in page.all("form")] == ["Leave", "Bring all up to date"]


def test_who_is_put_back_into_the_label_is_named(mary: Browser, world: World) -> None:
    """In the account in which a user took them out of it; the other account has a part of its own."""
    world.run()
    contact = world.labelled()["3"]["resourceName"]
    world.user().unlabel(contact, world.user().label(world.wisp.label))
    first, second = mary.get("/preview").all("section")

    assert tiles(first)["Back in the label"] == "1"
    assert first.one("ul", **{"class": "plain"}).text == "Customer 3 3"
    assert second.all("ul") == []


def test_a_changed_field_tells_the_lines_that_stay_by_their_number(mary: Browser, world: World) -> None:
    """One or two are shown; of more, what changes is not lost among them."""
    world.run()
    numbers = [f"021 234 81{n:02}" for n in range(4)]
    world.simpler.state.customers.patch("1", {"alt_phones": numbers})
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    table = mary.get("/preview").all("table", **{"class": "fields"})[0]

    assert cells(table.all("tr")[-1])[-1] == "4 others, as they are"


def test_the_file_has_every_contact_of_the_plan(mary: Browser, world: World) -> None:
    """A row for each contact and account, with what changes in one line."""
    world.run()
    world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    world.leave(2)
    page = mary.get("/preview")
    (link,) = [link for link in page.all("a") if link.text == "Download as CSV"]
    mary.get(link.attributes["href"])
    rows = list(csv.reader(io.StringIO(mary.answer.content.decode("utf-8-sig"), newline="")))

    assert rows[0] == ["account", "what", "customer", "name", "why", "changes", "link"]
    assert [row[:4] for row in rows[1:3]] == [
        ["office0@example.com", "Removed", "2", "Customer 2"],
        ["office0@example.com", "Changed", "1", "Customer 1"],
    ]
    assert rows[2][5] == "Phone: +353 87 100 0001 (mobile) → +353 86 111 1111 (mobile)"
    assert len(rows) == 5


def test_there_is_no_file_of_a_preview_that_is_not_kept(mary: Browser) -> None:
    """Whatever stands in the address."""
    for named in ("", "../other", "preview-20260302T050000-00000000"):
        mary.get("/preview.csv", made=named)

        assert mary.answer.status_code == 404


def test_long_lists_are_cut_and_say_so(mary: Browser, world: World) -> None:
    """Fifty of a kind are shown, the first of them with their fields; the count is whole."""
    for number in range(100, 200):
        world.simpler.state.customers.add(customer(number))
    section = mary.get("/preview").all("section")[0]

    assert tiles(section)["New"] == "130"
    assert len(section.all("details", **{"class": "contact"})) == 10
    assert len(section.one("ul", **{"class": "plain"}).all("li")) == 40
    assert "The next ones by name; their fields are in the file." in section.text
    assert "The first 50 of 130 contacts are shown." in section.text


def test_an_account_that_cannot_be_read_says_why_and_the_others_are_shown(
    mary: Browser, world: World
) -> None:
    """The sentence is the error's own."""
    world.services.secrets.destroy(world.accounts[0].secret)
    first, second = mary.get("/preview").all("section")

    assert "There is no preview of this account:" in first.text
    assert first.one("a").text == "See what it needs"
    assert mary.get(first.one("a").attributes["href"]).one("h1").text == "Google accounts"
    assert tiles(second)["New"] == "30"


def test_removals_of_a_paused_account_are_shown_and_not_let_through(mary: Browser, world: World) -> None:
    """The run that the button starts would do nothing there; once it is resumed they are offered again."""
    world.run()
    world.leave(*range(1, 26))
    office = world.accounts[0]
    pause(world.services, "acme", office.id, why="Moving phones", by="joe@example.com")
    page = mary.enter().get("/preview")
    held = page.one("section", **{"aria-labelledby": "held"})

    assert held.one("h2").text == "25 removals held back"
    assert office.email not in held.text
    assert tiles(page.one("section", **{"aria-labelledby": "account-1"}))["Removed"] == "25"
    mary.press("Approve 25 removals")
    assert [account.removed for account in world.work().accounts] == [0, 25]
    resume(world.services, "acme", office.id, by="joe@example.com")
    assert "25 removals held back" in mary.get("/preview", anew="1").text


def test_where_only_a_paused_account_has_removals_there_is_nothing_to_approve(
    mary: Browser, world: World
) -> None:
    """What the other accounts need is one press, as ever."""
    world.run()
    world.leave(*range(1, 26))
    for account in world.accounts:
        pause(world.services, "acme", account.id, why="Moving phones", by="joe@example.com")
    page = mary.enter().get("/preview")

    assert page.all("section", **{"aria-labelledby": "held"}) == []
    assert "Moving phones" in page.text


def test_a_person_lets_exactly_the_removals_through_that_are_shown(mary: Browser, world: World) -> None:
    """The guard's words, the contacts, and a button that starts the run which may remove them."""
    world.run()
    world.leave(*range(1, 26))
    page = mary.enter().get("/preview")
    held = page.one("section", **{"aria-labelledby": "held"})

    assert held.one("h2").text == "25 removals in each of 2 accounts held back"
    assert "office0@example.com: 25 of 30 contacts would be removed" in held.text
    assert len(page.all("table")[0].all("tr")) == 26
    page = mary.press("Approve 25 removals in each of 2 accounts")
    assert "Started by you" in page.text
    assert [account.removed for account in world.work().accounts] == [25, 25]


def test_other_removals_than_those_shown_stay_held_back(mary: Browser, world: World) -> None:
    """Customers who left meanwhile are not part of what was allowed."""
    world.run()
    world.leave(*range(1, 26))
    mary.enter().get("/preview")
    world.leave(*range(26, 27))
    mary.press("Approve 25 removals in each of 2 accounts")

    assert [(account.removed, account.refused) for account in world.work().accounts] == [(0, 26)] * 2


def test_while_a_run_is_on_nothing_is_let_through(mary: Browser, world: World) -> None:
    """409, and whose run it is."""
    world.run()
    world.leave(*range(1, 26))
    mary.enter().get("/preview")
    preview = mary.answer
    mary.get("/")
    mary.press("Synchronize Google Contacts")
    mary.answer = preview
    page = mary.press("Approve 25 removals in each of 2 accounts")

    assert mary.answer.status_code == 409
    assert len(world.tasks.tasks) == 1
    assert "already on, started by mary@example.com" in page.text


def test_when_simpler_fails_the_page_says_so(mary: Browser, world: World) -> None:
    """And what to do; no details of the other side."""
    world.simpler.state.failure = Failure("denied")
    page = mary.get("/preview")

    assert mary.answer.status_code == 502
    assert "SIMPLer" in page.text
    assert page.one("h1").text == "SIMPLer could not be read"


def wait_page(mary: Browser, world: World) -> Node:
    """Open the preview while nobody makes it."""
    world.tasks.does = None
    return mary.get("/preview")


def work_previews_off(world: World) -> None:
    """Make the previews that were asked for meanwhile."""
    for task in list(world.tasks.tasks):
        perform(lambda: world.services, task.function, task.body)
    world.tasks.tasks.clear()


def test_while_it_is_being_made_the_page_says_how_far_it_is(mary: Browser, world: World) -> None:
    """Nobody waits for long; the browser looks again by itself, with scripts or without."""
    page = wait_page(mary, world)
    panel = page.one("section")
    refresh = page.one("meta", **{"http-equiv": "refresh"})

    assert mary.answer.status_code == 200
    assert page.one("h1").text == "Preview"
    assert "Reading the customers from SIMPLer" in panel.text
    assert refresh.attributes["content"] == f"3; url={panel.attributes['data-page']}"
    work_previews_off(world)
    assert (
        mary.get(panel.attributes["data-page"]).all("section")[0].one("h2").text
        == "office0@example.com, office1@example.com"
    )


def test_the_pages_script_is_told_how_far_it_is(mary: Browser, world: World) -> None:
    """As of a run; when the preview has ended, the script opens the page again."""
    panel = wait_page(mary, world).one("section")
    mary.get(panel.attributes["data-progress"])
    before = mary.answer.json()
    work_previews_off(world)
    mary.get(panel.attributes["data-progress"])

    assert before["run"] == panel.attributes["data-run"]
    assert before["text"] == before["spoken"] == "Reading the customers from SIMPLer"
    assert mary.answer.json()["run"] == ""


def test_opening_it_again_asks_for_none_besides(mary: Browser, world: World) -> None:
    """Two tabs and twenty reloads cost one."""
    panel = wait_page(mary, world).one("section")
    for path in ("/preview", panel.attributes["data-page"], "/preview?anew=1"):
        assert mary.get(path).one("section").attributes["data-run"] == panel.attributes["data-run"]

    assert len(world.tasks.tasks) == 1


def test_a_failure_is_shown_once_and_the_next_look_tries_again(mary: Browser, world: World) -> None:
    """Whoever waited is told, and does not wait for the next one by itself."""
    panel = wait_page(mary, world).one("section")
    world.simpler.state.failure = Failure("denied")
    work_previews_off(world)
    failed = mary.get(panel.attributes["data-page"])
    world.simpler.state.failure = None
    mary.get("/preview")

    assert failed.one("h1").text == "SIMPLer could not be read"
    assert len(world.tasks.tasks) == 1


def test_look_again_shows_what_was_put_right_meanwhile(mary: Browser, world: World) -> None:
    """The page says of when it is."""
    page = mary.get("/preview")
    world.simpler.state.customers.add(customer(50))
    again = next(link for link in page.all("a") if link.text == "Look again")
    world.clock.advance(10)

    assert page.all("time")[0].attributes["datetime"] == "2026-03-02T05:00:00+00:00"
    assert tiles(mary.get("/preview").all("section")[0])["New"] == "30"
    assert tiles(mary.get(again.attributes["href"]).all("section")[0])["New"] == "31"
    assert mary.answer.url.partition("?")[2].startswith("made=preview-")


def test_an_address_of_nobodys_preview_shows_ones_own(mary: Browser) -> None:
    """Whatever stands in it."""
    for named in ("preview-20260302T050000-00000000", "../other", "<script>", "x" * 5000):
        page = mary.get("/preview", made=named)

        assert page.all("section")[0].one("h2").text == "office0@example.com, office1@example.com"


def test_a_change_of_settings_is_in_the_preview_that_one_waits_for(mary: Browser, world: World) -> None:
    """Somebody else's that was begun before the change is waited for, and then another is made."""
    panel = wait_page(mary, world).one("section")
    world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))
    waiting = mary.get("/preview", anew="1").one("section")
    work_previews_off(world)
    later = mary.get(waiting.attributes["data-page"]).one("section")

    assert waiting.attributes["data-run"] == panel.attributes["data-run"]
    assert later.attributes["data-run"] != panel.attributes["data-run"]
