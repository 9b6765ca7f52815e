"""SIMPLer in the browser: odd and hostile records are shown as text, and the service is called as agreed."""

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import requests
from google.auth import jwt

from infra.standins.identity.standin import IdentityStandIn
from infra.standins.simpler.backend import Backend
from infra.standins.simpler.oddities import ODDITIES
from infra.standins.simpler.people import People
from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.website import Site
from tests.patience import until
from tests.sandbox import Browser
from tests.scripted_server import Answer, ScriptedServer, scripted_server
from tests.world import issuer

PROBLEM = (("Content-Type", "application/problem+json"),)
RECORDS = [record for make in ODDITIES.values() for record in make(People(7))]


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentityStandIn]:
    """Where SIMPLer's backend gets its ID tokens."""
    with IdentityStandIn(issuer=issuer()) as google:
        yield google


@pytest.fixture
def service() -> Iterator[ScriptedServer]:
    """The functions, as far as SIMPLer sees them."""
    with scripted_server() as functions:
        yield functions


@pytest.fixture
def simpler(identity: IdentityStandIn, service: ScriptedServer) -> Iterator[SimplerStandIn]:
    """SIMPLer with every oddity, and an ordinary customer, 42."""
    backend = Backend(f"{service.url}/{{function}}", identity.address, "simpler@localhost", "acme")
    ann = {"customerid": 42, "name": "Ann Lee", "status": "current", "mobile": 871234567}
    with SimplerStandIn([ann, *RECORDS], site=Site(backend, "ACME")) as running:
        yield running


@pytest.fixture
def mary(simpler: SimplerStandIn) -> Iterator[Browser]:
    """Mary, signed in."""
    with requests.Session() as session:
        browser = Browser(session)
        browser.send(f"{simpler.address}/sign-in", user="mary")
        yield browser


def _status(**members: Any) -> Answer:
    usual = {"available": True, "message": "Now.", "running": None, "last_runs": [], "accounts": []}
    return Answer(body=usual | members)


def test_every_odd_record_is_listed_and_opens(simpler: SimplerStandIn, mary: Browser) -> None:
    """Also those without an id, of the wrong types, very long, or with halves of characters."""
    page = mary.get(f"{simpler.address}/customers/")
    links = [link.split('"')[0] for link in page.text.split('href="/customers/')[1:] if link[0].isdigit()]

    assert f"{len(RECORDS) + 1} customers" in page.text
    opened = [mary.get(f"{simpler.address}/customers/{link}{end}") for link in links for end in ("", "/edit")]
    assert [answer.status_code for answer in opened] == [200] * 2 * len(links)
    assert [answer for answer in (page, *opened) if "<script>alert" in answer.text] == []


def test_saving_changes_only_what_somebody_changed(simpler: SimplerStandIn, mary: Browser) -> None:
    """A number that SIMPLer keeps as a number stays one."""
    mary.send(f"{simpler.address}/customers/42/edit", name="Ann Byrne", mobile="871234567", status="post")

    expected = {"customerid": 42, "name": "Ann Byrne", "status": "post", "mobile": 871234567}
    assert simpler.state.customers.get("42") == expected


def test_the_search_finds_words_of_any_member(simpler: SimplerStandIn, mary: Browser) -> None:
    """All of the words must be there."""
    found = [mary.read(f"{simpler.address}/customers/?q={query}") for query in ("lee+87123", "lee+bob")]

    assert [("1 customer found" in page, "Ann Lee" in page) for page in found] == [
        (True, True),
        (False, False),
    ]


def test_the_backend_calls_for_the_user_with_an_id_token(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """The function's address is the audience, the service account the caller, the user in the body."""
    service.will(Answer(body={"customer": "42", "state": "done", "accounts": []}))
    mary.send(f"{simpler.address}/customers/42/sync")
    call = service.requests[0]
    claims = jwt.decode(call.headers["Authorization"].removeprefix("Bearer "), verify=False)  # type: ignore[no-untyped-call]  # google-auth is untyped

    assert call.method == "POST"
    assert call.path == "/sync_customer/"
    user = {"id": "17", "name": "Mary Murphy", "email": "mary@wisp.example", "rights": ["user->gcontact"]}
    assert call.json == {"wisp": "acme", "user": user, "customer": "42"}
    assert claims["aud"] == f"{service.url}/sync_customer"
    assert claims["email"] == "simpler@localhost"


def test_one_token_serves_many_calls_of_a_function(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """It is kept until shortly before it ends."""
    service.will(_status(), _status())
    for _ in range(2):
        mary.read(f"{simpler.address}/customers/general")

    assert len({call.headers["Authorization"] for call in service.requests}) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(403, {"detail": "You need <b>the right</b>."}, PROBLEM), "You need <b>the right</b>."),
        (Answer(502, b"<html>Bad gateway"), "does not answer"),
        (Answer(last=True, cut=True), "does not answer"),
    ],
)
def test_the_services_own_sentence_is_shown_as_text(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser, answer: Answer, said: str
) -> None:
    """Problem details are told word by word; anything else is no answer."""
    service.will(answer)
    page = mary.send(f"{simpler.address}/customers/42/sync").text

    assert ["<b>the right" in page, said in unescape(page)] == [False, True]


def test_the_page_says_so_when_the_service_is_away(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """The button is not available then."""
    service.will(Answer(500, b"oops"))
    page = mary.read(f"{simpler.address}/customers/general")

    assert ["does not answer" in page, " disabled" in page] == [True, True]


def test_progress_is_shown_with_who_started_it(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """In numbers and as a bar; what others are called is text."""
    running = {
        "by": "<i>nora</i>",
        "since": 1_760_000_000.0,
        "phase": "writing Google",
        "done": 3,
        "total": 9,
    }
    service.will(_status(available=False, message="A run is on.", running=running))
    page = mary.get(f"{simpler.address}/customers/general/panel").text

    assert ["<i>nora" in page, "&lt;i&gt;nora" in page] == [False, True]
    assert ["3 of 9 contacts" in page, 'value="3" max="9"' in page] == [True, True]


def test_google_accounts_lead_to_the_link_that_the_service_gives(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """A redirect in the same tab, to a link that is asked for anew each time."""
    service.will(Answer(body={"url": "http://127.0.0.1:1/console/enter?link=x", "expires_in": 300}))
    url = f"{simpler.address}/users/google-accounts"
    answer = mary.http.get(url, allow_redirects=False, timeout=10)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "http://127.0.0.1:1/console/enter?link=x"
    assert service.asked == ["POST /console_link/"]


def test_a_wisp_is_set_up_with_what_the_form_has(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """Of a WISP that the service does not know, what is left empty is not sent; the password is."""
    unknown = Answer(404, {"detail": "The WISP is not known here."}, PROBLEM)
    saved = {"wisp": "acme", "revision": "1-a", "saved": True, "changed": [], "flaws": [], "found": None}
    known = {"wisp": "acme", "revision": "1-a", "settings": {"name": "ACME"}, "changes": []}
    service.will(unknown, Answer(body=saved), Answer(body=known))
    page = f"{simpler.address}/settings/google-contacts"
    form = {"name": "ACME", "statuses": "current, post", "notify": "", "revision": ""}
    mary.read(page)
    done = mary.send(page, save="yes", api_username="u", api_password="hush", **form)
    asked = service.requests[1].json

    assert "The settings are saved." in done.text
    assert asked["do"] == "save"
    assert asked["settings"] == {"name": "ACME", "statuses": ["current", "post"]}
    assert asked["credentials"] == {"api_username": "u", "api_password": "hush"}
    assert "hush" not in done.text


def test_an_edited_customer_is_told_by_the_trigger(
    simpler: SimplerStandIn, service: ScriptedServer, mary: Browser
) -> None:
    """Once the trigger is set up, with a key that its page shows this once; withdrawn, it tells no more."""
    key = {"made": "2026-03-02T05:00:00+00:00", "by": "mary@acme.ie", "used": ""}
    known = {"wisp": "acme", "revision": "1-a", "settings": {"name": "ACME"}, "changes": []}
    page = f"{simpler.address}/settings/google-contacts"
    edit = f"{simpler.address}/customers/42/edit"
    service.will(Answer(body={"wisp": "acme", "key": "hush"}), Answer(body=known | {"trigger_key": key}))
    shown = unescape(mary.send(f"{page}/trigger", make="yes").text)
    service.will(Answer(202, {"state": "waiting"}))
    mary.send(edit, name="Ann Byrne", mobile="871234567", status="post")
    until(lambda: len(service.asked) == 3)
    told = service.requests[2]
    service.will(Answer(body=known | {"trigger_key": None}), Answer(body=known | {"trigger_key": None}))
    withdrawn = unescape(mary.send(f"{page}/trigger", withdraw="yes").text)
    mary.send(edit, name="Ann Lee", mobile="871234567", status="post")

    assert "wisp=acme&customer=%CUSTOMERID%&key=hush" in shown
    assert told.method == "POST"
    assert told.path == "/customer_changed/"
    assert told.body == b"wisp=acme&customer=42&key=hush"
    assert "hush" not in withdrawn
    assert service.asked[3:] == ["POST /wisp_settings/"] * 2


def test_the_api_needs_no_session_and_no_origin(simpler: SimplerStandIn) -> None:
    """SIMPLer's REST API goes on as it was; only pages ask who one is."""
    keys = {"api_username": simpler.state.api_username, "api_password": simpler.state.api_password}
    answer = requests.post(f"{simpler.api}getCustomerData", data={**keys, "customerid": "42"}, timeout=10)

    assert answer.json()["customer"]["name"] == "Ann Lee"


def test_nobody_else_can_sign_in_or_press(simpler: SimplerStandIn, mary: Browser) -> None:
    """An unknown user is nobody; a foreign page changes nothing."""
    refused = mary.send(f"{simpler.address}/customers/42/delete", origin="https://evil.example")
    mary.send(f"{simpler.address}/sign-in", user="mallory")

    assert refused.status_code == 403
    assert simpler.state.customers.get("42") is not None
    assert "Who are you?" in mary.read(f"{simpler.address}/customers/42")


def test_how_a_customer_stands_is_asked_and_told(
    mary: Browser, simpler: SimplerStandIn, service: ScriptedServer
) -> None:
    """Account by account: since when they are there, or why not."""
    there = {"email": "a@acme.ie", "state": "current", "is_there": True, "since": "2026-03-02T05:00:00+00:00"}
    gone = {"email": "b@acme.ie", "state": "missing", "is_there": False, "since": ""}
    accounts = [there | {"reason": ""}, gone | {"reason": "The next run creates the contact."}]
    service.will(Answer(body={"customer": "42", "reason": "", "accounts": accounts}))
    page = mary.send(f"{simpler.address}/customers/42/status").text
    call = service.requests[-1]

    assert call.path == "/customer_status/"
    assert "a@acme.ie: up to date, there since 2026-03-02." in page
    assert "b@acme.ie: not there yet. The next run creates the contact." in page


def test_a_new_customer_gets_an_id_that_none_had_before(simpler: SimplerStandIn) -> None:
    """Not even the id of one that was deleted, or whose like is no longer there after a fresh start."""
    state = simpler.state
    first = state.customers.new_id()
    state.customers.add({"customerid": first})
    state.customers.delete(str(first))
    state.customers.replace([])

    assert state.customers.new_id() == first + 1


def test_vcards_of_several_are_asked_for_in_one_call(
    mary: Browser, simpler: SimplerStandIn, service: ScriptedServer
) -> None:
    """Of those who are ticked; who is left out is named."""
    missing = [{"customer": "7", "reason": "SIMPLer has no customer of this id."}]
    told = {"customers": ["42"], "not_sent": missing, "state": "accepted", "to": "mary@acme.ie"}
    service.will(Answer(202, told))
    listed = mary.read(f"{simpler.address}/customers/?q=Ann Lee")
    page = mary.send(f"{simpler.address}/customers/vcards", customer="42").text

    assert 'name="customer" value="42" aria-label="Ann Lee"' in listed
    assert json.loads(service.requests[-1].body)["customers"] == ["42"]
    assert "1 vCard was sent to mary@acme.ie. Not sent: 7: SIMPLer has no customer of this id." in page


def test_whom_to_tell_of_an_outage_is_asked_and_told(
    mary: Browser, simpler: SimplerStandIn, service: ScriptedServer
) -> None:
    """First what there is, then the customers of what was chosen."""
    sites = [{"name": "Blarney", "contacts": 1, "access_points": []}]
    number = {"number": "+353 87 123 4567", "kind": "Mobile", "dialled": "+353871234567"}
    ann = {"customer": "42", "name": "Ann Lee", "numbers": [number], "emails": ["ann@lee.example"]}
    ann |= {"as_given": ["ask for Ann"]}
    tom = {"customer": "43", "name": "Tom Lee", "numbers": [], "emails": [], "as_given": []}
    service.will(
        Answer(body={"sites": sites, "count": 0, "customers": []}),
        Answer(body={"sites": sites, "count": 2, "customers": [ann, tom]}),
    )
    choice = mary.read(f"{simpler.address}/customers/outage")
    page = mary.read(f"{simpler.address}/customers/outage?site=Blarney&ap=")
    asked = [json.loads(request.body) for request in service.requests]

    assert "Blarney (1)" in choice
    assert "+353 87 123 4567" in page
    assert "as given: ask for Ann" in page
    assert "no number" in page
    assert ["site" in asked[0], "ap" in asked[1], asked[1]["site"]] == [False, False, "Blarney"]


def test_what_phones_know_is_asked_and_told(
    mary: Browser, simpler: SimplerStandIn, service: ScriptedServer
) -> None:
    """Beside what SIMPLer has; a value that was removed too."""
    number = {"customer": "42", "name": "Ann Lee", "simpler": "+353 1 2", "theirs": "085 555", "times": 3}
    removed = {"customer": "43", "name": "Tom Lee", "simpler": "t@lee.example", "theirs": "", "times": 1}
    service.will(Answer(body={"count": 2, "suggestions": [number, removed]}))
    page = mary.read(f"{simpler.address}/customers/suggestions")

    assert "2 values were changed on phones" in page
    assert "085 555" in page
    assert "removed" in page
    assert service.requests[-1].path == "/suggestions/"
