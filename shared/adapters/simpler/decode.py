"""Decode: reads the body of a reply as JSON, in whatever encoding, however oddly it is written."""

import json
import re
from contextlib import suppress
from typing import Any

import msgspec

from shared.adapters.simpler.errors import stop

_WINDOWS = {"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"}
_UTF_8 = re.compile(
    rb"[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}|(.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9a-fA-F]{4})|(.))", re.DOTALL)


def read_json(body: bytes, charset: str = "") -> Any:
    """Read the body as a JSON value, whatever else its Content-Type says.

    One odd customer does not cost the others: a text may be in another encoding than the rest, hold a line
    end or a NUL as it is, or a backslash of its own; NaN becomes null. Lone surrogates stay, for the domain.

    Args:
        body: As it came.
        charset: What the reply names as its encoding; counts where it is not UTF-8.

    Raises:
        StopRun: It is no JSON, or only the beginning of some.
    """
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(body)  # the usual case; it is stricter than what follows, and much faster
    text = _decoded(body, charset.casefold()).strip()
    for attempt in (text, _ESCAPE.sub(_escaped, text)):
        with suppress(ValueError, RecursionError):
            return json.loads(attempt, parse_constant=lambda _: None, strict=False)
    begins_like_json = text.startswith(("{", "["))
    # Raised out here because json's error holds the whole text, and with it every customer.
    raise stop("simpler.truncated" if begins_like_json else "simpler.not_json", f"{len(body)} bytes")


def _decoded(body: bytes, charset: str) -> str:
    """UTF-8 where it is that, in whole or in part; else what the reply names, else Windows' code page.

    As browsers do, which take ISO-8859-1 for that (encoding.spec.whatwg.org/#names-and-labels).
    """
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig")
    if charset not in _WINDOWS:
        with suppress(LookupError):
            return body.decode(charset, errors="replace")
    return _UTF_8.sub(_as_utf_8, body).decode()


def _as_utf_8(found: re.Match[bytes]) -> bytes:
    octet: bytes | None = found[1]
    if octet is None:
        return found[0]
    try:
        return octet.decode("cp1252").encode()
    except UnicodeDecodeError:  # five octets have no character there
        return octet.decode("latin-1").encode()


def _escaped(found: re.Match[str]) -> str:
    """An escape that JSON knows as it is; an apostrophe without, and of any other the backslash."""
    if found[1]:
        return found[0]
    return "'" if found[2] == "'" else f"\\\\{found[2]}"
