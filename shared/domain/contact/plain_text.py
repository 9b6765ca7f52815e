"""Plain text: a text without what others may change: case, spaces, width, composition, hidden signs."""

import re
import unicodedata
from functools import lru_cache

_NEITHER = re.compile(r"[^0-9a-z]+")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"[\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u2032']")
_STROKES = str.maketrans("ıłøđðħŧ", "iloddht") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}


def plain(text: str) -> str:
    """The text for comparing: NFKC, without case, white space collapsed, without format characters.

    Phones put invisible marks of direction around numbers (Unicode's category Cf).
    """
    return " ".join((text.lower() if text.isascii() else _composed(text)).split())


@lru_cache(4096)
def _composed(text: str) -> str:
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in composed if unicodedata.category(letter) != "Cf").casefold()


def letters(text: str) -> str:
    """Its letters and digits alone."""
    if text.isascii():
        return _NEITHER.sub("", text.lower())
    return "".join(filter(str.isalnum, _composed(text)))


def bare(text: str) -> str:
    """Its letters and digits without case and accents: "Ó Briain" is "obriain"; all of it, if it has none."""
    return "".join(bare_words(text)) or "".join(text.casefold().split())


@lru_cache(4096)
def bare_words(text: str) -> tuple[str, ...]:
    """Its words without case, accents and apostrophes: "Dr. Pat O'Brien" is dr, pat and obrien."""
    lower = text.casefold()
    if not lower.isascii():
        parted = unicodedata.normalize("NFKD", lower)
        lower = "".join(letter for letter in parted if not unicodedata.category(letter).startswith("M"))
    return tuple(_WORD.findall(_APOSTROPHES.sub("", lower.translate(_STROKES))))
