"""API: one of Google's, by the description that google-api-python-client brings along.

A description (a "discovery document", developers.google.com/discovery/v1/reference/apis) names the fields of
every message and the values of every enum.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_LOCATION = "discovery_cache/documents"


@dataclass(frozen=True, slots=True)
class Api:
    """The messages of an API by their names."""

    messages: Mapping[str, Any]

    @classmethod
    @cache
    def of(cls, name: str) -> "Api":
        """Return the API with this name and version, e.g. ``cloudtasks.v2``."""
        description = files("googleapiclient").joinpath(_LOCATION, f"{name}.json").read_text()
        return cls(json.loads(description)["schemas"])

    def mistakes(self, message: str, value: Any) -> list[str]:
        """Yield what the message does not know in a JSON value: fields, words of enums, kinds."""
        return list(self._mistakes({"$ref": message}, value, message))

    def _mistakes(self, kind: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
        kind = self.messages[kind["$ref"]] if "$ref" in kind else kind
        match kind, value:
            case {"properties": fields}, dict():
                for name, each in value.items():
                    if name in fields:
                        yield from self._mistakes(fields[name], each, f"{at}.{name}")
                    else:
                        yield f"{at} has no field {name}"
            case {"additionalProperties": each_kind}, dict():
                for name, each in value.items():
                    yield from self._mistakes(each_kind, each, f"{at}.{name}")
            case {"type": "array", "items": each_kind}, list():
                for number, each in enumerate(value):
                    yield from self._mistakes(each_kind, each, f"{at}[{number}]")
            case {"enum": known}, str() if value not in known:
                yield f"{at} is {value}, which is none of {', '.join(known)}"
            case {"type": expected}, _ if not _is(expected, value):
                yield f"{at} is no {expected}"


def _is(expected: str, value: Any) -> bool:
    """Return whether a JSON value is of a described type (developers.google.com/discovery/v1/type-format)."""
    match expected:
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    return True
