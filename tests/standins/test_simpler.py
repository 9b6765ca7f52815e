"""The stand-in for SIMPLer, and the customers that are made for it."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import requests

from infra.standins.simpler.generator import cases, make_customers
from infra.standins.simpler.numbers import LANDLINES, MOBILES, number
from infra.standins.simpler.oddities import ODDITIES
from infra.standins.simpler.people import EVERY_TWO_EMAILS, EVERY_TWO_PHONES, STATUSES
from infra.standins.simpler.standin import SimplerStandIn

CREDENTIALS = {"api_username": "simpler-api", "api_password": "made-up-password", "operator": "corkwireless"}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def standin() -> Iterator[SimplerStandIn]:
    """A stand-in with three customers, two to a page."""
    with SimplerStandIn([{"customerid": 1}, {"customerid": 2}, {"customerid": 3}], page_size=2) as standin:
        yield standin


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Connections that are closed at the end."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def listed(standin: SimplerStandIn, http: requests.Session, **parameters: Any) -> Any:
    """Return the answer to the list call."""
    answer = http.post(f"{standin.api}getCustomers", data={**CREDENTIALS, **parameters})
    return answer.json()


def test_it_lists_all_customers_at_once(standin: SimplerStandIn, http: requests.Session) -> None:
    """Unless it is told to page."""
    customers = [{"customerid": 1}, {"customerid": 2}, {"customerid": 3}]
    assert listed(standin, http) == {"success": True, "total": 3, "customers": customers}


def test_it_lists_by_page(standin: SimplerStandIn, http: requests.Session) -> None:
    """A page has as many as asked for, but no more than it grants; behind the last is nothing."""
    standin.state.paging = "page"
    pages = [listed(standin, http, page=page, limit=9)["customers"] for page in (1, 2, 3)]
    assert pages == [[{"customerid": 1}, {"customerid": 2}], [{"customerid": 3}], []]
    assert listed(standin, http, page=3, limit=1)["customers"] == [{"customerid": 3}]
    assert listed(standin, http, page="x") == {"success": False, "error": "invalid page"}


def test_it_lists_by_cursor(standin: SimplerStandIn, http: requests.Session) -> None:
    """The last answer has no next cursor."""
    standin.state.paging = "cursor"
    first = listed(standin, http)
    last = listed(standin, http, cursor=first["next"])
    assert len(first["customers"]) == 2
    assert last["customers"] == [{"customerid": 3}]
    assert last["next"] is None


@pytest.mark.parametrize("wrong", ["api_username", "api_password", "operator"])
def test_it_lets_in_only_with_the_credentials(
    standin: SimplerStandIn, http: requests.Session, wrong: str
) -> None:
    """Otherwise 401 and an error in SIMPLer's manner."""
    answer = http.post(f"{standin.api}getCustomers", data={**CREDENTIALS, wrong: "other"})
    assert answer.status_code == 401
    assert answer.json() == {"success": False, "error": "access denied"}


def test_it_gives_one_customer(standin: SimplerStandIn, http: requests.Session) -> None:
    """A customer is given by id, however parameters are sent, or an error if there is none."""
    url = f"{standin.api}getCustomerData"
    expected = {"success": True, "customer": {"customerid": 2}}
    asked = {**CREDENTIALS, "customerid": "2"}
    answers = [http.post(url, data=asked), http.post(url, json=asked), http.get(url, params=asked)]
    assert [answer.json() for answer in answers] == [expected] * 3
    missing = http.post(url, data={**CREDENTIALS, "customerid": "9"})
    assert missing.json() == {"success": False, "error": "Customer not found"}


def test_it_notes_calls_without_credentials(standin: SimplerStandIn, http: requests.Session) -> None:
    """So that a test can look at what was asked."""
    listed(standin, http, page=1)
    calls = http.get(f"{standin.address}/standin/calls").json()
    assert calls == [
        {"path": "/restapi/getCustomers", "parameters": {"operator": "corkwireless", "page": "1"}}
    ]


def test_its_customers_can_be_changed_while_it_runs(standin: SimplerStandIn, http: requests.Session) -> None:
    """Replaced, added, patched, deleted; the API shows it at once."""
    door = f"{standin.address}/standin/customers"
    http.put(door, json=[{"customerid": 7, "name": "Mary", "fax": "1"}, {"customerid": 8}])
    http.post(door, json={"customerid": 9})
    http.patch(f"{door}/7", json={"name": "Máire", "fax": None})
    http.delete(f"{door}/8")
    expected = [{"customerid": 7, "name": "Máire"}, {"customerid": 9}]
    assert expected == http.get(door).json()
    assert expected == listed(standin, http)["customers"]
    assert http.get(f"{door}/7").json() == expected[0]


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        ("GET customers/99", None, 404),
        ("PATCH customers/99", {}, 404),
        ("DELETE customers/99", None, 404),
        ("PUT customers", {}, 400),
        ("PATCH customers/1", [], 400),
        ("PUT failure", {"kind": "explode"}, 400),
        ("PUT failure", {"kind": "down", "pages": 2}, 400),
    ],
)
def test_the_side_door_says_what_it_cannot_do(
    standin: SimplerStandIn, http: requests.Session, request_line: str, body: object, status: int
) -> None:
    """With an error in JSON."""
    method, path = request_line.split()
    answer = http.request(method, f"{standin.address}/standin/{path}", json=body)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_a_failure_is_set_and_mended(standin: SimplerStandIn, http: requests.Session) -> None:
    """Through the side door, which itself never fails."""
    door = f"{standin.address}/standin/failure"
    assert http.put(door, json={"kind": "error"}).json()["kind"] == "error"
    assert listed(standin, http) == {"success": False, "error": "internal error 1042"}
    assert http.delete(door).json() is None
    assert listed(standin, http)["success"] is True


def test_a_failure_may_happen_a_number_of_times(standin: SimplerStandIn, http: requests.Session) -> None:
    """Then it is mended."""
    http.put(f"{standin.address}/standin/failure", json={"kind": "error", "times": 2})
    assert [listed(standin, http)["success"] for _ in range(3)] == [False, False, True]


def test_closing_it_waits_for_nothing_slow(http: requests.Session) -> None:
    """An answer that would take an hour is given at once when the stand-in shuts down."""
    with SimplerStandIn() as standin:
        standin.state.failure = None
        http.put(f"{standin.address}/standin/failure", json={"kind": "slow", "seconds": 3600})
        standin.state.closing.set()
        assert listed(standin, http)["total"] == 0


def test_it_runs_as_a_program(tmp_path: Path, http: requests.Session) -> None:
    """It serves a file on a port and tells where."""
    file = tmp_path / "customers.json"
    file.write_text(json.dumps([{"customerid": 1}]))
    command = [sys.executable, "-m", "infra.standins.simpler", "--port", "0", "--customers", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        told = program.stdout.readline()
        address = told.split()[-1]
        answer = http.post(f"{address}getCustomers", data=CREDENTIALS)
        program.terminate()
    assert told.startswith("SIMPLer with 1 customers at http://127.0.0.1:")
    assert answer.json()["customers"] == [{"customerid": 1}]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 999, 1000])
def test_customers_are_as_many_as_asked_for(count: int) -> None:
    """Odd records included."""
    assert count == len(make_customers(count, seed=7))


def test_the_same_seed_makes_the_same_customers() -> None:
    """Whatever else draws random numbers; another seed makes others."""
    before = random.getstate()
    first = make_customers(120, seed=7)
    assert before == random.getstate()
    random.random()
    assert first == make_customers(120, seed=7)
    assert first != make_customers(120, seed=8)


def test_tidy_customers_are_in_order() -> None:
    """Unique ids and nicknames, mostly current, most of them Irish, all reachable, addresses nobody owns."""
    customers = make_customers(400, seed=7, odd=False)
    assert [len({customer[member] for customer in customers}) for member in ("customerid", "nickname")] == [
        400
    ] * 2
    statuses = Counter(customer["status"] for customer in customers)
    assert statuses.keys() <= STATUSES.keys()
    assert statuses["current"] > 280
    emails = [email for customer in customers for email in customer["email"].split("; ")]
    domains = {email.partition("@")[2] for email in emails}
    assert {"example.com", "example.org", "example.net"} == domains
    assert all(email.isascii() for email in emails)
    assert len(emails) == 400 + 400 // EVERY_TWO_EMAILS
    assert sum(" / " in customer["mobile"] for customer in customers) == 400 // EVERY_TWO_PHONES
    irish = sum(
        customer["county"].startswith(("Co. Cork", "Co. Kerry", "Co. Water")) for customer in customers
    )
    assert 300 < irish < 400


@pytest.mark.parametrize("country", MOBILES)
def test_numbers_are_valid_in_their_country(country: str) -> None:
    """In national and in international spelling, with an extension too."""
    rng = random.Random(1)
    for spellings in (MOBILES, LANDLINES):
        for _ in range(30):
            text = number(rng, country, spellings)
            assert phonenumbers.is_valid_number(phonenumbers.parse(text, country)), text


def test_odd_records_have_a_known_share() -> None:
    """Each kind as often as `cases` says."""
    records = make_customers(500, seed=7)
    each = cases(500)
    objects = [record for record in records if isinstance(record, dict)]
    ids = Counter(record["customerid"] for record in objects)
    assert 500 - each == len(objects)
    assert each == ids.pop(None)
    assert 2 * each == sum(count == 2 for count in ids.values())
    assert each == sum(len(record.get("alt_phones", [])) == 60 for record in objects)
    assert each == sum("END:VCARD" in record.get("name", "") for record in objects)
    assert each == sum("\ud83d" in record.get("name", "") for record in objects)
    assert each == sum(len(record.get("address1", "")) == 10_000 for record in objects)
    assert each == sum(record.keys() == {"customerid"} for record in objects)
    assert len(ODDITIES) == 12


def test_the_generator_prints_json_in_ascii() -> None:
    """Lone surrogates and fadas survive any console."""
    command = [sys.executable, "-m", "infra.standins.simpler.generator", "--count", "100", "--seed", "7"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout
    assert make_customers(100, seed=7) == json.loads(printed)
