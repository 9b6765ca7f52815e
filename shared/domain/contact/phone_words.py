"""Phone words: what people write beside a number: whose it is, of what kind, when to call, what not to do."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.domain.contact.phone_kind import PhoneKind
from shared.pattern import pattern

_BREAKS = pattern(r"[/,;|&+\\\n]|\b(?:and|or)\b", re.IGNORECASE)
_EDGES = " \t,;:/|\\&+-\u2013\u2014.()[]{}<>#*=_~\"'?!"
_KINDS = {
    **dict.fromkeys(
        ("m", "mob", "mobile", "c", "cell", "cellphone", "cellular", "gsm", "handy"), PhoneKind.MOBILE
    ),
    **dict.fromkeys(("h", "hm", "home"), PhoneKind.HOME),
    **dict.fromkeys(("w", "wk", "work", "office", "business"), PhoneKind.WORK),
    **dict.fromkeys(("f", "fax", "facsimile"), PhoneKind.FAX),
}
KINDS = frozenset(_KINDS)
"""Words that say of what kind a number is; without case."""

_TELEPHONES = ("t", "tel", "telephone", "telefon", "telefono", "p", "ph", "phone", "landline", "land", "line")
_FILLERS = ("n", "a", "na", "none", "nil", "null", "unknown", "tbc", "tba", "x", "xx", "xxx")
_JOINTS = (
    "and",
    "o",
    "or",
    "und",
    "oder",
    "et",
    "ou",
    "y",
    "e",
    "no",
    "nr",
    "num",
    "number",
    "numbers",
    "contact",
)
COMMON = frozenset((*_KINDS, *_TELEPHONES, *_FILLERS, *_JOINTS))
"""Words that say nothing but that a number is one, of what kind, or that there is none; without case."""

_LONGEST_LABEL = 40
_NO_LABEL = pattern(r"[0-9]{5}|@|(?:[0-9][ ()+-]*){7}")
_WORD = pattern(r"[^\W\d_]+")
_DIGIT = pattern(r"\d")
_NO_DIGIT = pattern(r"\D+")
_LONG_GROUP = pattern(r"\d{5}")
_GLUED = pattern(r"\d[^\W\d_]")


class Words(NamedTuple):
    """The meaning of the words beside a number.

    Attributes:
        kind: Its kind, if any.
        label: Whose it is, when to call it, what not to do; or empty.
    """

    kind: PhoneKind | None
    label: str


def is_idle(text: str) -> bool:
    """Return whether a text without a number says nothing: "n/a", "-", "0", "no phone", "0000000000"."""
    digits = _NO_DIGIT.sub("", text)
    is_nothing = not digits.strip("0") or (len(set(digits)) == 1 and _LONG_GROUP.search(text) is not None)
    is_code = _GLUED.search(text) is not None  # "A0A 0A0" is a postcode
    return is_nothing and not is_code and all(word.casefold() in COMMON for word in _WORD.findall(text))


def words_of(gaps: Sequence[str]) -> list[Words] | None:
    """Return what the texts before, between and behind numbers say of each; None where that is not sure."""
    first, *between, last = gaps
    is_before = bool(_WORD.search(first)) and not _WORD.search(last)
    is_after = bool(_WORD.search(last)) and not _WORD.search(first)
    before, after = [first], []
    for gap in between:
        parted = _parted(gap, is_before=is_before, is_after=is_after)
        if parted is None:
            return None
        after.append(parted[0])
        before.append(parted[1])
    after.append(last)
    read = [_label(one, two) for one, two in zip(before, after, strict=True)]
    sure = [words for words in read if words is not None]
    return sure if len(sure) == len(read) else None


def _parted(gap: str, *, is_before: bool, is_after: bool) -> tuple[str, str] | None:
    """Return what of a gap belongs to the number before it, and what to the one behind it."""
    bare = gap.strip()
    if not _WORD.search(bare) and not _DIGIT.search(bare):
        return "", ""
    if bare.startswith("(") and bare.find(")") > 0:
        own, _, rest = bare.partition(")")
        return ("", own) if is_before and not rest.strip() else (own, rest)
    if found := _BREAKS.search(bare):
        return bare[: found.start()], bare[found.end() :]
    if bare.endswith(":") or is_before:
        return "", bare
    return (bare, "") if is_after else None


def _label(before: str, after: str) -> Words | None:
    """Return what the texts before and behind a number say of it; None where that is too much for a label."""
    kinds: set[PhoneKind] = set()
    words: list[str] = []
    for text in (before, after):
        said = [word.casefold() for word in _WORD.findall(text)]
        own = {_KINDS[word] for word in said if word in _KINDS}
        is_both = len(own) > 1 or (PhoneKind.FAX in own and any(word in _TELEPHONES for word in said))
        is_denied = said[:1] == ["no"] and len(said) > 1
        if text is before or not _BREAKS.match(text.lstrip()):
            kinds |= own
        is_said = is_both or is_denied or any(word not in COMMON for word in said)
        if _DIGIT.search(text) and not is_said:
            return None
        if is_said:
            words.append(_trimmed(text))
            kinds -= own if is_both else set()
    kind = kinds.pop() if len(kinds) == 1 else None
    if not words:
        return Words(kind, "")
    label, *more = words
    if more or len(label) > _LONGEST_LABEL or _NO_LABEL.search(label):
        return None
    return Words(kind, label)


def _trimmed(text: str) -> str:
    bare = text.strip(_EDGES)
    return bare + ")" if bare.count("(") > bare.count(")") else bare
