"""E-mail: addresses as people type them into one field."""

import re
from collections.abc import Iterable

from shared.domain.contact.text import clean, folded, units

MOST = 20
"""How many addresses a contact gets at most."""

_LONGEST = 254  # RFC 5321 4.5.3.1.3, as RFC 3696 erratum 1690 explains it
_LONGEST_TEXT = 8192
_BETWEEN = re.compile(r"[;,\s/|]+")
_AROUND = "<>()[]{}\"'.:"
_ATOM = r"[^\s@<>()\[\]\\,;:\".\ufffd]+"
_LABEL = r"(?!-)[-a-z0-9\u0080-\ufffc\U00010000-\U0010ffff]+(?<!-)"
_PLAUSIBLE = re.compile(rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+(?![0-9]+$){_LABEL}")


def read_emails(texts: Iterable[str]) -> tuple[str, ...]:
    """The plausible addresses in the texts, in their order, each once and at most `MOST`.

    Plausible: one @, something before it, a dotted domain after it (international ones too), at most 254
    characters. The domain is in lower case; doubles are told without case.
    """
    found: dict[str, str] = {}
    for text in texts:
        for word in _BETWEEN.split(clean(text[:_LONGEST_TEXT])):
            address = _read(word)
            if address:
                found.setdefault(folded(address), address)
    return tuple(found.values())[:MOST]


def _read(word: str) -> str:
    local, at, domain = word.strip(_AROUND).removeprefix("mailto:").rpartition("@")
    address = local + at + domain.lower()
    return address if units(address) <= _LONGEST and _PLAUSIBLE.fullmatch(address) else ""
