"""Folding: breaks a vCard's long lines so that every reader puts them together again.

RFC 2426 2.6 folds as RFC 2425 5.8.1 does: a line end and a space are put in, and lines are best kept within
75 octets. Some readers decode each line by itself, so a break does not part an escaped character from its
backslash, nor what is seen as one character; and since some mail programs trim lines, none is beside a space.
"""

import re
import unicodedata
from collections.abc import Iterator

from shared.pattern import pattern

LINE = 75
"""The most octets in a line, without its end but with the space that a continued line begins with."""

_UNIT = pattern(r"\\.|.", re.DOTALL)
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def fold(text: str) -> bytes:
    """Fold the content lines, in UTF-8 and each ending with CR LF."""
    return b"".join(_folded(line) for line in text.split("\r\n")[:-1])


def _folded(line: str) -> bytes:
    lines = [b""]
    for piece in _pieces(line):
        if len(lines[-1]) + len(piece) > LINE:
            lines.append(b" ")
        lines[-1] += piece
    return b"\r\n".join(lines) + b"\r\n"


def _pieces(line: str) -> Iterator[bytes]:
    """Yield what stays together, as long as it fits into a line at all."""
    for piece in _joined(_UNIT.findall(line)):
        octets = piece.encode()
        if len(octets) < LINE:
            yield octets
        else:
            yield from (unit.encode() for unit in _UNIT.findall(piece))


def _joined(units: list[str]) -> Iterator[str]:
    piece = ""
    for unit in units:
        if piece and not _belongs(piece[-1], unit):
            yield piece
            piece = ""
        piece += unit
    yield piece


def _belongs(before: str, unit: str) -> bool:
    """Return whether a unit stays with the character before it."""
    return (
        " " in {before, unit}
        or _JOINER in {before, unit}
        or unicodedata.category(unit[0]).startswith("M")
        or ord(unit[0]) in _SKIN_TONES
    )
