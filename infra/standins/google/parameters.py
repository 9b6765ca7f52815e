"""Query parameters against the API's description."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from infra.standins.google.discovery import Discovery, Method, Parameter
from infra.standins.google.errors import GoogleError, bad_request, invalid
from infra.standins.google.schema import Violations, show, snake

_NOT_PLAYED = ("fields", "callback", "requestMask.includeField")


class _UnsuitableError(Exception):
    """A text that is not of its parameter's type; the argument is the type's name in protobuf."""


def read_parameters(discovery: Discovery, method: Method, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the method's own parameters, converted; those not given are absent.

    Raises:
        GoogleError: 400 INVALID_ARGUMENT with every violation, as Google's transcoder reports them, and 501
            UNIMPLEMENTED for a parameter that Google knows and the stand-in does not play.
    """
    violations: Violations = []
    read: dict[str, Any] = {}
    for name, texts in args.lists():
        parameter = method.parameters.get(name) or discovery.common.get(name)
        if parameter is None:
            violations.append(("", _unknown(name)))
            continue
        _refuse_unplayed(name, texts)
        value = _value(parameter, texts, violations)
        if name in method.parameters:
            read[name] = value
    if violations:
        message = "\n".join(text for _, text in violations)
        raise GoogleError("INVALID_ARGUMENT", message, [bad_request(violations)])
    _check_bounds(method, read)
    return read


def _unknown(name: str) -> str:
    return (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message."
    )


def _refuse_unplayed(name: str, texts: Sequence[str]) -> None:
    if name in _NOT_PLAYED or (name == "alt" and texts != ["json"]):
        raise GoogleError("UNIMPLEMENTED", f"The stand-in does not play the parameter {name}={texts[0]!r}.")


def _value(parameter: Parameter, texts: Sequence[str], violations: Violations) -> Any:
    values: list[Any] = []
    for text in texts:
        try:
            values.append(_convert(parameter, text))
        except _UnsuitableError as unsuitable:
            where = snake(parameter.name)
            violations.append((where, f"Invalid value at '{where}' ({unsuitable}), {show(text)}"))
    if parameter.repeated:
        return values
    if len(texts) > 1:
        reason = "Proto field is not repeating, cannot start list."
        violations.append(("", f'Invalid JSON payload received. Unknown name "{parameter.name}": {reason}'))
    return values[0] if values else None


def _convert(parameter: Parameter, text: str) -> Any:
    if parameter.enum and text not in parameter.enum:
        raise _UnsuitableError(
            "type.googleapis.com/google.people.v1." + parameter.name[:1].upper() + parameter.name[1:]
        )
    convert: Mapping[str, Callable[[str], Any]] = {"integer": _integer, "boolean": _boolean}
    return convert.get(parameter.type, str)(text)


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise _UnsuitableError("TYPE_INT32")
    return int(text)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise _UnsuitableError("TYPE_BOOL")
    return text == "true"


def _check_bounds(method: Method, read: Mapping[str, Any]) -> None:
    for name, value in read.items():
        bounds = method.parameters[name].bounds
        if bounds and value != 0 and not bounds[0] <= value <= bounds[1]:
            raise invalid(f"{name} must be between {bounds[0]} and {bounds[1]}, inclusive.", snake(name))
        if name == "maxMembers" and value < 0:
            raise invalid("maxMembers must not be negative.", snake(name))
