"""docs/openapi.yaml is what the functions do."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import msgspec
import pytest
import requests
from flask import Flask, Response, request

from functions.endpoint import answer
from functions.problems import _TITLES, TYPE
from infra.sandbox.functions import entry_points
from infra.standins.google.server import serving
from shared.adapters.simpler.errors import ROWS
from shared.bootstrap import policy_of
from shared.config import Settings
from shared.domain.model.preview import Preview
from shared.domain.model.run import RunOutcome
from shared.usecases.customers.email_vcard import ListSent, Sent
from shared.usecases.customers.outage import Outage
from shared.usecases.customers.press import Pressed
from shared.usecases.customers.suggestions import Suggestions
from shared.usecases.runs.customer_status import CustomerStatus
from shared.usecases.runs.status import MESSAGES, Status
from shared.usecases.runs.watchdog import Seen
from shared.usecases.wisps.scope import Scoped
from shared.usecases.wisps.settings import Checked, Known
from tests.docs.pages import code, rows
from tests.functions.answer_cases import (
    FUNCTIONS,
    AnswerCase,
    body,
    failures_of_all,
    failures_of_some,
    successes,
)
from tests.functions.contract import DOCUMENT, OPERATIONS, SCHEMAS, broken_promises, contents, flaws, target
from tests.world import World, a_world, customer

WORDS = {"title", "description", "format", "examples"}
"""Keywords that explain and refuse nothing."""

LIMITS = {"minimum", "maxItems"}
"""What the answers' schemas say beyond the types that the code has for them."""

CONTENTS = dict(contents())
_OF_ALL = failures_of_all()
REFUSED = [call for call in _OF_ALL if call.means != "state.unreachable"]
"""Calls that do nothing but be refused."""
ANSWER_CASES = [
    *successes(),
    *failures_of_some(),
    *(call for call in _OF_ALL if call.means == "state.unreachable"),
]
"""Calls that change something, or before which something is changed."""


def _named(call: AnswerCase) -> str:
    return f"{call.function}-{call.status}-{call.means}-{call.method}"


def test_it_is_a_valid_openapi_document() -> None:
    """Its form is OpenAPI 3.1, and each of its schemas is a JSON schema."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415  loading it takes seconds

    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_it_has_every_function_and_no_other() -> None:
    """The paths are the names that main.py offers, but for those that people call by themselves."""
    paths = [path.removeprefix("/") for path in DOCUMENT["paths"]]
    assert sorted(paths) == [name for name in entry_points() if name not in ("console", "operate")]
    assert {name: operation["operationId"] for name, operation in OPERATIONS.items()} == {
        name: name for name in OPERATIONS
    }


@pytest.mark.parametrize("function", sorted(OPERATIONS))
def test_what_a_function_takes_is_what_its_code_takes(function: str) -> None:
    """Members, types, limits, defaults and what is required equal those of the code."""
    taken = msgspec.json.schema(import_module(f"functions.{function}").Body)
    documented = OPERATIONS[function]["requestBody"]["content"]["application/json"]["schema"]

    assert _plain(taken, taken.get("$defs", {}), WORDS) == _plain(documented, SCHEMAS, WORDS)


def test_what_a_trigger_may_send_is_listed() -> None:
    """Each type of a body that `customer_changed` reads as itself, with the same schema."""
    listed = DOCUMENT["paths"]["/customer_changed"]["post"]["requestBody"]["content"]

    assert listed.keys() == {"application/x-www-form-urlencoded", "multipart/form-data", "application/json"}
    assert len({json.dumps(each["schema"]) for each in listed.values()}) == 1


@pytest.mark.parametrize(
    "kind", [Status, CustomerStatus, Suggestions, Outage, Preview, RunOutcome, Seen, Known, Checked, Scoped]
)
def test_what_a_function_gives_is_what_its_code_gives(kind: type) -> None:
    """The answers' types equal those of the code, and every member is always there.

    What is taken with members left out and given with all of them has two schemas.
    """
    definitions = msgspec.json.schema(kind)["$defs"]
    named = {name: _plain(schema, definitions, WORDS | LIMITS) for name, schema in definitions.items()}

    assert {name: _always(schema) for name, schema in named.items()} == {
        name: _plain(SCHEMAS.get(f"All{name}", SCHEMAS[name]), SCHEMAS, WORDS | LIMITS) for name in named
    }


@pytest.mark.parametrize(
    ("kind", "documented"),
    [(Pressed, "CustomerDone"), (Pressed, "CustomerTakenIn"), (Sent, "Mailed"), (Sent, "AlreadyMailed")],
)
def test_an_answer_about_a_customer_has_the_codes_members(kind: Any, documented: str) -> None:
    """The result's members and the customer's id."""
    assert {"customer", *kind.__struct_fields__} == SCHEMAS[documented]["properties"].keys()


@pytest.mark.parametrize("documented", ["ListMailed", "ListAlreadyMailed"])
def test_an_answer_about_several_customers_has_the_codes_members(documented: str) -> None:
    """No more and no less."""
    assert set(ListSent.__struct_fields__) == SCHEMAS[documented]["properties"].keys()


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_every_content_has_examples_as_its_schema_says(content: Mapping[str, Any]) -> None:
    """At least one; none with a member that is not described."""
    examples = {name: target(example)["value"] for name, example in content["examples"].items()}

    assert examples
    assert {
        name: found for name, value in examples.items() if (found := flaws(content["schema"], value))
    } == {}


def test_every_header_has_an_example_as_its_schema_says() -> None:
    """Headers too are shown."""
    headers = list(_headers())

    assert headers
    assert [found for header in headers if (found := flaws(header["schema"], header["example"]))] == []


def test_examples_of_problems_are_as_the_service_words_them() -> None:
    """The title is the status's, the type is in the table of errors, a status's sentence is its code's."""
    values = [target(each)["value"] for content in CONTENTS.values() for each in content["examples"].values()]
    problems = [value for value in values if "title" in value]
    listed = {TYPE + code(row["code"]) for row in rows("docs/errors.md", "code")}

    assert problems
    assert {
        problem["title"] for problem in problems if problem["title"] != _TITLES[problem["status"]]
    } == set()
    assert {problem["type"] for problem in problems} <= listed
    assert {(v["code"], v["message"]) for v in values if "available" in v} == set(MESSAGES.items())


def test_examples_of_problems_are_sentences_for_people() -> None:
    """An operator's text, which begins small and ends without a full stop, reaches nobody."""
    values = [target(each)["value"] for content in CONTENTS.values() for each in content["examples"].values()]
    details = {value["detail"] for value in values if "title" in value}

    assert {detail for detail in details if not re.fullmatch(r"[A-Z].*[.]", detail)} == set()


def test_every_type_of_a_problem_is_in_the_table_of_errors_with_its_status() -> None:
    """What is enumerated is neither made up nor out of date."""
    table = {code(row["code"]): row["status"] for row in rows("docs/errors.md", "code")}
    wrong = [
        (n, s) for n, s in _enumerated() if str(s) not in table.get(n.removeprefix(TYPE), "").split(", ")
    ]

    assert wrong == []


NOT_OF_A_CALL = re.compile(
    r"connect\..*|customer\.(left|moved)|disconnect\..*|google\.(?!certificates).*|platform\..*|run\..*"
)
"""What passes, and is told of an account within a run, of a task, on a page or to an operator."""


def test_everything_that_passes_is_enumerated() -> None:
    """Generated clients know a problem by its type, and fail at one that is not listed."""
    passing = {code(row["code"]) for row in rows("docs/errors.md", "code") if "503" in row["status"]}
    listed = {name.removeprefix(TYPE) for name, status in _enumerated() if status == 503}

    assert {each for each in passing if not NOT_OF_A_CALL.fullmatch(each)} == listed


def test_every_trouble_with_simpler_is_enumerated() -> None:
    """502 of the functions that ask SIMPLer lists all but the one that is 503."""
    listed = {name.removeprefix(TYPE) for name, status in _enumerated() if status == 502}

    assert (ROWS.keys() | {"simpler.empty"}) - {"simpler.down"} == listed - {"lease.lost"}


def test_links_lead_to_operations_with_bodies_that_these_take() -> None:
    """A link's members are members of the body of the function that it leads to."""
    responses = [target(r) for operation in OPERATIONS.values() for r in operation["responses"].values()]
    links = [target(link) for response in responses for link in response.get("links", {}).values()]
    wrong = [link for link in links if not _is_taken(link)]

    assert len(links) >= 5
    assert wrong == []


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all calls that are refused: to set one up takes longer than such a call."""
    with a_world(tmp_path_factory.mktemp("untouched"), [customer(7)]) as made:
        yield made


@pytest.mark.parametrize("call", ANSWER_CASES, ids=_named)
def test_a_real_answer_is_as_documented(call: AnswerCase, world: World) -> None:
    """Status, type, headers and content, with no member that is not described."""
    _holds(call, call.answered(world))


@pytest.mark.parametrize("call", REFUSED, ids=_named)
def test_a_real_refusal_is_as_documented(call: AnswerCase, untouched: World) -> None:
    """It is answered likewise, and does nothing."""
    before = untouched.database.read_bytes()
    _holds(call, call.answered(untouched))

    assert untouched.tasks.tasks == []
    assert untouched.database.read_bytes() == before


def _holds(call: AnswerCase, answered: requests.Response) -> None:
    assert answered.status_code == call.status
    assert list(broken_promises(call.function, answered)) == []
    if call.status >= 400:
        assert answered.json()["type"] == TYPE + call.means


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_wrong_setting_is_told_as_documented(function: str, world: World) -> None:
    """What is found out before the call itself begins is answered as everything else."""
    app, handle = Flask(__name__), import_module(f"functions.{function}").handle
    wrong = Settings(state_url="", secrets_url="", caller_mode="everybody")

    @app.post("/")
    def call() -> Response:
        return answer(request, function, lambda: policy_of(wrong), lambda: world.services, handle)

    with serving(app) as address:
        answered = requests.post(address, json=body(function), timeout=30)

    assert answered.status_code == 500
    assert list(broken_promises(function, answered)) == []
    assert answered.json()["request"] == answered.headers["X-Request-Id"]


def test_every_documented_answer_is_provoked() -> None:
    """There is no status in the document that no test has seen."""
    seen = {(call.function, str(call.status)) for call in (*ANSWER_CASES, *REFUSED)}
    documented = {
        (name, status) for name, operation in OPERATIONS.items() for status in operation["responses"]
    }

    assert documented - seen == set()


def _plain(schema: Any, named: Mapping[str, Any], without: set[str]) -> Any:
    """Return a schema with its references followed, without some keywords, in one order."""
    if isinstance(schema, list | tuple):  # a default may be a tuple
        return sorted(
            (_plain(each, named, without) for each in schema),
            key=lambda each: json.dumps(each, sort_keys=True),
        )
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(named[schema["$ref"].rpartition("/")[2]], named, without)
    members = {name: value for name, value in schema.items() if name not in without | {"$defs"}}
    return {name: _each(name, value, named, without) for name, value in members.items()}


def _each(keyword: str, value: Any, named: Mapping[str, Any], without: set[str]) -> Any:
    if keyword == "properties":
        return {name: _plain(each, named, without) for name, each in value.items()}
    return _plain(value, named, without)


def _always(schema: Any) -> Any:
    """Return the schema of a value with every member written out."""
    if isinstance(schema, list):
        return [_always(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _always(value) for name, value in schema.items() if name != "default"}
    members = schema.get("properties")
    return made | {"required": sorted(members)} if members else made


def test_one_value_is_an_enumeration_of_one() -> None:
    """Generators of clients cannot merge a constant with the type that it narrows: they drop the answer."""
    assert not [node for node in _nodes(DOCUMENT) if isinstance(node, dict) and "const" in node]


def _headers() -> Iterator[Any]:
    yield from DOCUMENT["components"]["headers"].values()
    for operation in OPERATIONS.values():
        for response in operation["responses"].values():
            yield from map(target, target(response).get("headers", {}).values())


def _enumerated() -> Iterator[tuple[str, int]]:
    """Yield the types of problems that schemas list, each with its status."""
    for node in _nodes(DOCUMENT):
        match node:
            case {"type": {"enum": types}, "status": {"enum": [status]}}:
                yield from ((each, status) for each in types)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _nodes(child)


def _is_taken(link: Mapping[str, Any]) -> bool:
    taken = target(OPERATIONS[link["operationId"]]["requestBody"]["content"]["application/json"]["schema"])
    given = link["requestBody"]
    if given == "$request.body":
        return True
    return bool(set(taken["required"]) <= given.keys() <= taken["properties"].keys())
