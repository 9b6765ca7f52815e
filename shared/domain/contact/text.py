"""Text: words from outside, made fit to store, show and send.

Lengths are counted in UTF-16 code units, the widest reading of "characters": an emoji counts two, so a text
within a limit counted this way is within it however the other side counts.
"""

import unicodedata

from shared.domain.contact.garbled import repaired

TEXT = 512
"""The most that a name, a site or a status may take: half of what Google takes in a field (1,024)."""

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters that nobody sees
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NOTHING = "\u00ad\u034f\u180e\u200b\u2060\ufeff"  # unseen; the joiners U+200C and U+200D have a meaning
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_NONCHARACTERS = (
    *range(0xFDD0, 0xFDF0),
    *(plane * 0x10000 + last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
)
_TABLE: dict[int, str | None] = {
    **dict.fromkeys((*_CONTROLS, *_NONCHARACTERS, *map(ord, _BIDI + _NOTHING))),
    **dict.fromkeys(map(ord, _SPACES + _BLANK), " "),
}

# Cleaning looks at so many times the limit, so that a megabyte of junk costs no more than a line of it:
# normalising a long run of combining marks takes time with the square of its length.
_LOOK = 4

_HUGE = 10**60  # Python refuses to write out an integer of thousands of digits; no number of ours has sixty
_NOISE = 1e15  # from here on a float's last digits are not what was meant

_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def clean(text: str) -> str:
    """The text in one line of characters that every reader takes; "" when nothing of it can be seen.

    Lone surrogates become U+FFFD; line ends, tabs and separators a space; other controls, noncharacters,
    bidirectional controls, the zero width space and the byte order mark vanish. NFC, and runs of white
    space are one space. Cleaning twice is cleaning once.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    line = " ".join(unicodedata.normalize("NFC", whole.translate(_TABLE)).split())
    return line if any(map(_is_visible, line)) else ""


def units(text: str) -> int:
    """Its length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits in `limit` (at least 1) with an ellipsis."""
    if 2 * len(text) <= limit or units(text) <= limit:
        return text
    room = 2 * (limit - 1)
    end = len(text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore"))
    whole = end
    while whole and _continues(text, whole):
        whole -= 1
    return text[: whole or end].rstrip() + "…"


def short(text: str, limit: int = TEXT) -> str:
    """The text, cleaned and cut."""
    return cut(clean(text[: limit * _LOOK]), limit)


def text_of(value: object, limit: int = TEXT) -> str:
    """A JSON value as a short text, as it was meant: a string or a number; anything else counts as absent."""
    if isinstance(value, str):
        if 2 * len(value) <= limit and value.isascii() and value.isprintable() and "&" not in value:
            return " ".join(
                value.split()
            )  # as nearly all are; the next line does the same, in thrice the time
        return short(repaired(value[: limit * _LOOK]), limit)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _HUGE else ""
    if isinstance(value, float) and abs(value) < _NOISE:
        return str(int(value)) if value.is_integer() else str(value)
    return ""


def entries(value: object) -> list[object]:
    """A JSON value as a list: itself if it is one, else a list of one; none at all for null."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def folded(text: str) -> str:
    """The text without case and white space, for comparing."""
    return "".join(text.casefold().split())


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Me", "Mn", "Zs"}


def _continues(text: str, at: int) -> bool:
    """Return whether a cut before `text[at]` would part what is seen as one character."""
    following = text[at]
    return (
        unicodedata.category(following).startswith("M")
        or following == _JOINER
        or text[at - 1] == _JOINER
        or ord(following) in _SKIN_TONES
        or ord(following) in _TAGS
        or (following in _FLAG_LETTERS and _is_mid_flag(text[:at]))
    )


def _is_mid_flag(text: str) -> bool:
    """Return whether it ends with an odd number of flag letters: two of them make a flag."""
    return (len(text) - len(text.rstrip(_FLAG_LETTERS))) % 2 == 1
