"""The console's outage page: whom to tell when a site or an access point is down; also as files."""

import csv
import io
import json
import time
from collections.abc import Sequence

import pytest

from functions.console.pages.outages import MOST_SHOWN
from infra.standins.simpler.failure import Failure
from infra.standins.simpler.generator import make_customers
from shared.domain.model.wisp import LeftOut
from shared.replace import replace
from shared.usecases.base.documents import load_acts, wisp_put
from tests.functions.console_kit import HOSTILE, Browser, Node
from tests.functions.served import MARY
from tests.logged import lines, logging_as_in_production
from tests.world import World, customer


def places(page: Node) -> list[str]:
    """Return the places that can be chosen, each in one line."""
    return [item.text for shown in page.all("ul", **{"class": "found panel"}) for item in shown.all("li")]


def affected(page: Node) -> list[list[str]]:
    """Return the table of customers, without its heads."""
    return [
        [cell.text for cell in row.inside if isinstance(cell, Node)]
        for row in page.one("table").all("tr")[1:]
    ]


def serve(world: World, first: int, *where: tuple[str, str]) -> None:
    """Add a customer for each site and access point."""
    for number, (site, ap) in enumerate(where, first):
        world.simpler.state.customers.add(customer(number, site=site, ap_nickname=ap))


def file_of(browser: Browser) -> Sequence[Sequence[str]]:
    """Return the rows of the file that was downloaded."""
    return list(csv.reader(io.StringIO(browser.answer.content.decode("utf-8-sig"))))


def test_the_sites_of_contacts_can_be_chosen(mary: Browser, world: World) -> None:
    """However their names are written, with how many customers each has; those without a site come last."""
    serve(world, 50, ("Blarney", "AP1"), ("BLARNEY ", "AP2"), ("Cobh", "AP1"), ("n/a", ""))
    world.simpler.state.customers.add(customer(60, site="Youghal", status="post"))

    assert places(mary.get("/outage")) == [
        "Blarney 2 customers",
        "Cobh 1 customer",
        "No site in SIMPLer 31 customers",
    ]


def test_a_part_of_a_name_finds_sites_and_access_points(mary: Browser, world: World) -> None:
    """An access point is told with its site: two sites may have one of the same name."""
    serve(world, 50, ("Blarney", "North 1"), ("Cobh", "North 1"), ("North Mall", "AP9"))

    assert places(mary.get("/outage", q="NORTH")) == [
        "Blarney · North 1 1 customer",
        "Cobh · North 1 1 customer",
        "North Mall 1 customer",
    ]
    assert "with “nowhere” in its name" in mary.get("/outage", q="nowhere").text


def test_a_places_customers_have_every_number_and_address(mary: Browser, world: World) -> None:
    """As the contacts show them; whoever has no number says so; who is no contact is not there."""
    kelly = {"name": "Ann Kelly", "mobile": "087 765 4321 (wife)", "work_phone": "021 234 8100"}
    world.simpler.state.customers.add(customer(50, site="Blarney", email="ann@kelly.example", **kelly))
    world.simpler.state.customers.add(customer(51, site="blarney", mobile="n/a", name="Tom Byrne"))
    world.simpler.state.customers.add(customer(54, site="Blarney", mobile="ask at the shop", name="Una Roe"))
    world.simpler.state.customers.add(customer(52, site="Blarney", status="post"))
    world.simpler.state.customers.add(customer(53, site="Blarney", group="staff"))
    rule = (LeftOut("group", ("staff",)),)
    world.services.state.write(wisp_put(replace(world.wisp, left_out=rule)))
    page = mary.get("/outage", site="BLARNEY")

    assert page.one("h1").text == "BLARNEY"
    assert "3 customers, as read from SIMPLer" in page.text
    assert affected(page) == [
        ["Ann Kelly 50", "+353 87 765 4321 Mobile, wife+353 21 234 8100 Work", "ann@kelly.example"],
        ["Tom Byrne 51", "No number", ""],
        ["Una Roe 54", "As given: ask at the shop", ""],
    ]
    hrefs = [link.attributes["href"] for link in page.one("table").all("a")]
    assert "tel:+353877654321" in hrefs


def test_a_site_is_narrowed_to_one_access_point(mary: Browser, world: World) -> None:
    """One click further; those whose record names none are a choice of their own."""
    serve(world, 50, ("Blarney", "AP1"), ("Blarney", "AP2"), ("Blarney", ""), ("Cobh", "AP1"))

    assert places(mary.get("/outage", site="Blarney")) == [
        "Blarney · AP1 1 customer",
        "Blarney · AP2 1 customer",
        "Blarney · no access point in SIMPLer 1 customer",
    ]
    assert [row[0] for row in affected(mary.get("/outage", site="Blarney", ap="ap1"))] == ["Customer 50 50"]
    assert [row[0] for row in affected(mary.get("/outage", site="Blarney", ap=""))] == ["Customer 52 52"]
    assert [row[0] for row in affected(mary.get("/outage", ap="AP1"))] == ["Customer 50 50", "Customer 53 53"]


def test_the_numbers_are_a_text_to_copy(mary: Browser, world: World) -> None:
    """A line for each, as it is dialled, no number twice."""
    two = {"mobile": "087 765 4321", "phone": "021 2348100"}
    world.simpler.state.customers.add(customer(50, site="Blarney", **two))
    world.simpler.state.customers.add(customer(51, site="Blarney", mobile="+353 87 7654321"))
    page = mary.get("/outage", site="Blarney")
    [link] = [link for link in page.all("a") if link.text == "Copy all numbers"]
    mary.get(link.attributes["href"])

    assert mary.answer.text == "+353877654321\n+353212348100\n"
    assert mary.answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_file_has_all_customers_and_no_formula(mary: Browser, world: World) -> None:
    """With a byte order mark, by which spreadsheets know the letters."""
    odd = {"name": "=HYPERLINK(1)", "site": "Dún Garbhán", "ap_nickname": "@AP", "email": "x@y.example"}
    world.simpler.state.customers.add(customer(50, mobile="087 765 4321", **odd))
    for number in range(51, 50 + MOST_SHOWN):
        world.simpler.state.customers.add(customer(number, site="Dún Garbhán", mobile=""))
    world.simpler.state.customers.add(customer(999, site="Dún Garbhán", mobile="+ask at the shop"))
    mary.get("/outage.csv", site="dún garbhán")
    heads, first, second, *others = file_of(mary)

    assert mary.answer.content.startswith(b"\xef\xbb\xbf")
    assert mary.answer.headers["Content-Disposition"] == 'attachment; filename="outage.csv"'
    assert heads == ["customer", "name", "numbers", "e-mail", "as given", "site", "access point", "link"]
    assert first == [
        "50",
        "'=HYPERLINK(1)",
        "Mobile +353 87 765 4321",
        "x@y.example",
        "",
        "Dún Garbhán",
        "'@AP",
        "",
    ]
    assert second[:3] == ["51", "Customer 51", "no number"]
    assert len(others) == MOST_SHOWN - 1
    assert others[-1][2:5] == ["", "", "'+ask at the shop"]


def test_many_customers_take_several_pages(mary: Browser, world: World) -> None:
    """Each stays small; a page beyond the last says so."""
    for number in range(100, 100 + 2 * MOST_SHOWN + 1):
        name = f"A rather long name of a company {number} Limited"
        record = customer(
            number, site="Blarney", name=name, phone="021 2348100", email=f"office@c{number}.example"
        )
        world.simpler.state.customers.add(record)
    first = mary.get("/outage", site="Blarney")
    size = len(mary.answer.content)
    third = mary.get("/outage", site="Blarney", page="3")

    assert "101 customers, as read from SIMPLer today 05:00. Page 1 of 3." in first.text
    assert len(affected(first)) == MOST_SHOWN
    assert len(affected(third)) == 1
    assert size < 30_000
    assert "There are no more customers." in mary.get("/outage", site="Blarney", page="9").text
    assert len(affected(mary.get("/outage", site="Blarney", page="-1"))) == MOST_SHOWN


def test_the_list_that_searches_read_is_used(mary: Browser, world: World) -> None:
    """SIMPLer is asked once for both, until somebody wants it anew."""
    serve(world, 50, ("Blarney", "AP1"))
    mary.get("/customers", q="customer")
    mary.get("/outage")
    mary.get("/outage", site="Blarney")
    read = [call for call in world.simpler.state.calls if call.path.endswith("/getCustomers")]
    serve(world, 51, ("Blarney", "AP1"))
    world.clock.advance(1)

    assert len(read) == 1
    assert len(affected(mary.get("/outage", site="Blarney", anew="1"))) == 2


def test_a_place_that_is_new_is_found(mary: Browser, world: World) -> None:
    """A list that does not have it is read again, unless it was read at this moment."""
    mary.get("/outage")
    serve(world, 50, ("Blarney", "AP1"))
    world.clock.advance(1)
    by_name = places(mary.get("/outage", q="blarney"))
    serve(world, 51, ("Cobh", "AP1"))
    world.clock.advance(1)
    page = mary.get("/outage", site="Cobh")

    assert by_name == ["Blarney 1 customer"]
    assert len(affected(page)) == 1


def test_who_asked_is_in_the_history_and_in_the_log(
    mary: Browser, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once an hour for each place and form in the history; each time in the log, without a place's name."""
    serve(world, 50, ("Blarney", "AP1"), ("Blarney", "AP1"))
    with logging_as_in_production():
        mary.get("/outage")
        for _ in range(2):
            mary.get("/outage", site="Blarney")
        mary.get("/outage.csv", site="Blarney", ap="AP1")
        mary.get("/outage.txt", ap="")
        acts = {act.detail for act in load_acts(world.services.state, "acme", newest=10)}
        world.clock.advance(3000)
        mary.get("/outage", site="Blarney")
        world.clock.advance(600)
        mary.enter({**MARY, "name": "Mary Murphy"})
        mary.get("/outage", site="Blarney")
        mary.get("/outage.csv", site="Blarney", ap="AP1")
        named = {act.by for act in load_acts(world.services.state, "acme", newest=2)}
        page = mary.get("/history")
    logged = [line for line in lines(capsys.readouterr().out) if line.get("event") == "outage.listed"]

    assert acts == {
        "Site Blarney: 2 customers",
        "Site Blarney, access point AP1: 2 customers, as a file",
        "No access point: 30 customers, as numbers",
    }
    assert named == {"Mary Murphy (mary@example.com)"}
    assert page.text.count("you listed whom to tell of an outage Site Blarney: 2 customers") == 2
    assert [(line["form"], line["count"]) for line in logged] == [
        ("page", 2),
        ("page", 2),
        ("file", 2),
        ("numbers", 30),
        ("page", 2),
        ("page", 2),
        ("file", 2),
    ]
    assert "Blarney" not in json.dumps(logged)


def test_a_place_that_nobody_is_served_by_is_said(mary: Browser, world: World) -> None:
    """A link may be old, and a name is anybody's to write; made-up ones do not fill the history."""
    world.clock.tick = 0.1  # SIMPLer takes a while
    page = mary.get("/outage", site=HOSTILE)
    read = [call for call in world.simpler.state.calls if call.path.endswith("/getCustomers")]

    assert len(read) == 1
    assert load_acts(world.services.state, "acme", newest=10) == []
    assert "No contact is served here." in page.text
    assert page.one("h1").all("script") == []


def test_a_place_is_known_however_its_name_is_written(mary: Browser, world: World) -> None:
    """As SIMPLer's database has it, composed otherwise, or as a filler for none: nobody is left untold."""
    serve(world, 50, ("Dún Laoghaire &amp; Sons", ""), ("n/a", ""))
    for written in ("Dún Laoghaire &amp; Sons", "Du\u0301n Laoghaire & Sons", "Dún\u200b Laoghaire & Sons"):
        mary.get("/outage.txt", site=written)

        assert mary.answer.text == "+353871000050\n"

    mary.get("/outage.txt", site="N/A")

    assert "+353871000051\n" in mary.answer.text
    assert len(load_acts(world.services.state, "acme", newest=10)) == 2  # one a place and hour


@pytest.mark.parametrize("path", ["/outage.csv", "/outage.txt"])
def test_no_file_is_given_before_a_place_is_chosen(mary: Browser, world: World, path: str) -> None:
    """An empty one would say that there is nobody to tell."""
    serve(world, 50, ("Blarney", "AP1"))
    page = mary.get(path)

    assert mary.answer.url.endswith("/outage")
    assert places(page)[0] == "Blarney 1 customer"


def test_records_that_cannot_be_used_are_told(mary: Browser, world: World) -> None:
    """Somebody among them may be served there, so nobody takes the list for complete."""
    serve(world, 50, ("Blarney", "AP1"))
    world.simpler.state.customers.add({"customerid": None, "name": "Nobody", "site": "Blarney"})

    assert "1 record in SIMPLer cannot be used" in mary.get("/outage", site="Blarney").text


def test_simpler_down_is_told(mary: Browser, world: World) -> None:
    """As on every page that reads its list."""
    world.simpler.state.failure = Failure("down")
    page = mary.get("/outage")

    assert mary.answer.status_code == 503
    assert "SIMPLer" in page.text


def test_a_simpler_that_never_comes_to_its_end_is_told_in_time(mary: Browser, world: World) -> None:
    """A list has less time where somebody waits for it than in a run: five minutes are all that some have."""
    world.simpler.state.failure = Failure("drip", seconds=0.001)
    world.clock.tick = 10  # each piece of the answer takes so long
    began = world.clock.now()
    page = mary.get("/outage")

    assert "SIMPLer took too long to answer." in page.text
    assert (world.clock.now() - began).total_seconds() < 290


def test_a_page_of_five_thousand_customers_is_quick(mary: Browser, world: World) -> None:
    """Where the list is at hand only those on the page are read."""
    for record in make_customers(5000, 7):
        world.simpler.state.customers.add(record)
    mary.get("/outage")
    begun = time.process_time()
    page = mary.get("/outage", site="Tralee")
    took = time.process_time() - begun

    assert len(affected(page)) == MOST_SHOWN
    assert took < 1
