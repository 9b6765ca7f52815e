"""The API's own description, as it ships inside google-api-python-client: its methods and schemas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from infra.standins.google.schema import Check, compile_schemas


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter of a method.

    Attributes:
        name: As in the URL.
        type: string, integer or boolean.
        repeated: Whether it may be given more than once.
        enum: The values allowed; empty when any is.
        bounds: Smallest and largest value, when the description's text names them.
        mask_paths: Of a field mask, the paths that the description's text allows.
    """

    name: str
    type: str
    repeated: bool
    enum: tuple[str, ...]
    bounds: tuple[int, int] | None
    mask_paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API.

    Attributes:
        name: Such as `people.connections.list`.
        http: The HTTP method.
        path: What its URL paths match, with the group `resourceName` where the path has one.
        parameters: The method's own query parameters, by name.
        request: The schema of the body, None when it takes none.
        scopes: The OAuth scopes of which one is needed.
    """

    name: str
    http: str
    path: re.Pattern[str]
    parameters: Mapping[str, Parameter]
    request: str | None
    scopes: frozenset[str]

    @property
    def mutates(self) -> bool:
        """Whether it changes the account."""
        return self.http != "GET"


@dataclass(frozen=True, slots=True)
class Discovery:
    """The whole description.

    Attributes:
        revision: Its date, as Google numbers it.
        methods: All methods.
        common: The query parameters that every method takes.
        checks: A check of a JSON value for every schema.
        schemas: The schemas themselves.
        scopes: What each OAuth scope allows, in the words that users are shown.
    """

    revision: str
    methods: tuple[Method, ...]
    common: Mapping[str, Parameter]
    checks: Mapping[str, Check]
    schemas: Mapping[str, Any]
    scopes: Mapping[str, str]

    def find(self, http: str, path: str) -> tuple[Method, str] | None:
        """Return the method of a request and the resource name in its path ("" when the path has none)."""
        for method in self.methods:
            found = method.path.fullmatch(path) if method.http == http else None
            if found:
                return method, found.groupdict().get("resourceName", "")
        return None

    def mask_paths(self, schema: str, member: str) -> frozenset[str]:
        """Return the paths that the description allows in a field mask inside a body."""
        return _mask_paths(self.schemas[schema]["properties"][member])


@cache
def load_discovery() -> Discovery:
    """Return the description bundled with the installed google-api-python-client."""
    folder = resources.files("googleapiclient.discovery_cache")
    document = msgspec.json.decode((folder / "documents" / "people.v1.json").read_bytes())
    return Discovery(
        revision=document["revision"],
        methods=tuple(_methods(document)),
        common={name: _parameter(name, spec) for name, spec in document["parameters"].items()},
        checks=compile_schemas(document["schemas"]),
        schemas=document["schemas"],
        scopes={name: spec["description"] for name, spec in document["auth"]["oauth2"]["scopes"].items()},
    )


def _methods(node: Mapping[str, Any]) -> Iterator[Method]:
    for spec in node.get("methods", {}).values():
        yield _method(spec)
    for child in node.get("resources", {}).values():
        yield from _methods(child)


def _method(spec: Mapping[str, Any]) -> Method:
    parameters = spec["parameters"]
    in_query = {name: p for name, p in parameters.items() if p["location"] == "query"}
    return Method(
        name=spec["id"].removeprefix("people."),
        http=spec["httpMethod"],
        path=_path(spec["path"], parameters),
        parameters={name: _parameter(name, p) for name, p in in_query.items()},
        request=spec["request"]["$ref"] if "request" in spec else None,
        scopes=frozenset(spec["scopes"]),
    )


def _path(template: str, parameters: Mapping[str, Any]) -> re.Pattern[str]:
    """Return the paths of a method; an id ends before the colon that starts a custom verb."""
    pattern = re.escape(template)
    if "resourceName" in parameters:
        name = parameters["resourceName"]["pattern"].strip("^$").replace("[^/]", "[^/:]")
        pattern = pattern.replace(re.escape("{+resourceName}"), f"(?P<resourceName>{name})")
    return re.compile("/" + pattern)


def _parameter(name: str, spec: Mapping[str, Any]) -> Parameter:
    bounds = re.search(r"between (\d+) and (\d+)", spec.get("description", ""))
    return Parameter(
        name=name,
        type=spec["type"],
        repeated=spec.get("repeated", False),
        enum=tuple(spec.get("enum", ())),
        bounds=(int(bounds[1]), int(bounds[2])) if bounds else None,
        mask_paths=_mask_paths(spec) if spec.get("format") == "google-fieldmask" else frozenset(),
    )


def _mask_paths(spec: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths listed after "Valid values are:" or "Valid fields are:"."""
    _, _, listed = spec["description"].partition(" are: ")
    return frozenset(re.findall(r"\* (\w+)", listed))
