"""Text: words from outside, made fit to store, show and send, compared, and told from fillers.

Lengths are counted in UTF-16 code units, the widest reading of "characters": an emoji counts two, so a text
within a limit counted this way is within it however the other side counts.

Texts are compared without what others may change: case, spaces, width, composition and hidden signs. A
*filler* is what is typed where a field must not stay empty, and says nothing: "n/a", "-", "null".
"""

import string
import unicodedata
from functools import lru_cache

from shared.domain.contact.garbled import repaired
from shared.pattern import pattern

LONGEST = 1024
"""Google's limit: "1,024 characters per field" (support.google.com/contacts/answer/148779)."""

TEXT = LONGEST // 2
"""The most that a name, a site or a status may take."""

ELLIPSIS = "\u2026"
"""The end of a text that was cut."""

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

# Cleaning looks at this many times the limit, so that a megabyte of junk costs no more than a line of it:
# normalising a long run of combining marks takes time with the square of its length.
_LOOK = 4

_HUGE = 10**60  # Python refuses to write out an integer of thousands of digits; no number of ours has sixty
_NOISE = 1e15  # from here on a float's last digits are not what was meant

_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def clean(text: str) -> str:
    """Write the text in one line of characters that every reader takes; "" when nothing can be seen.

    Lone surrogates become U+FFFD; line ends, tabs and separators a space; other controls, noncharacters,
    bidirectional controls, the zero width space and the byte order mark vanish. NFC, and runs of white
    space are one space. Cleaning twice is cleaning once.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    is_whole = text.isprintable()  # no lone surrogate is
    whole = text if is_whole else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    line = " ".join(unicodedata.normalize("NFC", whole.translate(_TABLE)).split())
    return line if any(map(_is_visible, line)) else ""


def units(text: str) -> int:
    """Count its UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Return the text, or as much of its beginning as fits in `limit` (at least 1) with an ellipsis."""
    if 2 * len(text) <= limit or units(text) <= limit:
        return text
    room = 2 * (limit - 1)
    end = len(text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore"))
    whole = end
    while whole and _continues(text, whole):
        whole -= 1
    shorter = text[: whole or end].rstrip()
    told = shorter + ELLIPSIS
    if repaired(told) != told:  # cut there, it looks garbled
        told = f"{meant(shorter[:-1])} {ELLIPSIS}".strip()
    return told


def meant(text: str) -> str:
    """Return the text as it was meant, cleaned; what looks garbled only then is put right as well."""
    if text.isascii() and text.isprintable() and "&" not in text:  # as nearly all are
        return " ".join(text.split())
    text = clean(repaired(text))
    while (better := repaired(text)) != text:
        text = clean(better)
    return text


def meant_lines(text: str) -> list[str]:
    """Return its lines with anything in them, each as it was meant."""
    return [line for line in map(meant, repaired(text).splitlines()) if line]


def short(text: str, limit: int = TEXT) -> str:
    """Clean and cut the text."""
    return cut(clean(text[: limit * _LOOK]), limit)


def text_of(value: object, limit: int = TEXT) -> str:
    """Read a JSON value as a short text as it was meant: a string or a number; anything else is absent."""
    if isinstance(value, str):
        if 2 * len(value) <= limit and value.isascii() and value.isprintable() and "&" not in value:
            return " ".join(value.split())  # the usual case, in a third of the time
        return cut(meant(value[: limit * _LOOK]), limit)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _HUGE else ""
    if isinstance(value, float) and abs(value) < _NOISE:
        return str(int(value)) if value.is_integer() else str(value)
    return ""


def entries(value: object) -> list[object]:
    """Read a JSON value as a list: itself if it is one, else a list of one; an empty one for null."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def folded(text: str) -> str:
    """Return the text without case and white space, for comparing."""
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


_NEITHER = pattern(r"[^0-9a-z]+")
_WORD = pattern(r"[^\W_]+")
_APOSTROPHES = pattern(r"[\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u2032']")
_STROKES = str.maketrans("ıłøđðħŧ", "iloddht") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}


def plain(text: str) -> str:
    """Write a text for comparing: NFKC, without case and format characters, white space collapsed.

    Phones put invisible marks of direction around numbers (Unicode's category Cf).
    """
    return " ".join((text.lower() if text.isascii() else _composed(text)).split())


@lru_cache(4096)
def _composed(text: str) -> str:
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in composed if unicodedata.category(letter) != "Cf").casefold()


def letters(text: str) -> str:
    """Return its letters and digits alone."""
    if text.isascii():
        return _NEITHER.sub("", text.lower())
    return "".join(filter(str.isalnum, _composed(text)))


def bare(text: str) -> str:
    """Return letters and digits without case and accents: "Ó Briain" is "obriain"; all, if it has none."""
    return "".join(bare_words(text)) or "".join(text.casefold().split())


@lru_cache(4096)
def bare_words(text: str) -> tuple[str, ...]:
    """Return its words without case, accents and apostrophes: "Dr. Pat O'Brien" is dr, pat and obrien."""
    lower = text.casefold()
    if not lower.isascii():
        parted = unicodedata.normalize("NFKD", lower)
        lower = "".join(letter for letter in parted if not unicodedata.category(letter).startswith("M"))
    return tuple(_WORD.findall(_APOSTROPHES.sub("", lower.translate(_STROKES))))


_NO_LETTERS = pattern(r"[\W_]+")
_FILLER_LIST = """
null nil none undefined unknown tba tbc tbd blank nan ditto nothing notapplicable notavailable notknown
notgiven notprovided notset noname noemail noemailaddress noemailgiven
nomail nophone nonumber nomobile nolandline
keine geen aucun ninguno nessuno brak onbekend unbekannt inconnu
"""
_FILLERS = frozenset(_FILLER_LIST.split())
_SHORT_FILLERS = frozenset({"na", "no", "x", "xx", "xxx", "nn"})
"""Fillers with a sign within or around, as "n/a" and "(no)"; bare they may be a name, a code or a county."""

_BEGINNINGS = {word[0] for word in _FILLERS | _SHORT_FILLERS}
_OTHER_SIGNS = frozenset("123456789") | {
    letter for letter in string.ascii_letters if letter.casefold() not in _BEGINNINGS
}
"""With which no filler begins."""

_PAIRS = {word[:2] for word in _FILLERS | _SHORT_FILLERS}
_OTHER_PAIRS = frozenset(
    one + two
    for one in string.ascii_letters
    for two in string.ascii_letters
    if (one + two).casefold() not in _PAIRS
)
"""The same of two letters: most names are told from a filler by these."""

_LONGEST_FILLER = 20
_OF_NO_MEANING = ("P", "Z", "C", "Sk", "Sm", "Sc")
_NO_NAMES = frozenset({"na", "NA", "xx", "XX"})


def is_filler(text: str) -> bool:
    """Return whether a text of any field says nothing."""
    if text[:1] in _OTHER_SIGNS or text[:2] in _OTHER_PAIRS or len(text) > _LONGEST_FILLER:
        return False
    letters = _NO_LETTERS.sub("", text).casefold()
    if "@" in text and letters:
        return False
    if not letters:
        return all(unicodedata.category(letter).startswith(_OF_NO_MEANING) for letter in text)
    return (
        letters in _FILLERS
        or not letters.strip("0")
        or (letters in _SHORT_FILLERS and not text.strip().isalnum())
    )


def stated(text: str) -> str:
    """Return the text, or "" for a filler."""
    if text[:2] in _OTHER_PAIRS:  # as `is_filler` says, which takes longer to ask
        return text
    return "" if is_filler(text) else text


def stated_name(text: str) -> str:
    """Return the name, or "" where it is none."""
    return "" if text in _NO_NAMES else stated(text)


def stated_names(first: str, last: str) -> tuple[str, str]:
    """Return a first and a last name without fillers; beside another name, "Null" and "None" are surnames."""
    return _beside(first, last), _beside(last, first)


def _beside(name: str, other: str) -> str:
    is_like_a_name = name.istitle() and name.isalpha() and bool(stated_name(other)) and other.istitle()
    return name if is_like_a_name else stated_name(name)
