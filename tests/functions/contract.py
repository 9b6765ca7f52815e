"""docs/openapi.yaml as tests use it: what it promises, and whether an answer keeps that."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import requests
import yaml
from jsonschema_rs import Draft202012Validator, Registry

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
DOCUMENT: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
OPERATIONS: dict[str, Any] = {
    path.removeprefix("/"): item["post"]
    for path, item in DOCUMENT["paths"].items()
    if "security" not in item["post"]
}
"""What callers with a Google token call; `customer_changed` is called with a key."""
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

_OF_EVERY_SERVER = {"server", "date", "content-type", "content-length", "connection"}
_BASE = "urn:contract"
_VALIDATORS: dict[int, tuple[Mapping[str, Any], Draft202012Validator]] = {}
"""Made once for each schema, by its identity; the schema is kept, so that no other takes that over."""


def target(node: Any) -> Any:
    """Return the node that a reference leads to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def flaws(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return what of a value is not as the schema says; undescribed members count."""
    if id(schema) not in _VALIDATORS:
        closed = {"$id": f"{_BASE}:use", **_closed(_absolute(schema))}
        made = Draft202012Validator(closed, registry=_registry(), validate_formats=True)
        _VALIDATORS[id(schema)] = schema, made
    _, validator = _VALIDATORS[id(schema)]
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


@cache
def _registry() -> Registry:
    """Return the document, for references into it."""
    return Registry([(_BASE, _closed(DOCUMENT))])


def broken_promises(function: str, answer: requests.Response) -> Iterator[str]:
    """Yield where an answer is not as documented: its status, headers, type and content."""
    documented = target(OPERATIONS[function]["responses"].get(str(answer.status_code)))
    if documented is None:
        yield f"{function} does not say that it answers {answer.status_code}"
        return
    yield from _headers(documented.get("headers", {}), answer.headers)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind not in documented["content"]:
        yield f"{function} does not say that it answers {answer.status_code} with {kind}"
        return
    yield from flaws(documented["content"][kind]["schema"], answer.json() if "json" in kind else answer.text)


def contents() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every content that an operation takes or gives, with what to call it in a test."""
    for name, operation in OPERATIONS.items():
        for kind, content in operation["requestBody"]["content"].items():
            yield f"{name} takes {kind}", content
        for status, reference in operation["responses"].items():
            for kind, content in target(reference)["content"].items():
                yield f"{name} {status} {kind}", content


def _headers(documented: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[str]:
    for name, reference in documented.items():
        header = target(reference)
        if name in given:
            is_number = header["schema"].get("type") == "integer" and given[name].isdecimal()
            yield from flaws(header["schema"], int(given[name]) if is_number else given[name])
        elif header.get("required"):
            yield f"the header {name} is missing"
    known = {name.lower() for name in documented} | _OF_EVERY_SERVER
    yield from (f"the header {name} is not described" for name in given if name.lower() not in known)


def _absolute(node: Any) -> Any:
    """Return the schema with references that can be followed from anywhere."""
    if isinstance(node, dict):
        return {k: _BASE + v if k == "$ref" and v[0] == "#" else _absolute(v) for k, v in node.items()}
    return [_absolute(each) for each in node] if isinstance(node, list) else node


def _closed(node: Any, *, is_part: bool = False) -> Any:
    """Return the schema closed to other members, except in parts of an allOf."""
    if isinstance(node, list):
        return [_closed(each, is_part=is_part) for each in node]
    if not isinstance(node, dict):
        return node
    made = {k: _closed(v, is_part=k in ("allOf", "Problem")) for k, v in node.items()}
    if "allOf" in node:
        return made | {"unevaluatedProperties": False}
    if "properties" in node and not is_part:
        return {"additionalProperties": False} | made
    return made
