"""`customer_changed`: SIMPLer's triggers call it, with a key that lets them tell of a change and no more."""

from typing import Any

import pytest
import requests

from shared.errors import Denied
from shared.usecases.customers.press_queue import drop, queued
from shared.usecases.wisps.trigger_key import check_key, known_key, make_key, withdraw_key
from tests.functions.contract import DOCUMENT, flaws, target
from tests.functions.served import MARY, Served
from tests.hooked import then, with_state
from tests.world import World


@pytest.fixture
def key(world: World) -> str:
    """The wisp's key."""
    return make_key(world.services, "acme", "mary@example.com").key


def told(functions: Served, method: str = "POST", **how: Any) -> requests.Response:
    """Call as a trigger does, and hold the answer against the document."""
    answer = requests.request(method, f"{functions.address}/customer_changed/", timeout=30, **how)
    documented = DOCUMENT["paths"]["/customer_changed"]["get" if method == "GET" else "post"]["responses"]
    content = target(documented[str(answer.status_code)])["content"]
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert flaws(content[kind]["schema"], answer.json()) == []
    return answer


def waiting(world: World) -> list[str]:
    """Return the customers who wait."""
    return [press.customer for press in queued(world.services, "acme").values()]


@pytest.mark.parametrize(
    "way",
    [("GET", "params"), ("POST", "params"), ("POST", "data"), ("POST", "json")],
    ids=["GET", "query", "form", "JSON"],
)
@pytest.mark.parametrize("names", [("wisp", "customer"), ("operator", "customerid")])
def test_a_trigger_calls_in_any_of_the_ways_that_it_can(
    functions: Served, world: World, key: str, way: tuple[str, str], names: tuple[str, str]
) -> None:
    """Method, place and names of the parameters are SIMPLer's choice; what else it sends is not looked at."""
    parameters = {names[0]: "acme", names[1]: "7", "key": key, "event": "Customer Details Change"}
    method, how = way
    answer = told(functions, method, **{how: parameters})

    assert answer.status_code == 202
    assert answer.json() == {"state": "waiting"}
    assert waiting(world) == ["7"]
    assert answer.headers["Cache-Control"] == "no-store"


FORM, JSON, TEXT = "application/x-www-form-urlencoded", "application/json", "text/plain"


SENT: list[tuple[str, str | bytes]] = [
    (TEXT, "wisp=acme&customer=7&key=KEY"),
    (JSON, "wisp=acme&customer=7&key=KEY"),
    (FORM, "WISP=acme&CustomerID=7&Key=KEY\r\n"),
    (FORM, "wisp=acme&operator=Acme+Wireless&customer=+7+&customer=7&key=KEY"),
    (FORM, b"wisp=acme&customer=7&key=KEY&town=D\xfan+Laoghaire"),
    (FORM, '{"wisp": "acme", "customer": 7, "key": "KEY"}'),
    (TEXT, '\ufeff\n{"wisp": "acme", "customer": "7", "key": "KEY", "changed": {"name": ["7", "8"]}}'),
    (JSON, '{"wisp": "acme", "customer": {"id": 9}, "customerid": 7, "key": "KEY"}'),
]


def test_what_a_trigger_sends_is_read_by_what_it_is(functions: Served, world: World, key: str) -> None:
    """A wrong type, capitals, a byte order mark or somebody's Latin-1 beside it lose no change."""
    for kind, body in SENT:
        sent = (body.encode() if isinstance(body, str) else body).replace(b"KEY", key.encode())

        assert told(functions, data=sent, headers={"Content-Type": kind}).status_code == 202, body
        assert waiting(world) == ["7"], body
        drop(world.services, "acme", queued(world.services, "acme").keys())


def test_a_form_in_parts_is_a_form(functions: Served, world: World, key: str) -> None:
    """PHP's curl sends one when it is given an array."""
    parts = {"wisp": (None, "acme"), "customer": (None, "7"), "key": (None, key)}

    assert told(functions, files=parts).status_code == 202
    assert waiting(world) == ["7"]


def test_without_the_key_nothing_is_done_and_nothing_told(functions: Served, world: World, key: str) -> None:
    """Another key, none, one that was replaced or withdrawn, another wisp: the same answer, word for word."""
    replaced = key
    key = make_key(world.services, "acme", "mary@example.com").key
    good = {"wisp": "acme", "customer": "7", "key": key}
    wrong = [
        good | {"key": "x" * 43},
        good | {"key": replaced},
        good | {"wisp": "other"},
        good | {"wisp": "../acme"},
        good | {"key": "ключ"},
    ]
    answers = [told(functions, data=each) for each in wrong]
    withdraw_key(world.services, "acme", "mary@example.com")
    answers.append(told(functions, data=good))

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert waiting(world) == []
    assert all(key not in answer.text for answer in answers)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"customer": "%CUSTOMERID%%"}, "%CUSTOMERID%"),
    ({"customer": "%customer%"}, "%CUSTOMERID%"),
    ({"customer": "%CUSTOMERID"}, "%CUSTOMERID%"),
    ({"customer": "%25CUSTOMERID%25"}, "%CUSTOMERID%"),
    ({"customer": ["7", "8"]}, "one customer"),
    ({"key": ["x", "y"]}, "one key"),
    ({"customerid": "8"}, "one customer"),
    ({"customer": ""}, "customer"),
    ({"customer": "7" * 65}, "customer"),
    ({"customer": "7\n8"}, "customer"),
    ({"wisp": ""}, "wisp"),
    ({"key": ""}, "key"),
]


def test_a_trigger_that_is_set_up_wrong_is_told_what_to_write(
    functions: Served, world: World, key: str
) -> None:
    """400 names the parameter; the variable that SIMPLer did not fill in is named as it has to be."""
    for changed, says in WRONG:
        answer = told(functions, data={"wisp": "acme", "customer": "7", "key": key} | changed)

        assert answer.status_code == 400, changed
        assert says in answer.json()["detail"], changed
    assert waiting(world) == []


NONE = {
    "bytes": b"\xff",
    "many": b"a=1&" * 200,
    "list": b"[1]",
    "JSON": b"{",
    "truth": b'{"wisp": true}',
    "nested": b'{"a": ' + b"[" * 100_000,
    "digits": b'{"customer": ' + b"9" * 50_000 + b"}",
    "parts": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 200,
    "part": b'--x\r\nContent-Disposition: form-data; name="wisp"',
}


def test_a_body_that_is_none_is_refused(functions: Served) -> None:
    """400 or the answer to a wrong key; never an error of ours, which would wake somebody."""
    for what, body in NONE.items():
        for kind in (JSON, FORM, TEXT, "multipart/form-data; boundary=x", "multipart/form-data"):
            assert told(functions, data=body, headers={"Content-Type": kind}).status_code == 400, (what, kind)


def test_other_methods_and_paths_are_refused(functions: Served) -> None:
    """405 says which methods there are; 404 that there is nothing else here."""
    refused = requests.put(f"{functions.address}/customer_changed/", timeout=30)
    elsewhere = requests.post(f"{functions.address}/customer_changed/acme", timeout=30)

    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET, POST"
    assert elsewhere.status_code == 404


def test_a_key_is_made_shown_once_used_and_withdrawn(functions: Served, world: World) -> None:
    """By `wisp_settings`; reading tells who made it and when it was used, and never the key."""
    before = functions.press("wisp_settings", do="read").json()
    made = functions.press("wisp_settings", do="make_key").json()
    told(functions, data={"wisp": "acme", "customer": "7", "key": made["key"]})
    used = functions.press("wisp_settings", do="read")
    gone = functions.press("wisp_settings", do="withdraw_key").json()

    assert before["trigger_key"] is None
    assert made["wisp"] == "acme"
    assert used.json()["trigger_key"]["by"] == MARY["email"]
    assert used.json()["trigger_key"]["used"] == "2026-03-02T05:00:00+00:00"
    assert made["key"] not in used.text
    assert gone["trigger_key"] is None


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_use_of_a_key_brings_it_not_back(world: World, key: str, *, is_withdrawn: bool) -> None:
    """A trigger calls with it at the moment in which it is replaced, or withdrawn."""
    newer: list[str] = []

    def end() -> None:
        if is_withdrawn:
            withdraw_key(world.services, "acme", "mary@example.com")
        elif not newer:
            newer.append(make_key(world.services, "acme", "mary@example.com").key)

    check_key(with_state(world.services, get=then(world.services.state.get, end)), "acme", key)
    for each in newer:
        known = known_key(world.services, "acme")
        assert known
        assert known.used == ""
        check_key(world.services, "acme", each)
    with pytest.raises(Denied):
        check_key(world.services, "acme", key)


def test_no_document_holds_a_key(functions: Served, world: World, key: str) -> None:
    """What is stored is a digest, from which nobody makes the key."""
    told(functions, data={"wisp": "acme", "customer": "7", "key": key})

    assert key.encode() not in world.database.read_bytes()
