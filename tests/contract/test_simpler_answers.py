"""What SIMPLer's adapter makes of answers that no well-behaved server gives, over HTTP."""

import json
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from shared.adapters.simpler.client import BOUNDS
from shared.errors import StopRun
from shared.replace import replace
from tests.contract.simpler_setup import PASSWORD, USERNAME, read_all, source_of
from tests.fake_clock import FakeClock
from tests.scripted_server import Answer, Request, ScriptedServer, scripted_server

NO_TOTAL: dict[str, Any] = {"listing": {"total": None}}
PAGED = {"listing": {"total": None, "paging": {"style": "page", "size": 2}}}
TOTALLED = {"listing": {"paging": {"style": "page", "size": 2}}}
CURSOR = {"listing": {"total": None, "paging": {"style": "cursor"}}}


def rows(*ids: int) -> list[dict[str, Any]]:
    """Return customers of these ids."""
    return [{"customerid": number, "name": f"Customer {number}"} for number in ids]


def page(*ids: int, **members: Any) -> Answer:
    """Return an answer to the list call."""
    return Answer(body={"customers": rows(*ids), **members})


def ids_of(server: ScriptedServer, profile: dict[str, Any]) -> list[str]:
    """Return the ids of the customers that are listed."""
    return list(source_of(server.url, profile).customers().records)


def reason_of(server: ScriptedServer, profile: dict[str, Any]) -> str:
    """Return why there is no listing."""
    with pytest.raises(StopRun) as stopped:
        source_of(server.url, profile).customers()
    return stopped.value.reason


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([page(1, 2), page(3), page()], id="a short page, then an empty one"),
        pytest.param([page(1, 2), page(3, 4), page(), page()], id="a full page, then two empty ones"),
        pytest.param([page(), page()], id="nothing at all"),
    ],
)
def test_without_a_total_the_end_is_proven_by_an_empty_page(
    server: ScriptedServer, answers: list[Answer]
) -> None:
    """A page that is not full may be an accident; an empty one behind it settles it."""
    server.will(*answers)
    expected = [str(row["customerid"]) for answer in answers for row in answer.body["customers"]]
    assert expected == ids_of(server, PAGED)
    assert len(server.requests) == len(answers)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([page(1, 2), page(3), page(4, 5)], id="a short page in the middle"),
        pytest.param([page(1, 2), page(), page(5, 6)], id="an empty page in the middle"),
        pytest.param([page(1, 2), page(1, 2)], id="a page twice"),
        pytest.param([page(1, 2), page(3, 4), page(1, 2)], id="an earlier page again"),
        pytest.param([page(1, 2, 3)], id="more than was asked for"),
    ],
)
def test_pages_that_do_not_fit_together_are_no_listing(server: ScriptedServer, answers: list[Answer]) -> None:
    """Something is missing, so nothing is believed."""
    server.will(*answers)
    assert reason_of(server, PAGED) == "simpler.incomplete"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([page(1, 2, total=3), page(3, total=3)], 2), ([page(1, 2, total="2"), page(total=2)], 2)],
)
def test_a_total_that_is_reached_proves_the_end(
    server: ScriptedServer, answers: list[Answer], asked: int
) -> None:
    """After a page that is not full; behind a full one the next is asked for: "total" may mean the page."""
    server.will(*answers)
    ids_of(server, TOTALLED)
    assert len(server.requests) == asked


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([page(1, 2, total=4), page(3, total=4)], id="not met"),
        pytest.param([page(1, 2, total=1)], id="exceeded"),
        pytest.param([page(1, 2, total=3), page(3, total=2)], id="changed"),
        pytest.param([page(1, 2, total=2), page(3, 4, total=2)], id="of the page"),
    ],
)
def test_a_total_that_does_not_hold_is_no_listing(server: ScriptedServer, answers: list[Answer]) -> None:
    """The records and the total must agree."""
    server.will(*answers, page(total=99), page(total=99))
    assert reason_of(server, TOTALLED) == "simpler.incomplete"


@pytest.mark.parametrize("total", [None, -1, 2.5, True, "two", "", "1,2", [2]])
def test_a_total_that_is_no_number_is_a_wrong_shape(server: ScriptedServer, total: object) -> None:
    """If SIMPLer does not tell the total, the profile must say so."""
    server.will(page(1, 2, total=total))
    assert reason_of(server, {}) == "simpler.shape"


def test_cursors_are_followed_to_the_empty_one(server: ScriptedServer) -> None:
    """Each answer's cursor is sent with the next call, numbers as well as texts."""
    server.will(page(1, next="a"), page(2, next=7), page(next="b"), page(3, next=""))
    assert ids_of(server, CURSOR) == ["1", "2", "3"]
    sent = [parse_qs(request.body.decode()).get("cursor") for request in server.requests]
    assert sent == [None, ["a"], ["7"], ["b"]]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param([page(1, next="a"), page(2, next="a")], "simpler.incomplete", id="twice"),
        pytest.param([page(1, next="a"), page(1, next="b")], "simpler.incomplete", id="same page"),
        pytest.param([page(1)], "simpler.shape", id="no member"),
        pytest.param([page(1, next=True)], "simpler.shape", id="true"),
        pytest.param([page(1, next={"id": 1})], "simpler.shape", id="an object"),
    ],
)
def test_a_cursor_that_leads_nowhere_is_no_listing(
    server: ScriptedServer, answers: list[Answer], reason: str
) -> None:
    """A cursor must be new, or say the end."""
    server.will(*answers)
    assert reason_of(server, CURSOR) == reason


def test_a_missing_cursor_is_the_end_when_the_total_is_reached(server: ScriptedServer) -> None:
    """Then the total is the proof."""
    server.will(page(1, next="a", total=2), page(2, total=2))
    assert ids_of(server, {"listing": {"paging": {"style": "cursor"}}}) == ["1", "2"]


def test_a_listing_without_end_is_ended(server: ScriptedServer) -> None:
    """There is a bound on pages."""
    server.will(*(page(number, next=number) for number in range(1, 7)))
    with pytest.raises(StopRun) as stopped:
        source_of(server.url, CURSOR, limits=replace(BOUNDS, pages=5)).customers()
    assert stopped.value.reason == "simpler.incomplete"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "simpler.not_json"),
        (b"OK", "simpler.not_json"),
        (b"null", "simpler.shape"),
        (b"[]", "simpler.shape"),
        (b'{"customers": null}', "simpler.shape"),
        (b'{"customers": {"1": {}}}', "simpler.shape"),
        (b'{"rows": []}', "simpler.shape"),
        (b'{"customers": [', "simpler.truncated"),
        (b"[" * 200_000, "simpler.truncated"),
        (b'{"customers": [], "error": "Access denied for this address"}', "simpler.denied"),
        (b'{"customers": [], "error": {"code": 17}}', "simpler.refused"),
        (b'{"customers": [], "success": false}', "simpler.refused"),
        (b'{"customers": [], "success": "0"}', "simpler.refused"),
    ],
)
def test_an_answer_of_another_shape_is_no_listing(server: ScriptedServer, body: bytes, reason: str) -> None:
    """Only what the profile says is read."""
    server.will(Answer(body=body))
    assert reason_of(server, NO_TOTAL) == reason


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"customers": [{"customerid": 1, "name": "Seán"}], "error": ""}'.encode("utf-8-sig"), "Seán"),
        (b'{"customers": [{"customerid": 1, "name": "Se\xe1n"}], "error": null}', "Seán"),
        (b'{"customers": [{"customerid": 1, "name": "Se\\ud83dn"}], "success": 1}', "Se\ufffdn"),
        (b'{"customers": [{"customerid": 1, "name": "Sean", "lat": NaN}], "error": false}', "Sean"),
        (b'{"customers": [], "customers": [{"customerid": 1, "name": "Sean"}]}', "Sean"),
    ],
    ids=["BOM", "not UTF-8", "lone surrogate", "NaN", "doubled member"],
)
def test_an_oddly_written_answer_is_read(server: ScriptedServer, body: bytes, name: str) -> None:
    """One customer's odd characters do not cost the others."""
    server.will(Answer(body=body, headers=(("Content-Type", "text/html"),)))
    assert [name] == [customer.name for customer in read_all(source_of(server.url, NO_TOTAL).customers())]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, "simpler.refused"),
        (400, "simpler.refused"),
        (401, "simpler.denied"),
        (403, "simpler.denied"),
        (404, "simpler.refused"),
        (500, "simpler.down"),
    ],
)
def test_a_status_other_than_200_is_no_listing(server: ScriptedServer, status: int, reason: str) -> None:
    """Whatever the body says, and without another try."""
    server.will(Answer(status, b"" if status == 204 else b'{"customers": []}'))
    assert reason_of(server, NO_TOTAL) == reason
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(server: ScriptedServer, status: int) -> None:
    """The credentials go to nobody but the SIMPLer that was set."""
    with scripted_server() as elsewhere:
        server.will(Answer(status, headers=(("Location", elsewhere.url),)))
        assert reason_of(server, NO_TOTAL) == "simpler.redirected"
        assert elsewhere.requests == []


def test_retry_after_may_be_a_date(server: ScriptedServer) -> None:
    """RFC 9110 allows both."""
    clock = FakeClock()
    date = format_datetime(clock.now() + timedelta(seconds=40), usegmt=True)
    server.will(Answer(503, headers=(("Retry-After", date),)), Answer(429), page(1))
    source_of(server.url, NO_TOTAL, clock=clock).customers()
    assert [40 <= seconds <= 60 for seconds in clock.slept] == [True, False]


@pytest.mark.parametrize("hint", ["soon", "-5", "Mon, 99 Foo 2026", "0"])
def test_a_retry_after_that_says_nothing_is_passed_over(server: ScriptedServer, hint: str) -> None:
    """Then the usual wait is kept."""
    clock = FakeClock()
    server.will(Answer(503, headers=(("Retry-After", hint),)), page(1))
    source_of(server.url, NO_TOTAL, clock=clock).customers()
    assert [1 <= seconds <= 1.5 for seconds in clock.slept] == [True]


def parameters_of(request: Request) -> dict[str, str]:
    """Return what was sent in the body, as a form or JSON."""
    if request.headers["Content-Type"] == "application/json":
        return dict(request.json)
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


@pytest.mark.parametrize("send", ["POST form", "POST json"])
def test_a_post_carries_everything_in_its_body(server: ScriptedServer, send: str) -> None:
    """No address holds a password, and fixed parameters are sent along."""
    server.will(page(1))
    profile = {"listing": {**NO_TOTAL["listing"], "send": send, "parameters": {"fields": "all"}}}
    source_of(server.url + "/restapi/", profile).customers()
    request = server.requests[0]
    assert request.method == "POST"
    assert request.target == "/restapi/getCustomers"
    expected = {
        "api_username": USERNAME,
        "api_password": PASSWORD,
        "operator": "corkwireless",
        "fields": "all",
    }
    assert expected == parameters_of(request)


def test_nothing_is_taken_from_the_surroundings(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a proxy nor a .netrc decides where credentials go, or which."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.will(page(1))
    source_of(server.url, NO_TOTAL).customers()
    assert server.requests[0].headers["Authorization"] is None


def test_a_customer_in_a_cut_answer_is_in_no_error(server: ScriptedServer) -> None:
    """A parser's error holds the text it parsed; ours does not come with it."""
    server.will(Answer(body=json.dumps({"customers": rows(1)})[:-5].encode()))
    with pytest.raises(StopRun) as stopped:
        source_of(server.url).customers()
    assert stopped.value.__cause__ is None
    assert stopped.value.__context__ is None


def named(server: ScriptedServer, text: bytes, charset: str = "") -> list[str]:
    """Return the names in a listing of two records, the second of which has this text for a name."""
    body = b'{"customers": [{"customerid": 1, "name": "Mary"}, {"customerid": 2, "name": "' + text + b'"}]}'
    server.will(Answer(body=body, headers=(("Content-Type", f"application/json{charset}"),)))
    return [customer.name for customer in read_all(source_of(server.url, NO_TOTAL).customers())]


@pytest.mark.parametrize(
    ("text", "charset", "name"),
    [
        pytest.param(b"Tom\n Kelly", "", "Tom Kelly", id="a line feed"),
        pytest.param(b"Tom\r\nKelly", "", "Tom Kelly", id="CR LF"),
        pytest.param(b"Tom\tKelly", "", "Tom Kelly", id="a tab"),
        pytest.param(b"Tom\x00Kelly", "", "TomKelly", id="NUL"),
        pytest.param(b"C:\\Users", "", "C:\\Users", id="not an escape"),
        pytest.param(b"O\\'Brien", "", "O'Brien", id="an escaped apostrophe"),
        pytest.param(b"Se\xe1n", "", "Seán", id="Latin-1 without a charset"),
        pytest.param(b"Se\xe1n", "; charset=iso-8859-1", "Seán", id="Latin-1 with its charset"),
        pytest.param(b"Se\xe1n", '; charset="UTF-8"', "Seán", id="Latin-1 with another charset"),
        pytest.param("Seán".encode(), "; charset=iso-8859-1", "Seán", id="UTF-8 with another charset"),
        pytest.param(b"O\x92Brien", "", "O\u2019Brien", id="Windows' code page"),
        pytest.param(
            b"W\xf3jcik \xa3ukasz", "; charset=iso-8859-2", "Wójcik Łukasz", id="a Polish code page"
        ),
        pytest.param("Seán".encode() + b" \xd3 Briain", "", "Seán Ó Briain", id="both in one answer"),
        pytest.param(b"Se\xe1n", "; charset=x-unheard-of", "Seán", id="a charset that nobody knows"),
        pytest.param("SeÃ¡n".encode(), "", "Seán", id="decoded twice"),
    ],
)
def test_one_odd_record_ends_no_listing(server: ScriptedServer, text: bytes, charset: str, name: str) -> None:
    """However its text is written; what was meant is sure."""
    assert named(server, text, charset) == ["Mary", name]


def test_a_line_end_in_an_address_stays_one(server: ScriptedServer) -> None:
    """Escaped or not."""
    body = b'{"customers": [{"customerid": 2, "name": "Tom", "address1": "12 Main St\nSchull"}]}'
    server.will(Answer(body=body))
    (customer,) = read_all(source_of(server.url, NO_TOTAL).customers())
    assert customer.addresses[0].lines == ("12 Main St", "Schull")


@pytest.mark.parametrize(
    "customers",
    [
        {"1": {"customerid": 1, "name": "Mary"}, "2": {"customerid": 2, "name": "Tom"}},
        {"0": {"customerid": 1, "name": "Mary"}, "2": {"customerid": 2, "name": "Tom"}},
    ],
    ids=["by id", "by number"],
)
def test_a_list_may_come_as_an_object(server: ScriptedServer, customers: dict[str, Any]) -> None:
    """Where its records say themselves who they are."""
    server.will(Answer(body={"customers": customers}))
    assert ids_of(server, NO_TOTAL) == ["1", "2"]


@pytest.mark.parametrize("customers", [{}, {"customer": {"name": "Mary"}}, {"error": "x"}, {"1": "Mary"}])
def test_an_object_that_may_be_something_else_is_no_list(server: ScriptedServer, customers: object) -> None:
    """An empty one may be no answer, and one record under a name is no list."""
    server.will(Answer(body={"customers": customers}))
    assert reason_of(server, NO_TOTAL) == "simpler.shape"


@pytest.mark.parametrize("total", [2, 2.0, "2", " 2 ", "2.0"])
def test_a_total_is_understood_in_any_form(server: ScriptedServer, total: object) -> None:
    """As a number or a text."""
    server.will(page(1, 2, total=total))
    assert ids_of(server, {}) == ["1", "2"]


@pytest.mark.parametrize("error", ["none", "None", "OK", "no error", "0", "null", "", "Success."])
def test_an_error_that_says_there_is_none_is_none(server: ScriptedServer, error: str) -> None:
    """In the words that programs have for it."""
    server.will(page(1, 2, error=error))
    assert ids_of(server, NO_TOTAL) == ["1", "2"]
