"""Phone identity: a telephone number as one thing, however it is written.

Google keeps a number as it was written and tells its E.164 form besides (people.v1 description,
PhoneNumber.canonicalForm); phones and their owners rewrite it as a country writes its own numbers, as E.164
or as RFC 3966 does.
"""

import unicodedata
from collections.abc import Iterator

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from shared.domain.contact.text import plain
from shared.pattern import pattern

# What stands before a number that is dialled within its country (phonenumbers' metadata, `national_prefix`);
# where there is none, as in Italy, the number is dialled as it is.
_TRUNKS: dict[int, tuple[str, ...]] = {1: ("1",), 7: ("8",), 36: ("06",), 375: ("80", "8"), 993: ("8",)}
_TRUNK = ("0",)
_ABROAD = ("00", "011")
_CODES = tuple((str(code), _TRUNKS.get(code, _TRUNK)) for code in COUNTRY_CODE_TO_REGION_CODE)

_NUMBER = r"(\+?)\s*(\(?[0-9][0-9\s()./\u00b7-]*)"
# As phonenumbers writes them ("ext.", "x", "Anexo", "int", "#"), RFC 3966 3 (";ext="), and a phone's pauses.
_EXTENSION = r"(?:(?:;ext=|[\s-]*(?:extension|extn|ext|x|anexo|int)[.:]?|[#,;~]+)[\s-]*([0-9]+)#?)?"
_INTERNATIONAL = pattern(r"\+[1-9][0-9 -]*")  # as ours are, but for extensions
_WRITTEN = pattern(_NUMBER + _EXTENSION)
_OPTIONAL_ZERO = pattern(r"\(0+\)")  # "+353 (0)21": dialled within the country only
_MINUS = "\u2212"
_END = 3
_NO_DIGIT = pattern(r"[^0-9]")


def canonical_number(text: str) -> str:
    """Return ``+353214871234``, with ``;12`` behind it for extension 12; without a plus as it is dialled.

    A text that is no number is compared as a text.
    """
    if _INTERNATIONAL.fullmatch(text):
        return text.replace(" ", "").replace("-", "")
    read = plain(text).removeprefix("tel:").strip(" .-")
    if not read.isascii():
        read = "".join(map(_ascii, read)).strip(" .-")
    found = _WRITTEN.fullmatch(_OPTIONAL_ZERO.sub("", read) if read.startswith(("+", "00")) else read)
    if not found:
        return plain(text)
    plus, number, extension = found.groups(default="")
    digits = _NO_DIGIT.sub("", number)
    if not plus and digits.startswith("00"):
        plus, digits = "+", digits[2:]
    return f"{plus}{digits};{extension}" if extension else plus + digits


def _ascii(sign: str) -> str:
    """Return the ASCII sign of a digit of any script, and of every sort of dash."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return "-" if unicodedata.category(sign) == "Pd" or sign == _MINUS else sign


def is_near(number: str, other: str) -> bool:
    """Return whether two canonical numbers may be one at all: a quick look at their ends."""
    return number.partition(";")[0][-_END:] == other.partition(";")[0][-_END:]


def readings(number: str) -> Iterator[str]:
    """Yield the international numbers as which a canonical one without a plus may be meant."""
    digits, semicolon, extension = number.partition(";")
    if not digits.isdecimal():
        return
    rest = semicolon + extension
    yield f"+{digits}{rest}"
    for prefix in _ABROAD:
        if digits.startswith(prefix):
            yield f"+{digits.removeprefix(prefix)}{rest}"
    for code, trunks in _CODES:
        yield f"+{code}{digits}{rest}"
        for trunk in trunks:
            if digits.startswith(trunk):
                yield f"+{code}{digits.removeprefix(trunk)}{rest}"
