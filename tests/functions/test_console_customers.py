"""The console's look-up of customers: what is found, how one stands in each account, and what can be done."""

from infra.standins.simpler.failure import Failure
from shared.domain.model.wisp import LeftOut
from shared.ports import Drop, Put
from shared.replace import replace
from shared.usecases.accounts.restore import pause
from shared.usecases.base.documents import account_put, load_account, wisp_put
from shared.usecases.customers.search import MOST_FOUND
from tests.functions.console_kit import HOSTILE, Browser, Node
from tests.world import World, customer


def found(page: Node) -> list[str]:
    """Return the customers that a search shows, each in one line."""
    lists = page.all("ul", **{"class": "found panel"})
    return [item.text for shown in lists for item in shown.all("li")]


def standings(page: Node) -> list[str]:
    """Return what the page of a customer says of each account."""
    return [item.text for item in page.one("ul", **{"class": "standings"}).all("li")]


def rows(page: Node, section: str) -> dict[str, str]:
    """Return the rows of a section: what each is, and its text."""
    pairs = page.one("section", **{"aria-labelledby": section}).one("dl").all("div")
    return {pair.one("dt").text: pair.one("dd").text for pair in pairs}


def lists_read(world: World) -> int:
    """Return how often SIMPLer's list was read."""
    return sum(call.path.endswith("/getCustomers") for call in world.simpler.state.calls)


def test_a_name_is_found_whatever_its_case_and_accents(mary: Browser, world: World) -> None:
    """Every word must be there, in any order; also those who are no contacts, with their status."""
    world.simpler.state.customers.add(customer(50, name="Seán Ó Súilleabháin"))
    world.simpler.state.customers.add(customer(51, name="Sean Byrne", status="post"))

    assert found(mary.get("/customers", q="suilleabhain SEAN")) == ["Seán Ó Súilleabháin 50 current"]
    assert found(mary.get("/customers", q="sean")) == [
        "Seán Ó Súilleabháin 50 current",
        "Sean Byrne 51 post: no contact",
    ]
    assert found(mary.get("/customers", q="sean murphy")) == []
    assert "No record in SIMPLer has all of “sean murphy”." in mary.page.text


def test_a_number_is_found_however_it_is_written(mary: Browser, world: World) -> None:
    """At home and from abroad, with any separators, or a part of it."""
    world.simpler.state.customers.add(customer(50, mobile="(087) 765-43 21"))
    world.simpler.state.customers.add(customer(51, mobile="+353 87 7654322"))

    for number in ("0877654321", "+353 (0)87 765 4321", "00353877654321", "087-7654321", "765 4321"):
        assert found(mary.get("/customers", q=number)) == ["Customer 50 50 current"], number
    assert len(found(mary.get("/customers", q="087 76543"))) == 2


def test_a_customers_own_number_leads_to_them_at_once(mary: Browser) -> None:
    """Without another click."""
    page = mary.get("/customers", q=" 7 ")

    assert mary.answer.url.endswith("/customer?id=7")
    assert page.one("h1").text == "Customer 7"


def test_a_record_that_cannot_be_used_is_found_by_its_number(mary: Browser, world: World) -> None:
    """With the reason on its page, and the way to SIMPLer, where it is to be put right."""
    profile = {"link": "https://simpler.example/customers/{id}"}
    world.services.state.write(wisp_put(replace(world.wisp, simpler_profile=profile)))
    for name in ("Ann", "Tom"):
        world.simpler.state.customers.add(customer(600, name=name))
    world.run()
    assert found(mary.get("/customers", q="60")) == ["No usable record 600 Cannot be used"]
    page = mary.get("/customer", id="600")

    assert "SIMPLer has several records with this customer number." in page.text
    assert [node.text for node in page.all("a", href="https://simpler.example/customers/600")] == [
        "Open in SIMPLer"
    ]


def test_simplers_list_is_read_once_for_many_clicks(mary: Browser, world: World) -> None:
    """For five minutes, until somebody wants it anew, or the settings are others."""
    mary.get("/customers", q="nobody")
    first = lists_read(world)
    mary.get("/customers", q="customer")
    world.simpler.state.customers.add(customer(50, name="Nobody Else"))
    stale = found(mary.get("/customers", q="nobody"))
    world.clock.advance(1)
    fresh = found(mary.get("/customers", q="nobody", anew="1"))
    read = lists_read(world)
    world.services.state.write(wisp_put(replace(world.wisp, name_template="{name} #{id}")))
    named = found(mary.get("/customers", q="nobody"))
    world.clock.advance(301)
    mary.get("/customers", q="nobody")

    assert first == 1
    assert read == 2
    assert lists_read(world) == 4
    assert stale == []
    assert fresh == ["Nobody Else 50 current"]
    assert named == ["Nobody Else #50 50 current"]


def test_who_came_since_the_list_was_read_is_found(mary: Browser, world: World) -> None:
    """A list that has nobody who fits is read again, unless it was read at this moment."""
    mary.get("/customers", q="customer")
    world.simpler.state.customers.add(customer(77, name="Xanthe Quirke"))
    at_once = found(mary.get("/customers", q="xanthe"))
    world.clock.advance(1)
    later = found(mary.get("/customers", q="xanthe"))

    assert at_once == []
    assert later == ["Xanthe Quirke 77 current"]
    assert lists_read(world) == 2


def test_many_are_cut_and_counted(mary: Browser, world: World) -> None:
    """The page stays small."""
    for number in range(100, 200):
        world.simpler.state.customers.add(customer(number, name=f"Kelly {number}"))
    page = mary.get("/customers", q="kelly")

    assert len(found(page)) == MOST_FOUND
    assert "100 customers found of 130 records in SIMPLer" in page.text
    assert len(mary.answer.content) < 30_000


def test_a_customer_is_shown_as_simpler_has_them_and_as_phones_do(mary: Browser, world: World) -> None:
    """What was typed; the contact that comes of it; what of it the contact does not show."""
    typed = {"mobile": "087 765 4321", "email": "ann at home", "city": "Cork", "address1": "1 Main Street"}
    world.simpler.state.customers.add(customer(50, name="Ann Kelly", **typed))
    page = mary.get("/customer", id="50")

    assert page.one("h1").text == "Ann Kelly"
    assert rows(page, "typed") == {
        "address1": "1 Main Street",
        "city": "Cork",
        "customerid": "50",
        "email": "ann at home",
        "mobile": "087 765 4321",
        "name": "Ann Kelly",
        "nickname": "nick50",
        "status": "current",
    }
    shown = rows(page, "shown")
    assert shown["Mobile"] == "+353 87 765 4321"
    assert shown["Installation"] == "1 Main Street, Cork"
    assert "Not recognised as an e-mail address: ann at home" in page.text
    assert len(mary.answer.content) < 30_000


def test_since_when_they_are_there_and_what_wrote_them_last(mary: Browser, world: World) -> None:
    """With the way to the run, who started it, and what it changed."""
    world.run()
    world.clock.advance(600)
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    run = world.run().run
    [first, second] = standings(mary.get("/customer", id="7"))

    assert first.startswith("office0@example.com In Google, up to date There since ")
    assert " Last written " in first
    assert first.endswith(" by a run (nightly run): phone.")
    assert second.startswith("office1@example.com In Google, up to date")
    links = mary.page.one("ul", **{"class": "standings"}).all("a")
    assert {link.attributes["href"].rpartition("/")[2] for link in links} == {run}


def test_why_they_are_not_there(mary: Browser, world: World) -> None:
    """Nobody has looked yet; new since the last run; no contact by their status; unknown to SIMPLer."""
    [before, _] = standings(mary.get("/customer", id="7"))
    world.run()
    world.simpler.state.customers.add(customer(50))
    [new, _] = standings(mary.get("/customer", id="50"))
    world.simpler.state.customers.add(customer(51, status="post"))
    page = mary.get("/customer", id="51")
    [absent, _], told = standings(page), page.text
    [unknown, _] = standings(mary.get("/customer", id="4711"))

    assert before.startswith("office0@example.com Not known yet There has been no complete run")
    assert new == "office0@example.com Not in Google yet The next run creates the contact."
    assert absent == "office0@example.com Not in Google"
    assert "The status “post” is none of those that make a contact: “current”, “waiting for install”." in told
    assert unknown == "office0@example.com Not in Google"
    assert "SIMPLer has no customer with this number." in mary.page.text


def test_a_record_that_is_left_out_says_so(mary: Browser, world: World) -> None:
    """In the list, and on its page with the setting's member and value."""
    left_out = (LeftOut("customer_type", ("Staff",)),)
    world.services.state.write(wisp_put(replace(world.wisp, left_out=left_out)))
    world.simpler.state.customers.add(customer(50, name="Ann Kelly", customer_type="staff"))

    assert found(mary.get("/customers", q="kelly")) == ["Ann Kelly 50 current: no contact"]
    page = mary.get("/customer", id="50")
    assert "The WISP's settings leave records out whose customer_type is “staff”." in page.text


def test_what_prevents_the_next_step_is_said_first(mary: Browser, world: World) -> None:
    """An account that is paused, or must be connected again, with the way to it; removals that wait."""
    world.run()
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    pause(world.services, "acme", "acme-0", "Google is being moved", by="operator")
    lost = load_account(world.services.state, "acme", "acme-1")
    world.services.state.write(account_put(replace(lost, state="reconnect", reason="Connect it again.")))
    paused, lost_one = standings(mary.get("/customer", id="7"))
    links = mary.page.one("ul", **{"class": "standings"}).all("a")
    to_accounts = [
        (link.text, link.attributes["href"]) for link in links if "/accounts/" in link.attributes["href"]
    ]
    world.services.state.write(account_put(lost), Drop("wisps/acme/accounts/acme-0"))
    world.leave(*range(1, 26))
    world.run()
    [held] = standings(mary.get("/customer", id="8"))

    assert "not up to date The account is paused: Google is being moved." in paused
    assert "not up to date Connect it again." in lost_one
    assert [text for text, _ in to_accounts] == ["office0@example.com", "office1@example.com"]
    assert mary.get(to_accounts[1][1]).one("h1").text == "office1@example.com"
    assert "to be removed So many removals at once wait for somebody's approval" in held


def test_a_write_that_failed_says_why(mary: Browser, world: World) -> None:
    """In Google's words for people."""
    world.run()
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    refusal = {"status": 400, "body": {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}}
    world.fault(method="people.updateContact", times=None, what=refusal)
    world.run()
    [first, _] = standings(mary.get("/customer", id="7"))

    assert "to be looked at The last run could not write it: " in first


def test_synchronise_now_does_what_the_button_in_simpler_does(mary: Browser, world: World) -> None:
    """And says what it did, then how they stand."""
    world.run()
    world.simpler.state.customers.patch("7", {"mobile": "086 777 7777"})
    mary.get("/customer", id="7")
    page = mary.press("Bring up to date")

    assert page.one("p", role="status").text == "Done: updated in 2 accounts."
    assert standings(page)[0].startswith("office0@example.com In Google, up to date There since ")
    assert " by a customer's button" in standings(page)[0]
    assert world.labelled()["7"]["phoneNumbers"][0]["value"] == "+353 86 777 7777"
    assert "you pressed the button of Customer 7 7" in mary.get("/history").text


def test_a_press_that_cannot_be_done_says_why(mary: Browser, world: World) -> None:
    """For the accounts in which it failed; during a run it is taken in."""
    mary.get("/customer", id="7")
    world.simpler.state.failure = Failure("down")
    mary.press("Bring up to date")
    world.simpler.state.failure = None
    told = mary.get("/customer", id="7").one("p", role="status")
    mary.post("/sync", {"csrf": mary.csrf})
    mary.get("/customer", id="7")
    taken = mary.press("Bring up to date").one("p", role="status").text

    assert told.attributes["class"] == "notice warn"
    assert told.text.startswith("Nothing was done: it failed in 2 accounts. office0@example.com: ")
    assert taken == "A run is on, and takes this customer in. Please look again in a moment."


def test_the_vcard_goes_to_the_user_who_asks(mary: Browser, world: World) -> None:
    """To nobody else, and once a minute."""
    mary.get("/customer", id="7")
    first = mary.press("Send me the vCard").one("p", role="status").text
    second = mary.press("Send me the vCard").one("p", role="status").text

    assert first == "The vCard is on its way to mary@example.com."
    assert second == "The vCard was sent to mary@example.com a moment ago already."
    assert len(world.mail.outbox.ids()) == 1


def test_a_hostile_query_or_number_is_a_text(mary: Browser) -> None:
    """However long; a number that no customer can have is refused in a sentence."""
    page = mary.get("/customers", q=HOSTILE * 10)
    assert page.all("script", src="") == []
    assert found(page) == []
    for odd in ("", " ", "x" * 65, "\0"):
        mary.get("/customer", id=odd)
        assert mary.answer.status_code == 422, odd
    mary.get("/customer", id=HOSTILE[:60])
    assert mary.answer.status_code == 200
    assert page.all("img", src="x") == []


def test_a_record_without_end_makes_no_page_without_end(mary: Browser, world: World) -> None:
    """However many texts, however deep, whatever they are called; its customer is found all the same."""
    deep: object = "bottom"
    for _ in range(50):
        deep = {"x" * 500: deep}
    odd = {
        "email": [f"a{n}@b.example" for n in range(5000)],
        "address1": deep,
        "site": {"\u202e" * 99: "Mast"},
    }
    world.simpler.state.customers.add(customer(50, name="Ann Kelly", **odd))

    assert found(mary.get("/customers", q="kelly")) == ["Ann Kelly 50 current"]
    mary.get("/customer", id="50")
    assert mary.answer.status_code == 200
    assert len(mary.answer.content) < 60_000
    assert "\u202e" not in mary.answer.text


def test_blanks_find_nobody(mary: Browser) -> None:
    """The page is as it is at first."""
    assert found(mary.get("/customers", q="   ")) == []
    assert "found" not in mary.page.one("main").text


def test_a_garbled_document_of_an_account_costs_that_account_only(mary: Browser, world: World) -> None:
    """The others are told."""
    world.run()
    world.services.state.write(Put("wisps/acme/accounts/acme-0", {"email": "office0@example.com"}))
    broken, good = standings(mary.get("/customer", id="7"))

    assert broken.startswith("office0@example.com Not known yet What is recorded of this account")
    assert good.startswith("office1@example.com In Google, up to date")


def test_the_vcards_of_several_come_in_one_mail(mary: Browser, world: World) -> None:
    """Of those who are ticked among the contacts that were found; whoever is none has nothing to tick."""
    world.simpler.state.customers.add(customer(50, name="Kelly, Ann"))
    world.simpler.state.customers.add(customer(51, name="Kelly, Tom"))
    world.simpler.state.customers.add(customer(52, name="Kelly, Una", status="post"))
    page = mary.get("/customers", q="kelly")
    boxes = [box.attributes["value"] for box in page.all("input", type="checkbox")]
    mary.press("Send me the vCards", customer=["50", "51"])
    told = mary.page.one("p", role="status").text
    mary.press("Send me the vCards", customer=["50", "51"])
    [mail] = world.mail.outbox.ids()

    assert boxes == ["50", "51"]
    assert told == "2 vCards in one mail: on the way to mary@example.com, with a page to print."
    assert b"Kelly" in world.mail.outbox.read(mail)
    assert mary.page.one("p", role="status").text.startswith("The same 2 vCards went to mary@example.com")
    assert found(mary.page)[0] == "Kelly, Ann 50 current"


def test_who_is_ticked_in_vain_is_named(mary: Browser, world: World) -> None:
    """They may have gone since the page was shown; none at all, or too many, are told and sent nothing."""
    mary.get("/customers", q="customer")
    gone = [str(number) for number in range(100, 105)]
    mary.press("Send me the vCards", customer=["7", *gone])
    some = mary.page.one("p", role="status").text
    mary.press("Send me the vCards", customer=[])
    none = mary.page.one("p", role="status").text
    mary.press("Send me the vCards", customer=[str(number) for number in range(51)])
    many = mary.page.one("p", role="status").text

    assert some.startswith(
        "1 vCard in one mail: on the way to mary@example.com, with a page to print. Not sent: 100: "
    )
    assert some.endswith("And 2 more.")
    assert none == many == "Please tick 1 to 50 customers. Nothing was sent."
    assert len(world.mail.outbox.ids()) == 1
