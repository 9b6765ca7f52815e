"""Plain: a text without what others may change of it: case, spaces, width, composition, invisible signs."""

import unicodedata
from functools import lru_cache


@lru_cache(4096)
def plain(text: str) -> str:
    """The text for comparing: NFKC, without case, white space collapsed, without format characters.

    Phones put invisible marks of direction around numbers (Unicode's category Cf).
    """
    if not text.isascii():
        composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = "".join(letter for letter in composed if unicodedata.category(letter) != "Cf")
    return " ".join(text.casefold().split())


def letters(text: str) -> str:
    """Its letters and digits alone."""
    return "".join(filter(str.isalnum, plain(text)))
