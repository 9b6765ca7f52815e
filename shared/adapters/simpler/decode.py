"""Decode: reads the body of a reply as JSON, and the failure that it may report."""

import json
from contextlib import suppress
from typing import Any

import msgspec

from shared.adapters.simpler.errors import stop
from shared.adapters.simpler.profile import ErrorMembers
from shared.adapters.simpler.record import is_empty, pick


def read_json(body: bytes) -> Any:
    """Read the body as a JSON value, whatever its Content-Type says.

    Bytes that are not UTF-8 become U+FFFD and NaN becomes null, so that one odd customer does not cost the
    others; lone surrogates stay, for the domain to clean.

    Raises:
        StopRun: It is no JSON, or only the beginning of some.
    """
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(body)  # the usual case; it is stricter than what follows, and much faster
    text = body.decode("utf-8-sig", errors="replace").strip()
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        begins_like_json = text.startswith(("{", "["))
    # Raised out here because json's error holds the whole text, and with it every customer.
    raise stop("simpler.truncated" if begins_like_json else "simpler.not_json", f"{len(body)} bytes")


def failure(document: Any, error: ErrorMembers) -> str | None:
    """Return the text of the failure that the answer reports, perhaps empty; None when it reports none."""
    if error.message and not _is_no(message := pick(document, error.message)) and not is_empty(message):
        return str(message)
    if error.success and _is_no(pick(document, error.success)):
        return ""
    return None


def contains(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases is in the text, without case."""
    return any(phrase.casefold() in text.casefold() for phrase in phrases)


def _is_no(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in {"0", "false", "no"}
    return isinstance(value, bool | int) and not value
