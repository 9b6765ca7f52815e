"""docs/integration.md shows calls that work, and names answers that there are."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from shared.replace import replace
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.runs.status import MESSAGES
from tests.docs.pages import code, rows, text
from tests.functions.contract import OPERATIONS, broken_promises, flaws
from tests.functions.served import Served, served
from tests.world import a_world, customer

PAGE = text("docs/integration.md")
CURL = re.compile(
    r"""^curl --json '(?P<body>[^']+)' \\\n  (--header '(?P<header>[^']+)' )?"""
    r"""--header "Authorization: Bearer \$\(token (?P<token>\w+)\)" "\$FUNCTIONS/(?P<function>\w+)"$""",
    re.MULTILINE,
)
MACHINERY = {"sync_all", "watchdog", "sync_wisp", "make_preview"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A call that the page shows."""

    function: str
    token: str
    body: Any
    headers: dict[str, str]


def _read(found: re.Match[str]) -> Shown:
    name, _, value = (found["header"] or "").partition(": ")
    return Shown(found["function"], found["token"], json.loads(found["body"]), {name: value} if name else {})


CALLS = [_read(found) for found in CURL.finditer(PAGE)]


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Served]:
    """The functions of a world like the sandbox's."""
    with a_world(tmp_path, [customer(1013)]) as world:
        accounts = [replace(account, wisp="cork") for account in world.accounts]
        world.services.state.write(wisp_put(replace(world.wisp, id="cork")), *map(account_put, accounts))
        with served(world) as address:
            yield address


def test_every_call_for_a_user_is_shown() -> None:
    """Each function that SIMPLer's backend calls, in a form that this test reads, with its own token."""
    assert {call.function for call in CALLS} == OPERATIONS.keys() - MACHINERY
    assert len(CALLS) == PAGE.count("curl --json")
    assert [call for call in CALLS if call.token != call.function] == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.function)
def test_a_call_that_is_shown_works(call: Shown, functions: Served) -> None:
    """Its body is as documented, and so is the success that it has."""
    schema = OPERATIONS[call.function]["requestBody"]["content"]["application/json"]["schema"]
    url = f"{functions.address}/{call.function}/"
    answer = requests.post(url, json=call.body, headers=call.headers, timeout=30)

    assert flaws(schema, call.body) == []
    assert answer.ok is True
    assert list(broken_promises(call.function, answer)) == []


def test_every_code_that_it_names_is_one() -> None:
    """Of problems and of the status."""
    listed = {code(row["code"]) for row in rows("docs/errors.md", "code")}
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", PAGE)) - {"user.email"}

    assert named <= listed
    assert {code(row["`code`"]) for row in rows("docs/integration.md", "`code`")} == set(MESSAGES)


def test_time_outs_are_told_of_every_call() -> None:
    """Each function of SIMPLer's backend has its row."""
    told = {code(row["function"]) for row in rows("docs/integration.md", "function")}

    assert told == OPERATIONS.keys() - MACHINERY
