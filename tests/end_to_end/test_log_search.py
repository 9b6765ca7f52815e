"""The log is searched for every value of every customer, and for every secret: it holds none of them."""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from infra.sandbox.demo.processes import free_ports, program
from infra.standins.identity.standin import IdentityStandIn
from tests.end_to_end.canaries import Search, canary_customer, disguise, secrets
from tests.end_to_end.log_acts import ACTS, Stage, staged
from tests.functions.answer_cases import FUNCTIONS, body, failures_of_some, successes
from tests.logged import logging_as_in_production
from tests.world import a_world, issuer

CUSTOMERS = [canary_customer(number) for number in range(1, 31)]
AUDIENCE = "https://functions.example"
BACKEND = "backend@project.iam.gserviceaccount.com"
CALLS = [call for call in (*successes(), *failures_of_some()) if call.means != "customer.unusable"]
"""All but the one that needs a customer with nothing but a name and a number."""

PARTS = 4
"""Into which the calls are parted, to be made side by side."""


def told(search: Search, name: str) -> None:
    """Say what was searched, and fail with what was found."""
    own = search.lines - search.of_libraries
    found = f"{len(search.findings)} findings, {len(search.odd)} odd lines"
    sys.stdout.write(f"{name}: {own} lines and {search.of_libraries} of libraries, {found}\n")
    assert search.findings[:3] == []
    assert search.odd[:3] == []


@pytest.mark.parametrize(
    "leak",
    [
        {"message": "Mag. Canary O'Name 7"},
        {"message": "called +353 (87) 731-0007"},
        {"message": "x", "results": {"acme-1": "SG.made-up"}},
        {"message": "x", "whose": "office0@example.com"},
    ],
)
def test_what_is_there_is_found(leak: dict[str, object]) -> None:
    """The search would not miss a name, a number however it is written, a key or an address."""
    line = {"severity": "INFO", "event": "vcard.sent"} | leak

    assert Search().through(json.dumps(line), ["SG.made-up"]).findings
    assert Search().through(json.dumps(line | {"event": "else"}), []).odd
    assert Search().through("Traceback (most recent call last):", []).odd


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_nothing_of_anybody_is_in_the_log(
    act: Callable[[Stage], None], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever happens: one JSON object a line, of a known event, and no canary in it.

    Libraries may report everything, as they could not as deployed.
    """
    with (
        logging_as_in_production("my-project", level=logging.DEBUG),
        a_world(tmp_path, CUSTOMERS[:12], accounts=2, paging="page") as world,
    ):
        disguise(world)
        more = staged(world, act)
        search = Search().through("".join(capfd.readouterr()), [*secrets(world), *filter(None, more)])

    told(search, act.__name__)
    assert search.lines - search.of_libraries > 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_answer_leaves_anything_in_the_log(
    part: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every answer that the functions can be brought to give."""
    search = Search()
    with logging_as_in_production("my-project"):
        for number, call in enumerate(CALLS[part::PARTS]):
            folder = tmp_path / str(number)
            folder.mkdir()
            with a_world(folder, CUSTOMERS, accounts=2) as world:
                disguise(world)
                known = secrets(world)
                assert call.answered(world).status_code == call.status
                search.through("".join(capfd.readouterr()), known)

    told(search, f"calls, part {part + 1} of {PARTS}")


def test_a_real_process_writes_nothing_else(tmp_path: Path) -> None:
    """All functions under functions-framework, with its own output: lines of ours, with their trace."""
    port, trace = free_ports(1)[0], "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    command = ("infra.sandbox.functions", "--port", str(port))
    with a_world(tmp_path, CUSTOMERS, accounts=2) as world, IdentityStandIn(issuer=issuer()) as google:
        disguise(world)
        token = google.token(BACKEND, AUDIENCE)
        settings = world.environment(AUDIENCE, BACKEND, FUNCTIONS)
        settings |= {"GOOGLE_CERTS_URL": google.certs_url, "GOOGLE_CLOUD_PROJECT": "my-project"}
        with program(tmp_path / "functions.log", port, *command, settings=settings) as address:
            for function in FUNCTIONS:
                for bearer in (token, "canary.a.b", ""):
                    signed = headers | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
                    requests.post(f"{address}/{function}", json=body(function), headers=signed, timeout=60)
            requests.get(f"{address}/console/runs?canary=canary", headers=headers, timeout=60)
        known = [*secrets(world), token]
    first, _, written = (tmp_path / "functions.log").read_text().partition("\n")
    search = Search().through(written, known)
    lines = [json.loads(line) for line in written.splitlines()]

    told(search, "a process")
    assert first.startswith("The functions are at")
    assert {"run.started", "call.refused", "vcard.sent", "watch.done"} <= search.events
    assert {line.get("logging.googleapis.com/trace") for line in lines if "request" in line} == {
        f"projects/my-project/traces/{trace}"
    }


def test_a_process_without_settings_says_so_in_its_log(tmp_path: Path) -> None:
    """Before any setting is known, the form of a line is."""
    port = free_ports(1)[0]
    command = ("infra.sandbox.functions", "--port", str(port))
    with program(tmp_path / "functions.log", port, *command, settings={"STATE_URL": ""}) as address:
        answer = requests.post(f"{address}/watchdog", json={}, timeout=60)
    _, line = (tmp_path / "functions.log").read_text().splitlines()

    assert answer.status_code == 500
    assert json.loads(line)["event"] == "call.misconfigured"
    assert "STATE_URL" in json.loads(line)["message"]
