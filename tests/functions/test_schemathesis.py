"""Schemathesis against the functions as anyone would start them: docs/openapi.yaml holds for any call.

`FUZZ_CASES` is how many calls a phase makes up for each function. For thousands, and for what was sent:
``FUZZ_CASES=1000 python -m pytest tests/functions/test_schemathesis.py -n 2 -rP``.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.sandbox.demo.processes import free_ports, program
from infra.standins.identity.standin import IdentityStandIn
from tests.functions.contract import FILE, OPERATIONS
from tests.world import a_world, customer, issuer

CASES = int(os.environ.get("FUZZ_CASES", "10"))
AUDIENCE = "https://functions.example"
BACKEND = "backend@project.iam.gserviceaccount.com"
CUSTOMERS = [*range(1, 31), 4711]
"""Thirty, and the one of the document's examples."""

ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("fuzz.toml")

_SEED = () if "FUZZ_CASES" in os.environ else ("--seed", "235058220720917628330535178409806679093")
"""The same calls every time, so that what fails is what was changed; more of them are others each time."""

_PATIENCE = ("--request-timeout", "100")
"""Seconds that an answer may take on a busy machine: a preview is a task's work."""

pytestmark = pytest.mark.timeout(300 + 10 * CASES)


def test_no_call_is_answered_otherwise_than_documented(tmp_path: Path) -> None:
    """Good calls are accepted and bad ones refused; status, type, headers and content are as documented."""
    report = _schemathesis(tmp_path)
    cases = report["test_cases"]

    assert {phase: found["status"] for phase, found in report["phases"].items()} == dict.fromkeys(
        ("examples", "coverage", "fuzzing", "stateful"), "success"
    )
    assert cases["with_failures"] == 0
    assert cases["errored"] == 0
    assert cases["generated"] >= (50 + CASES) * len(OPERATIONS) + 10


def test_the_file_is_given_as_documented(tmp_path: Path) -> None:
    """`email_vcard` answers as documented when it is asked for the file."""
    only = ("--include-operation-id", "email_vcard", "--header", "Accept: text/vcard")
    cases = _schemathesis(tmp_path, *only, "--phases", "examples,fuzzing")["test_cases"]

    assert cases["with_failures"] == 0
    assert cases["errored"] == 0
    assert cases["generated"] >= CASES


@pytest.mark.parametrize(
    ("body", "is_kept"),
    [
        ({"customer": 1.0}, False),
        ({"settings": {"former_days": 30.0}}, False),
        ({"settings": {"left_out": [{"values": [2.0]}]}}, False),
        ({"settings": {"former_days": 30, "rows": ["30.0"]}, "score": 0.5}, True),
        (None, True),
    ],
    ids=str,
)
def test_a_whole_number_with_a_point_is_left_out_wherever_it_is(body: object, *, is_kept: bool) -> None:
    """As the document says, the functions take it for no integer, though JSON Schema does."""
    from tests.functions.fuzz_hooks import filter_body  # noqa: PLC0415  Schemathesis takes long to load

    assert filter_body(None, body) is is_kept


def _schemathesis(folder: Path, *options: str) -> dict[str, Any]:
    """Let it run to its end; what it says tells how to do again what it found. Gives its report."""
    report = folder / "report.json"
    with _service(folder) as (address, token):
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)]
        call = ["run", str(FILE), "--url", address, "--header", f"Authorization: Bearer {token}"]
        limits = ["--max-examples", str(CASES), "--report-json-path", str(report), *_PATIENCE, *_SEED]
        paths = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run([*command, *call, *limits, *options], cwd=folder, env=paths, check=False)
    assert "internal.error" not in (folder / "functions.log").read_text()
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@contextmanager
def _service(folder: Path) -> Iterator[tuple[str, str]]:
    """Run all functions in another process, and give their address with a token they accept."""
    port = free_ports(1)[0]
    command = ("infra.sandbox.functions", "--port", str(port))
    with (
        a_world(folder, [customer(number) for number in CUSTOMERS], accounts=2) as world,
        IdentityStandIn(issuer=issuer()) as google,
    ):
        settings = world.environment(AUDIENCE, BACKEND, OPERATIONS)
        settings["GOOGLE_CERTS_URL"] = google.certs_url
        with program(folder / "functions.log", port, *command, settings=settings) as address:
            yield address, google.token(BACKEND, AUDIENCE)
