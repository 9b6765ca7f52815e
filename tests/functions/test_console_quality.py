"""The data quality page: what to mend in SIMPLer, live, and the same as a file."""

import csv
import io
import time

from infra.standins.simpler.generator import make_customers
from shared.replace import replace
from shared.usecases.base.documents import wisp_put
from tests.functions.console_kit import Browser, Node
from tests.world import World, customer


def rows(page: Node, section: str) -> list[list[str]]:
    """Return the table of a section, without its heads."""
    table = page.one("section", **{"aria-labelledby": section}).one("table")
    return [[cell.text for cell in row.inside if isinstance(cell, Node)] for row in table.all("tr")[1:]]


def spoil(world: World) -> None:
    """Add records that need mending."""
    world.simpler.state.customers.add(customer(50, mobile="n/a", name="Anna No-Number"))
    world.simpler.state.customers.add(customer(51, mobile="12345 call Joe"))
    world.simpler.state.customers.add(customer(52, mobile="087 1000001"))
    world.simpler.state.customers.add({"customerid": None, "name": "Nobody"})
    world.simpler.state.customers.add({"customerid": 53, "status": "current"})
    world.simpler.state.customers.add(customer(54, mobile="", status="post"))


def test_it_lists_customers_without_a_usable_number_with_what_simpler_has(
    mary: Browser, world: World
) -> None:
    """Fillers are left out, and so are customers who are no contacts."""
    spoil(world)
    page = mary.get("/quality")

    assert rows(page, "numberless") == [
        ["50", "Anna No-Number", "none"],
        ["51", "Customer 51", "12345 call Joe"],
    ]


def test_it_lists_numbers_that_several_customers_share(mary: Browser, world: World) -> None:
    """However they are written."""
    spoil(world)

    assert rows(mary.get("/quality"), "shared") == [["+353 87 100 0001", "Customer 1 1Customer 52 52"]]


def test_it_lists_records_that_cannot_be_used_with_their_place(mary: Browser, world: World) -> None:
    """So that they can be found although they have no number."""
    spoil(world)

    assert rows(mary.get("/quality"), "skipped") == [
        ["Nobody", "The record has no customer number (record 34)"],
        ["53", "It has neither a name nor a number nor an e-mail address"],
    ]


def test_it_lists_what_was_not_understood_by_customer_and_cause(mary: Browser, world: World) -> None:
    """With what was typed, on the page and in the file, and with a way to the record in SIMPLer."""
    profile = {"link": "https://{server}/customers/{id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    emails = [*(f"a{number}@b.example" for number in range(22)), "ann at home", "a b@c.example"]
    world.simpler.state.customers.add(customer(50, name="Ann Kelly", email=emails))
    page = mary.get("/quality")

    assert rows(page, "findings") == [
        ["50", "Ann Kelly", "Not recognised as an e-mail address", "ann at home; a b@c.example"],
        ["50", "Ann Kelly", "More e-mail addresses than a contact can have", "a20@b.example; a21@b.example"],
    ]
    links = page.one("section", **{"aria-labelledby": "findings"}).all("a")
    assert {link.attributes["href"].rpartition("/")[2] for link in links} == {"50"}
    mary.get("/quality.csv")
    assert (
        "Not recognised as an e-mail address,50,Ann Kelly,ann at home; a b@c.example,https://"
        in mary.answer.text
    )


def test_it_lists_what_was_not_understood_of_numbers_and_countries(mary: Browser, world: World) -> None:
    """Whoever has no number at all stands in the list of those, with what was typed."""
    world.simpler.state.customers.add(customer(55, mobile="087 1234567 / 7654321", country="Irland?"))
    world.simpler.state.customers.add(customer(56, mobile="1111111111"))
    page = mary.get("/quality")

    assert rows(page, "findings") == [
        ["55", "Customer 55", "Not recognised as a phone number", "087 1234567 / 7654321"],
        ["55", "Customer 55", "Not recognised as a country", "Irland?"],
    ]
    assert ["56", "Customer 56", "1111111111"] in rows(page, "numberless")


def test_a_text_that_is_too_long_is_told_with_the_whole_of_it_in_the_file(
    mary: Browser, world: World
) -> None:
    """So is what an address has beyond what a contact can hold; a text that just fits is not."""
    city, line = "C" * 97, ", ".join(["12 Long Road"] * 60)
    world.simpler.state.customers.add(
        customer(55, name="N" * 511 + "MNO", city=city, address1=line, product="P" * 512)
    )
    [row] = rows(mary.get("/quality"), "findings")
    mary.get("/quality.csv")
    [in_file] = [each for each in csv.reader(io.StringIO(mary.answer.text)) if each[1] == "55"]

    assert row[:3] == ["55", "N" * 117 + "...", "Too long for a contact, or too many"]
    assert row[3] == "; ".join(("N" * 197 + "...", line[:197].rpartition(" ")[0] + "...", city))
    assert in_file[2] == "N" * 511 + "…"
    assert in_file[3] == "; ".join(("N" * 511 + "MNO", line, city))


def test_the_file_has_one_row_for_each_customer_and_cause(mary: Browser, world: World) -> None:
    """With the way to the record in SIMPLer; also where numbers are shared, or an id is there twice."""
    profile = {"link": "https://{server}/customers/{id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    world.simpler.state.customers.add(customer(52, mobile="087 1000001", phone="087 1000002"))
    for name in ("Ann", "Tom"):
        world.simpler.state.customers.add(customer(60, name=name))
    mary.get("/quality.csv")
    text = mary.answer.content.decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(text, newline="")))[1:]
    links = {row[1]: row[4].rpartition("/")[2] for row in found if row[0] == "shared number"}

    assert [row[3].count("+353 87 100 000") for row in found if row[1] == "52"] == [2]
    assert links == {"52": "52", "1": "1", "2": "2"}
    assert [row[2:4] for row in found if row[1] == "60"] == [
        ["Ann; Tom", "Another record has the same customer number (record 32, 33)"]
    ]
    assert rows(mary.get("/quality"), "skipped") == [
        ["Ann; Tom 60", "Another record has the same customer number"]
    ]


def test_when_all_is_well_it_says_so(mary: Browser) -> None:
    """For each list, without a table."""
    page = mary.get("/quality")

    assert page.all("table") == []
    assert [node.text for node in page.all("p", **{"class": "empty"})] == [
        "Every contact has a number that a call can be matched with.",
        "No two contacts have the same number.",
        "Everything that was typed is on the contacts.",
        "Every record can be used.",
    ]


def test_it_needs_no_google_account_and_stores_nothing(mary: Browser, world: World) -> None:
    """It is read from SIMPLer."""
    spoil(world)
    page = mary.get("/quality")

    assert len(rows(page, "numberless")) == 2
    assert world.people_requests() == 0


def test_the_file_has_all_lists_and_no_formulas(mary: Browser, world: World) -> None:
    """A telephone number stays as it is: it computes nothing."""
    spoil(world)
    world.simpler.state.customers.add(customer(60, mobile="", name="=1+1"))
    mary.get("/quality.csv")
    text = mary.answer.content.decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["finding", "customer", "name", "detail", "link"],
        ["no usable number", "50", "Anna No-Number", "", ""],
        ["no usable number", "51", "Customer 51", "12345 call Joe", ""],
        ["no usable number", "60", "'=1+1", "", ""],
        ["shared number", "1", "Customer 1", "+353 87 100 0001", ""],
        ["shared number", "52", "Customer 52", "+353 87 100 0001", ""],
        ["Cannot be used", "", "Nobody", "The record has no customer number (record 34)", ""],
        [
            "Cannot be used",
            "53",
            "",
            "It has neither a name nor a number nor an e-mail address (record 35)",
            "",
        ],
    ]
    assert mary.answer.headers["Content-Disposition"] == 'attachment; filename="data-quality.csv"'


def test_long_lists_are_cut_and_say_so(mary: Browser, world: World) -> None:
    """The first fifty are shown."""
    for number in range(100, 170):
        world.simpler.state.customers.add(customer(number, mobile=""))
    page = mary.get("/quality")

    assert len(rows(page, "numberless")) == 50
    assert "The first 50 of 70 customers are shown. The file has the others." in page.text


def test_simplers_list_is_read_once_for_many_clicks(mary: Browser, world: World) -> None:
    """For five minutes, together with the look-up's; whoever has corrected something has it read again."""
    mary.get("/customers", q="customer")
    mary.get("/quality")
    mary.get("/quality.csv")
    lists = sum(call.path.endswith("/getCustomers") for call in world.simpler.state.calls)
    world.simpler.state.customers.add(customer(50, mobile="n/a"))
    before = mary.get("/quality")
    world.clock.advance(1)
    after = mary.get("/quality", anew="1")

    assert lists == 1
    assert before.one("section", **{"aria-labelledby": "numberless"}).all("table") == []
    assert rows(after, "numberless") == [["50", "Customer 50", "none"]]


def test_a_page_of_five_thousand_customers_is_quick_and_light(mary: Browser, world: World) -> None:
    """Where the list is at hand, nobody's record is read again."""
    for record in make_customers(5000, 7):
        world.simpler.state.customers.add(record)
    mary.get("/quality")
    begun = time.process_time()
    mary.get("/quality")
    took = time.process_time() - begun

    assert took < 0.5
    assert len(mary.answer.content) < 30_000
