"""Field masks: which fields of a resource are read or written."""

import re
from collections.abc import Collection

from infra.standins.google.errors import GoogleError, invalid
from infra.standins.google.schema import show, snake

_WELL_FORMED = re.compile(r"[A-Za-z0-9.]+(,[A-Za-z0-9.]+)*")
_REFERENCE = "https://developers.google.com/people/api/rest/v1/people"


def read_mask(name: str, text: str | None, allowed: Collection[str]) -> tuple[str, ...]:
    """Return the paths of a mask, sorted; none when it is absent or empty.

    Args:
        name: The mask's parameter, as in `personFields`.
        text: The mask as it came.
        allowed: The paths that the API's description lists for it.

    Raises:
        GoogleError: 400 INVALID_ARGUMENT, when it is not a list of paths or has a path that is not allowed.
    """
    if not text:
        return ()
    if not _WELL_FORMED.fullmatch(text):
        where = snake(name)
        kind = "type.googleapis.com/google.protobuf.FieldMask"
        raise invalid(f"Invalid value at '{where}' ({kind}), {show(text)}", where)
    paths = sorted(set(text.split(",")))
    for path in paths:
        if path not in allowed:
            raise invalid(f"Invalid {name} mask path: '{path}'.")
    return tuple(paths)


def required_mask(name: str, text: str | None, allowed: Collection[str]) -> tuple[str, ...]:
    """Return the paths of a mask that must not be empty.

    Raises:
        GoogleError: As `read_mask`, and 400 INVALID_ARGUMENT when there is none.
    """
    paths = read_mask(name, text, allowed)
    if not paths:
        raise _required(name)
    return paths


def _required(name: str) -> GoogleError:
    text = f"{name} mask is required. Please specify one or more valid paths. Valid paths are documented at "
    return invalid(f"{text}{_REFERENCE}.")
