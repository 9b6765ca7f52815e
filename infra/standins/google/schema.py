"""Bodies against the API description's schemas, with the violations that Google would name.

The texts are those of Google's JSON transcoder (protobuf's `ProtoStreamObjectWriter` and `ErrorListener`,
which are public). Deliberately stricter than the transcoder: a member has only the name of the description
(not its snake_case form as well), and a single value does not stand for a list of one.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from infra.standins.google.errors import GoogleError, bad_request

Path = tuple[Any, str]
"""Where a value is: (the path of what it is in, or None; what is appended to that)."""

Violations = list[tuple[str, str]]
"""(where, what is wrong there)."""

Check = Callable[[Any, Path | None, Violations], None]
"""Appends what is wrong with a value."""

_TYPE_NAMES = {"string": "TYPE_STRING", "boolean": "TYPE_BOOL", "integer": "TYPE_INT32"}
_INT32 = range(-(2**31), 2**31)
_SHOWN = 120
"""Characters of an unsuitable value that are repeated in the answer."""


def compile_schemas(schemas: Mapping[str, Any]) -> dict[str, Check]:
    """Return a check for every schema; made once, so that a request costs only the checking."""
    checks: dict[str, Check] = {}
    for name, schema in schemas.items():
        checks[name] = _message(name, schema.get("properties", {}), checks)
    return checks


def check_body(body: Any, check: Check) -> None:
    """Check a request's body.

    Raises:
        GoogleError: 400 INVALID_ARGUMENT with every violation in a google.rpc.BadRequest.
    """
    if not isinstance(body, dict):
        text = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        raise GoogleError("INVALID_ARGUMENT", text, [bad_request([(None, text)])])
    violations: Violations = []
    check(body, None, violations)
    if violations:
        texts = "\n".join(text for _, text in violations)
        raise GoogleError("INVALID_ARGUMENT", texts, [bad_request(violations)])


def snake(name: str) -> str:
    """Return a member's name as protobuf writes it."""
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name)


def show(value: Any) -> str:
    """Return a value as it is repeated in an answer, cut short."""
    return msgspec.json.encode(value).decode()[:_SHOWN]


def _message(name: str, properties: Mapping[str, Any], checks: Mapping[str, Check]) -> Check:
    members = {
        member: (_value(f"{name}.{member}", spec, checks), f".{member}")
        for member, spec in properties.items()
    }

    def check(value: Any, path: Path | None, violations: Violations) -> None:
        if not isinstance(value, dict):
            kind = f"type.googleapis.com/google.people.v1.{name}"
            _wrong(_render(path), kind, show(value), violations)
            return
        for key, inner in value.items():
            known = members.get(key)
            if known is None:
                _unknown(key, path, violations)
            elif inner is not None:
                check_member, part = known
                check_member(inner, (path, part), violations)

    return check


def _value(owner: str, spec: Mapping[str, Any], checks: Mapping[str, Check]) -> Check:
    if "$ref" in spec:
        return _reference(spec["$ref"], checks)
    if spec["type"] == "array":
        return _list(_value(owner, spec["items"], checks))
    if spec["type"] == "object":
        return _map(_value(owner, spec["additionalProperties"], checks))
    if "enum" in spec:
        return _enum(owner, frozenset(spec["enum"]))
    return _scalar(spec["type"])


def _reference(name: str, checks: Mapping[str, Check]) -> Check:
    def check(value: Any, path: Path | None, violations: Violations) -> None:
        checks[name](value, path, violations)

    return check


def _list(check_item: Check) -> Check:
    def check(value: Any, path: Path | None, violations: Violations) -> None:
        if not isinstance(value, list):
            _wrong(_render(path), "LIST", show(value), violations)
            return
        for index, item in enumerate(value):
            check_item(item, (path, f"[{index}]"), violations)

    return check


def _map(check_item: Check) -> Check:
    def check(value: Any, path: Path | None, violations: Violations) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                check_item(item, (path, f"[{key}]"), violations)
            return
        _wrong(_render(path), "Map", show(value), violations)

    return check


def _enum(owner: str, allowed: frozenset[str]) -> Check:
    def check(value: Any, path: Path | None, violations: Violations) -> None:
        if not isinstance(value, str) or value not in allowed:
            _wrong(_render(path), f"type.googleapis.com/google.people.v1.{owner}", show(value), violations)

    return check


def _scalar(kind: str) -> Check:
    fits = {"string": _is_string, "boolean": _is_boolean, "integer": _is_integer}.get(kind, _is_anything)

    def check(value: Any, path: Path | None, violations: Violations) -> None:
        if not fits(value):
            _wrong(_render(path), _TYPE_NAMES[kind], show(value), violations)

    return check


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _INT32


def _is_anything(_value: Any) -> bool:
    return True


def _unknown(name: str, path: Path | None, violations: Violations) -> None:
    where = _render(path)
    at = f" at '{where}'" if where else ""
    violations.append(
        (where, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')
    )


def _wrong(where: str, kind: str, value: str, violations: Violations) -> None:
    violations.append((where, f"Invalid value at '{where}' ({kind}), {value}"))


def _render(path: Path | None) -> str:
    parts: list[str] = []
    while path is not None:
        path, part = path
        parts.append(part if part.startswith("[") else snake(part))
    return "".join(reversed(parts)).lstrip(".")
