"""Garbled: texts that came through the wrong hands, as they were meant.

Databases that grew for twenty years hold texts that were made for a web page ("Murphy &amp; Sons"), and UTF-8
that was taken for Windows' code page and written as UTF-8 again ("SeÃ¡n"). Only what is sure is put right: an
entity that HTML knows, with its semicolon; and letters that make a character which people type.
"""

import re
from html.entities import html5

from shared.pattern import pattern

_AGAIN = pattern(r"&(?:(?:amp|#38|#[xX]26);)+")
_ENTITY = pattern(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")

_WINDOWS = range(0x80, 0xA0)  # controls in Unicode, characters in Windows' code page
_CONTINUED = range(0x80, 0xC0)  # octets of UTF-8 behind the first
_UNICODE = range(1, 0x110000)
_OCTETS = {bytes([octet]).decode("latin-1"): octet for octet in range(0x80, 0x100)} | {
    bytes([octet]).decode("cp1252"): octet
    for octet in _WINDOWS
    if octet not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # which the code page does not have
}
_NEXT = "[" + "".join(re.escape(letter) for letter, octet in _OCTETS.items() if octet in _CONTINUED) + "]"
_LATIN = rf"[\u00c2\u00c3]{_NEXT}|[\u00c4\u00c5](?!\u2019){_NEXT}"
_OTHERS = rf"(?:[\u00ce\u00cf\u00d0\u00d1]{_NEXT}){{2,}}"
_SIGNS = rf"\u00e2{_NEXT}{{2}}|\u00f0{_NEXT}{{3}}"
_TWICE = pattern(f"{_LATIN}|{_OTHERS}|{_SIGNS}")
_TYPED = pattern(
    "[\u00a0-\u017f\u0370-\u052f\u2010-\u203a\u20ac\u2116\u2122\U0001f300-\U0001faff]+"
)  # not phonetic signs: a capital with an accent before an apostrophe would be one


def repaired(text: str) -> str:
    """Put the text right: without entities of HTML, and with the letters that were meant.

    A text may have been garbled again and again; each time that it is put right it gets shorter.
    """
    before = None
    while before != text:
        before = text
        if "&" in text:
            text = _ENTITY.sub(_character, _AGAIN.sub("&", text))
        if not text.isascii():
            text = _TWICE.sub(_decoded, text)
    return text


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return html5.get(f"{name};", entity[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if number in _WINDOWS:  # browsers take it for a character of that code page
        return bytes([number]).decode("cp1252", "replace")
    return chr(number) if number in _UNICODE else entity[0]


def _decoded(found: re.Match[str]) -> str:
    text = bytes(_OCTETS[letter] for letter in found[0]).decode("utf-8", "replace")
    return text if _TYPED.fullmatch(text) else found[0]
