"""`operate`: what operators can have done, by whom, and what is written down of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from shared.domain.model.lease import Claim
from shared.policy import WHOEVER, Grant, Mode, Policy
from shared.usecases.base.documents import load_account
from shared.usecases.base.leases import TTL
from shared.usecases.operations.operation import OPERATIONS
from tests.functions.caller_kit import MARK, claims, written
from tests.functions.served import Served, served
from tests.logged import lines, logging_as_in_production
from tests.world import World, a_world, customer

GIVEN: dict[str, dict[str, Any]] = {
    "accounts list": {"wisp": "acme"},
    "accounts pause": {"wisp": "acme", "account": "acme-0", "why": "SIMPLer is moved"},
    "accounts resume": {"wisp": "acme", "account": "acme-0"},
    "accounts runs": {"wisp": "acme", "account": "acme-0"},
    "accounts restore": {"wisp": "acme", "account": "acme-0"},
    "accounts scope": {"wisp": "acme", "account": "acme-0", "statuses": ["current"]},
    "leases free": {"lease": "wisp-acme"},
    "wisps delete": {"wisp": "acme"},
    "wisps show": {"wisp": "acme"},
}
"""What each operation is given, where it needs anything."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A WISP with an account that was filled and changed."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        world.run()
        world.simpler.state.customers.patch("1", {"mobile": "087 9999999"})
        world.run()
        yield world


@pytest.fixture
def functions(world: World) -> Iterator[Served]:
    """Its functions, for every caller on this machine."""
    with served(world) as functions:
        yield functions


def did(functions: Served, do: str, **given: Any) -> Any:
    """Have something done, and return what came of it."""
    answer = functions.post("operate", do=do, **given)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"do", "result"}
    assert answer.json()["do"] == do
    return answer.json()["result"]


def refused(answer: requests.Response) -> tuple[int, str]:
    """Return the status and code of an answer."""
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_every_operation_is_done_and_told(functions: Served, world: World) -> None:
    """Each by its name; what is given by the table of operations is what it takes."""
    run = did(functions, "accounts runs", **GIVEN["accounts runs"])[-1]["run"]
    told = {name: did(functions, name, **_given(name, run)) for name in OPERATIONS}

    assert told["accounts list"][0]["address"] == "office0@example.com"
    expected = {"create": 0, "update": 1, "remove": 0, "retire": 0, "unknown": 0, "outcome": None}
    assert told["accounts restore"] == expected
    assert told["accounts relist"][0]["done"] is True
    assert told["accounts scope"]["inside"] == 3
    assert told["doctor"]["looked_at"][0] == "database"
    assert told["documents check"]["unreadable"] == []
    assert told["leases list"] == []
    assert told["leases free"]["freed"] is True
    assert told["leases sweep"] == {"forgotten": 0, "given_back": 0}
    assert [each["time_zone"] for each in told["nights start"]] == ["Europe/Dublin"]
    assert told["wisps list"][0]["accounts"] == 1
    assert told["wisps show"]["settings"]["name"] == "ACME Wireless"
    assert told["wisps check"][0]["records"] == 3
    assert told["wisps delete"]["deleted"] is False
    assert world.services.secrets.get(world.wisp.simpler_secret) not in str(told)


def _given(name: str, run: str) -> dict[str, Any]:
    return GIVEN.get(name, {}) | ({"before": run} if name == "accounts restore" else {})


def test_what_is_done_is_done_by_the_caller(functions: Served, world: World) -> None:
    """A pause counts at once; people are shown the reason."""
    did(functions, "accounts pause", **GIVEN["accounts pause"])
    assert load_account(world.services.state, "acme", "acme-0").paused == "SIMPLer is moved"
    did(functions, "accounts resume", **GIVEN["accounts resume"])
    assert load_account(world.services.state, "acme", "acme-0").paused == ""


def test_who_did_what_is_in_the_log(
    functions: Served, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line when it begins, so that what died is known too, and one with what came of it."""
    with logging_as_in_production():
        did(functions, "accounts resume", wisp="acme", account="acme-0")
        functions.post("operate", do="leases free", lease="wisp-nobody")
    found = [line for line in lines(capsys.readouterr().out) if line["event"] == "operator.acted"]
    told = [{name: line[name] for name in ("do", "by", "state", "code")} for line in found]

    assert told == [
        {"do": "accounts resume", "by": "local", "state": "begun", "code": ""},
        {"do": "accounts resume", "by": "local", "state": "done", "code": ""},
        {"do": "leases free", "by": "local", "state": "begun", "code": ""},
        {"do": "leases free", "by": "local", "state": "failed", "code": "lease.unknown"},
    ]
    assert found[0]["wisp"] == "acme"
    assert found[0]["account"] == "acme-0"
    assert found[2]["target"] == "wisp-nobody"


def test_an_operator_is_told_what_an_operator_is_told(functions: Served, world: World) -> None:
    """Its callers look after the service, so the answer says what is wrong with it."""
    world.services.secrets.destroy(world.wisp.simpler_secret)
    checked = did(functions, "wisps check", wisp="acme")[0]
    unknown = functions.post("operate", do="wisps show", wisp="nobody")
    world.services.leases.acquire("wisp-acme", Claim("o", "r", "nightly run"), TTL)
    held = functions.post("operate", do="wisps delete", wisp="acme", yes=True)

    assert refused(unknown) == (404, "wisp.unknown")
    assert "its settings belong in the document wisps/<id>" in unknown.json()["detail"]
    assert refused(held) == (409, "lease.held")
    assert held.json()["detail"] == "the lease wisp-acme is held by nightly run for run r"
    assert checked["flaws"][0]["code"] == "secret.missing"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"do": "everything"},
        {"do": ["leases list"]},
        {"do": "leases list", "lease": "wisp-acme"},
        {"do": "leases free"},
        {"do": "accounts pause", "wisp": "acme", "account": "acme-0", "why": ""},
        {"do": "accounts restore", "wisp": "acme", "account": "acme-0", "before": "r", "go": "yes"},
        {"do": "wisps show", "wisp": "a" * 65},
        {"do": "wisps list", "by": "somebody else"},
    ],
    ids=str,
)
def test_what_is_no_operation_is_refused(functions: Served, body: dict[str, Any]) -> None:
    """Nothing is done that was not asked for as it should be."""
    answer = functions.post("operate", **body)

    assert refused(answer) == (400, "request.body")
    assert "The operations are: accounts list, " in answer.json()["detail"]


def test_only_whoever_the_platform_lets_in_may_call(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """People of a group, whom IAM knows: under their own addresses, and for this function alone."""
    now, address = world.clock.now().timestamp(), "https://operate.example"
    olga = claims(iat=now, exp=now + 600, aud=address, email="olga@azotel.example")
    token = written({"alg": "RS256"}, olga, lambda _: b"").rstrip(".")
    policy = Policy(Mode.PLATFORM, world.clock, address, {WHOEVER: Grant(frozenset({"operate"}))})
    with logging_as_in_production(), served(world, policy) as functions:
        proven = {"Authorization": f"Bearer {token}.{MARK}"}
        listed = functions.post("operate", proven, do="wisps list")
        unproven = functions.post("operate", {"Authorization": f"Bearer {token}.c2ln"}, do="wisps list")
        other = functions.post("watchdog", proven)
    by = {line["by"] for line in lines(capsys.readouterr().out) if line["event"] == "operator.acted"}

    assert listed.status_code == 200
    assert by == {"olga@azotel.example"}
    assert refused(unproven) == (401, "caller.token")
    assert refused(other) == (403, "caller.function")
