"""E-mail: addresses as people type them, and the rest of the text.

An address is taken only if we are sure where it begins: at the beginning of a line, behind a bracket, a label
("E-mail:") or another address. "mary murphy@acme.example" may be one address with a space typed into it. What
is behind the space may then be somebody else's, so it is shown as it was typed.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import unquote

import msgspec

from shared.domain.contact.text import bare_words, clean, folded, is_filler, meant, units
from shared.pattern import pattern

MOST_EMAILS = 20
"""The most addresses that a contact gets."""

_LONGEST = 254  # RFC 5321 4.5.3.1.3, as RFC 3696 erratum 1690 explains it
_LONGEST_TEXT = 8192
_NUMBER = 5  # digits, from which on a text in a field for addresses is looked at as a number

# Both cases are named, and what is no letter rather than what is: to compile a pattern, `re` goes through
# each character that it names, which took 13 and 5 ms.
_NO_LETTER = r"\u2000-\u2bff\u2fe0-\u303f\ufdd0-\uffff"
_LABEL = rf"(?!-)[^\x00-,./:-@\[-`{{-\u00bf{_NO_LETTER}]+(?<!-)"
_DOMAIN = rf"(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|[Xx][Nn]--[-A-Za-z0-9]+|[^\x00-\u00bf{_NO_LETTER}]+)"
_ATOM = r"(?!')[^\s@<>()\[\]{}\\,;:\"./|\ufffd]+(?<!')"
_PLAUSIBLE = pattern(rf"{_ATOM}(\.{_ATOM})*@{_DOMAIN}")
_PLAIN = pattern(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+[.-])+[A-Za-z]{2,63}")
_TYPED = pattern(
    rf"[^\s@<>()\[\]{{}}\\,;:\"\u201c-\u201f\u00ab\u00bb|/=?*\ufffd]{{1,250}}@{_DOMAIN}(?!\.?[-\w@])"
)
_BEFORE = ".'`\u00b4\u2018\u2019\u2022\u00b7\u2013\u2014"
_BETWEEN = ".'`\u00b4\u2018\u2019&+-"

_SIGNS = pattern(r"[\s,;:|/<>()\[\]{}\"'`\u00b4.*\u2018-\u2022\u00ab\u00bb\u00b7\u2013\u2014=&+?!~#-]*")
_BRACKET = pattern(r"[<(\[{]\s*$|(?:^|\s)[\"'\u201c\u201e\u00ab\u2018]$|[)\]}>][\s,;/|&+:-]+$")
_WORDS = (
    "e-?mail(?: ?address)?|mail|mailto|em|home|work|office|private|personal|business|primary|secondary|main|"
    "alt|alternative|other|old|new|and|or|und|et|en|agus|y|his|hers?|wife|husband|son|daughter"
)
_NAMED = pattern(rf"(?:^|[\s,;|/(<>&.-])(?:{_WORDS})\s*[:=>\u2013\u2014-]*\s*$", re.IGNORECASE)
_COLON = pattern(r"\w[\w .&'-]*:\s*$")
_HEADER = pattern(r"(?:^|\s)(?:b?cc|to|reply-?to|subject)\s*:\s*$", re.IGNORECASE)
_DIGITS = pattern(r"\d[\d\s()+./-]{3,}\d[\s,;/|-]+$")
_IDLE = pattern(r"\b(?:e-?mails?(?: ?address)?|mail ?to|mail|and|or)\b", re.IGNORECASE)
_GOES_ON = pattern(
    # a domain with a space typed into it: what is before the space may be somebody else's
    r"(?:\s*\.\s*|\s+)(?:com|net|org|co|ie|uk|za|us|eu)\b"
    r"|\s+(?!www\.)[-\w]+(?:\.[-\w]+)+(?![\w.-]*@)",
    re.IGNORECASE,
)

_BREAK = pattern(r"<br\s*/?>|</(?:p|div)>", re.IGNORECASE)
_LINK = pattern(r"<a\s[^>]*?href\s*=\s*[\"']?\s*(mailto:[^\"'>?]*)[^>]*>", re.IGNORECASE)
_TAG = pattern(  # those of HTML alone: "<wife>" and "<Mary 0871234567>" are words
    r"</?(?:a|abbr|address|b|big|blockquote|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li|meta|o:p"
    r"|ol|p|pre|s|small|span|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|tt|u|ul)"
    r"(?:\s+[a-z][-:\w]*\s*=[^<>@]*)?\s*/?>",
    re.IGNORECASE,
)
_MAILTO = pattern(r"(mailto:[^\s?<>]*)(\?[^\s<>]*)?", re.IGNORECASE)
_SAYS_WHO = pattern(r"@|\d{5}")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0xFE6B: ord("@")}
_AT_WORD = pattern(r"\S*@\S*")


class ReadEmails(msgspec.Struct, frozen=True):
    """The e-mail addresses that were read from a record.

    Attributes:
        addresses: Plausible ones, each once, in their order; the domain in lower case.
        as_given: Texts in which more was typed than that, on one line each.
        numbers: Texts that may be telephone numbers.
    """

    addresses: tuple[str, ...] = ()
    as_given: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def is_address(text: str) -> bool:
    """Return whether the text is one address and nothing else, such as a mail can be sent to."""
    return units(text) <= _LONGEST and _PLAUSIBLE.fullmatch(text) is not None and clean(text) == text


def read_emails(texts: Iterable[str], names: Iterable[str] = ()) -> ReadEmails:
    """Read the addresses in the texts, and keep what else was typed.

    Args:
        texts: As typed; one may hold several addresses.
        names: The record's names, whose words say nothing beside an address.
    """
    found: dict[str, str] = {}
    as_given: dict[str, None] = {}
    numbers: dict[str, None] = {}
    for text in texts:
        if _PLAIN.fullmatch(text) and len(text) <= _LONGEST:
            _add(found, text)
            continue
        for line in _lines(text):
            rest = _take(line, found)
            words = {word for name in names for word in bare_words(name)} if rest != line else frozenset()
            is_number = "@" not in rest and sum(map(str.isdigit, rest)) >= _NUMBER
            if is_number:
                numbers[rest] = None
            elif not _says_nothing(rest, words):
                as_given[clean(text)] = None
    return ReadEmails(tuple(found.values()), tuple(as_given), tuple(numbers))


def parted(text: str) -> tuple[str, ReadEmails]:
    """Part the text of a field for telephone numbers into what is no e-mail, and what is."""
    found: dict[str, str] = {}
    rests = [_take(line, found) for line in _lines(text)]
    as_given = (text,) if any(map(_at_words, rests)) else ()
    rest = " / ".join(filter(None, (_without_at_words(rest) for rest in rests)))
    return rest, ReadEmails(tuple(found.values()), as_given)


def _lines(text: str) -> Iterator[str]:
    typed = text[:_LONGEST_TEXT].translate(_WIDE)
    if "<" in typed:
        bare = _TAG.sub(" ", _LINK.sub(r" \1 ", _BREAK.sub("\n", typed)))
        typed = bare if _TYPED.search(bare) else typed
    if "mailto:" in typed.casefold():
        typed = _MAILTO.sub(_linked, typed)
    return filter(None, map(meant, typed.splitlines()))


def _linked(link: re.Match[str]) -> str:
    """Return a link's addresses, and what else it says if that may be somebody's: "?cc=bob@acme.example"."""
    address, more = unquote(link[1]), unquote(link[2] or "")
    return f"{address} {more}" if _SAYS_WHO.search(more) else address


def _take(line: str, found: dict[str, str]) -> str:
    """Add a line's addresses to those found, and return what is left of it."""
    rest, done = "", 0
    for match in _TYPED.finditer(line):
        start = match.start()
        while line[start] in (_BETWEEN if start == done and done else _BEFORE):
            start += 1
        address = line[start : match.end()]
        if line[start] == "@" or units(address) > _LONGEST:
            continue
        before = line[done:start]
        if not _is_beginning(before) or _GOES_ON.match(line, match.end()):
            continue
        _add(found, address)
        rest += before + " "
        done = match.end()
    return (rest + line[done:]).strip()


def _is_beginning(before: str) -> bool:
    """Return whether an address surely begins behind this text."""
    if _SIGNS.fullmatch(before) or _BRACKET.search(before) or _NAMED.search(before) or _DIGITS.search(before):
        return True
    return _COLON.search(before) is not None and not _HEADER.search(before)


def _add(found: dict[str, str], address: str) -> None:
    local, _, domain = address.rpartition("@")
    found.setdefault(folded(address), f"{local}@{domain.lower()}")


def _says_nothing(rest: str, names: AbstractSet[str]) -> bool:
    if "@" in rest:
        return not any(map(str.isalnum, rest))
    return not rest or is_filler(rest) or set(bare_words(_IDLE.sub(" ", rest))) <= names


def _at_words(text: str) -> list[str]:
    return [word for word in _AT_WORD.findall(text) if any(map(str.isalnum, word))]


def _without_at_words(text: str) -> str:
    """Return the rest of a line of numbers; nothing where only signs are left."""
    for word in _at_words(text):
        text = text.replace(word, " ")
    rest = " ".join(text.split()).strip(" ,;|/<>&")
    return rest if any(map(str.isalnum, _IDLE.sub(" ", rest))) else ""
