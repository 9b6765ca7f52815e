"""Filler: what is typed where a field must not stay empty, and says nothing: "n/a", "-", "null"."""

import re
import string
import unicodedata

_SIGNS = re.compile(r"[\W_]+")
_WORD_LIST = """
null nil none undefined unknown tba tbc tbd blank nan ditto nothing notapplicable notavailable notknown
notgiven notprovided notset noname noemail noemailaddress noemailgiven
nomail nophone nonumber nomobile nolandline
keine geen aucun ninguno nessuno brak onbekend unbekannt inconnu
"""
_WORDS = frozenset(_WORD_LIST.split())
_SHORT = frozenset({"na", "no", "x", "xx", "xxx", "nn"})
"""Fillers with a sign within or around, as "n/a" and "(no)"; bare they may be a name, a code or a county."""

_BEGINNINGS = {word[0] for word in _WORDS | _SHORT}
_OTHER_LETTERS = frozenset(letter for letter in string.ascii_letters if letter.casefold() not in _BEGINNINGS)
"""Letters with which no filler begins: most names are told from one by their first letter."""

_LONGEST = 20
_OF_NO_MEANING = ("P", "Z", "C", "Sk", "Sm", "Sc")
_NAMES = frozenset({"na", "NA", "xx", "XX"})


def is_filler(text: str) -> bool:
    """Return whether a text of any field says nothing."""
    if len(text) > _LONGEST or text[:1] in _OTHER_LETTERS:
        return False
    letters = _SIGNS.sub("", text).casefold()
    if "@" in text and letters:
        return False
    if not letters:
        return all(unicodedata.category(letter).startswith(_OF_NO_MEANING) for letter in text)
    return letters in _WORDS or not letters.strip("0") or (letters in _SHORT and not text.strip().isalnum())


def stated(text: str) -> str:
    """The text, or "" for a filler."""
    return "" if is_filler(text) else text


def stated_name(text: str) -> str:
    """The name, or "" where it is none."""
    return "" if text in _NAMES else stated(text)


def stated_names(first: str, last: str) -> tuple[str, str]:
    """A first and a last name, without fillers; beside another name, "Null" and "None" are surnames."""
    return _beside(first, last), _beside(last, first)


def _beside(name: str, other: str) -> str:
    is_like_a_name = name.istitle() and name.isalpha() and bool(stated_name(other)) and other.istitle()
    return name if is_like_a_name else stated_name(name)
