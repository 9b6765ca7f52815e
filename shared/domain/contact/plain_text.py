"""Plain text: a text without what others may change: case, spaces, width, composition, hidden signs."""

import re
import unicodedata
from functools import lru_cache

_NEITHER = re.compile(r"[^0-9a-z]+")


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
